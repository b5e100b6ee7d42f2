// The event log in the database: giving positions, reading by position, removing what is too old.

import { type Page, type PageArgs, type PageRequest, readPageArgs } from '../core/pagination.ts';
import type { Database } from '../database/database.ts';
import { type ListSource, readPage } from '../database/list.ts';
import { and, join, raw, type Sql, sql } from '../database/sql.ts';
import type { Transaction } from '../database/transaction.ts';
import { expired, LOG, positionOf } from './cursor.ts';
import { EventRecord, type EventRecordRow } from './event-record.ts';
import { inLogOrder, type WaitingEvent } from './log-order.ts';
import { type EventSelection, selectionConditions } from './selection.ts';

/** How far the log is. */
export interface LogState {
  /** The newest position; 0 in an empty log. */
  readonly head: number;
  /** Whether committed events wait for their positions. */
  readonly hasWaiting: boolean;
}

/** The log as the sequencer and the tail see it, so that both run in tests without a database. */
export interface Log {
  state(): Promise<LogState>;
  /** Gives positions to events that wait for them. @returns to how many */
  assign(limit: number): Promise<number>;
  /** Events of a selection with positions in (after, upTo], in order. */
  read(after: number, upTo: number, selection: EventSelection, limit: number): Promise<EventRecord[]>;
  /** The oldest position that is kept, or the next one where none is. */
  oldest(): Promise<number>;
}

/** Who the program's own transactions are said to be by. */
const SEQUENCER = { name: 'modelgraph', isVerified: true };
/** A pass of a process that freezes half-way is over after this, so that another one can take its turn. */
const MAX_SILENCE_SECONDS = 1;
/** How many events one statement removes. */
const REMOVED_AT_ONCE = 1_000;

const COLUMNS = sql`e.position, e.type, e.subjectType, e.subjectPk, e.subjectName, e.stageName, e.at, e.actorName, e.comment, e.payload`;
const EVENTS: ListSource<EventRecord> = {
  name: LOG,
  columns: COLUMNS,
  from: sql`events e`,
  key: sql`e.position`,
  hydrate: toRecord,
};
/** Also leaves out what waits for its position. */
const POSITIONED = sql`e.position > 0`;

export class EventLog implements Log {
  constructor(private readonly db: Database) {}

  async state(): Promise<LogState> {
    const row = await this.db.readFirst<{ next: number; waiting: number }>(
      sql`SELECT c.nextPosition AS next, EXISTS (SELECT 1 FROM events e WHERE e.position IS NULL) AS waiting FROM event_counter c WHERE c.id = 1`,
    );
    return { head: Number(row?.next ?? 1) - 1, hasWaiting: Number(row?.waiting ?? 0) === 1 };
  }

  /** How many committed events wait for their positions, and since when the oldest does, epoch milliseconds. */
  async backlog(): Promise<{ position: number; waiting: number; oldestAt: number | null }> {
    const row = await this.db.readFirst<{ next: number; waiting: number; oldestAt: number | string | null }>(
      sql`SELECT c.nextPosition AS next, COUNT(e.pk) AS waiting, MIN(e.recordedAt) AS oldestAt FROM event_counter c LEFT JOIN events e ON e.position IS NULL WHERE c.id = 1 GROUP BY c.nextPosition`,
    );
    const oldestAt = row?.oldestAt ?? null;
    return {
      position: Number(row?.next ?? 1) - 1,
      waiting: Number(row?.waiting ?? 0),
      oldestAt: oldestAt === null ? null : Number(oldestAt),
    };
  }

  /** One short transaction, which takes hold of the counter first: whoever else assigns waits, or is run again. */
  async assign(limit: number): Promise<number> {
    return this.db.maintain(SEQUENCER, (tx) => this.assignIn(tx, limit), { maxSilenceSeconds: MAX_SILENCE_SECONDS });
  }

  async read(after: number, upTo: number, selection: EventSelection, limit: number): Promise<EventRecord[]> {
    const where = and([
      sql`e.position > ${after}`,
      sql`e.position <= ${upTo}`,
      ...selectionConditions(this.db.dialect, selection),
    ]);
    const rows = await this.db.read(
      sql`SELECT ${COLUMNS} FROM events e WHERE ${where} ORDER BY e.position LIMIT ${limit}`,
    );
    return rows.map(toRecord);
  }

  async oldest(): Promise<number> {
    const row = await this.db.readFirst<{ oldest: number | string }>(
      sql`SELECT COALESCE((SELECT MIN(e.position) FROM events e WHERE ${POSITIONED}), c.nextPosition) AS oldest FROM event_counter c WHERE c.id = 1`,
    );
    return Number(row?.oldest ?? 1);
  }

  /** A page of the log, oldest first. @throws CursorExpired where `after` is older than what is kept */
  async page(selection: EventSelection, page: PageRequest): Promise<Page<EventRecord>> {
    const where = [POSITIONED, ...selectionConditions(this.db.dialect, selection)];
    if (page.after !== null) {
      const after = positionOf(page.after, 'after');
      if (after + 1 < (await this.oldest())) throw expired('after');
    }
    return readPage(this.db, EVENTS, { where, order: [], page });
  }

  /** Removes the oldest events, up to the first that was recorded at `since` or later. Positions are not given anew. */
  async removeBefore(since: number): Promise<void> {
    for (;;) {
      const { head } = await this.state();
      const kept = await this.db.readFirst<{ position: number | string }>(
        sql`SELECT e.position FROM events e WHERE ${POSITIONED} AND e.recordedAt >= ${since} ORDER BY e.position LIMIT 1`,
      );
      const end = kept ? Number(kept.position) : head + 1;
      const from = await this.oldest();
      if (from >= end) return;
      const to = Math.min(end, from + REMOVED_AT_ONCE);
      await this.db.maintain(SEQUENCER, (tx) =>
        tx.execute(sql`DELETE FROM events WHERE position >= ${from} AND position < ${to}`),
      );
    }
  }

  private async assignIn(tx: Transaction, limit: number): Promise<number> {
    tx.defer(sql`UPDATE event_counter SET passes = passes + 1 WHERE id = 1`);
    // The limit is a part of the text, which is then compiled once.
    const rows = await tx.query<WaitingEvent & { next: number | string }>(
      sql`SELECT e.pk, e.recordedAt, e.subjectType, e.subjectPk, e.sequence, e.ordinal, c.nextPosition AS next FROM events e JOIN event_counter c ON c.id = 1 WHERE e.position IS NULL ORDER BY e.recordedAt, e.pk LIMIT ${raw(String(limit))}`,
    );
    const first = Number(rows[0]?.next);
    const ordered = inLogOrder(rows.map((row) => ({ ...row, recordedAt: Number(row.recordedAt) })));
    if (ordered.length === 0) return 0;
    const cases = ordered.map(({ pk }, index) => sql`WHEN ${pk} THEN ${first + index}`);
    // Padded to a power of two, so that few different texts reach the database.
    const last = cases[cases.length - 1] as Sql;
    while ((cases.length & (cases.length - 1)) !== 0) cases.push(last);
    const isOneOfThem = tx.dialect.inList(
      sql`pk`,
      ordered.map(({ pk }) => pk),
    );
    tx.defer(sql`UPDATE events SET position = CASE pk ${join(cases, ' ')} END WHERE ${isOneOfThem}`);
    tx.defer(sql`UPDATE event_counter SET nextPosition = ${first + ordered.length} WHERE id = 1`);
    return ordered.length;
  }
}

/** What page of the log is asked for. @throws Invalid, also for a cursor that is none of the log */
export function readLogPageArgs(args: PageArgs): PageRequest {
  const page = readPageArgs(args);
  for (const side of ['after', 'before'] as const) {
    const cursor = page[side];
    if (cursor !== null) positionOf(cursor, side);
  }
  return page;
}

/** Large numbers arrive as text on some drivers. */
function toRecord(row: object): EventRecord {
  const { position, at, ...rest } = row as EventRecordRow;
  return new EventRecord({ ...rest, position: Number(position), at: Number(at) });
}
