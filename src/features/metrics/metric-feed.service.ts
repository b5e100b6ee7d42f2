// Points of runs as they are committed, for live readers: read once per run and process, coalesced for who is slow.

import type { Clock } from '../../core/clock.ts';
import type { LiveStream } from '../../core/live.ts';
import { Polling } from '../../core/polling.ts';
import type { Database } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { RunService } from '../runs/run.service.ts';
import { LoggedBatch, MetricWatch } from './logged-batch.entity.ts';
import type { MetricsLogged } from './metric.types.ts';
import type { NewPoint } from './metric.write.ts';
import { BATCHES_KEPT_MS, type KeyedPoint, MetricReader, type Page, WatchedRun } from './metric-reader.ts';

/** Between two looks at what other instances logged, milliseconds. */
const POLL_MS = 100;
/** How long a watch holds without being renewed, and how often it is, milliseconds. */
const WATCH_MS = 120_000;
const RENEWAL_MS = 30_000;
/** One message has points of this many batches, and about this many points, at most. */
const BATCHES_PER_MESSAGE = 100;
const POINTS_PER_MESSAGE = 10_000;

const FEED = { name: 'modelgraph', isVerified: true };

type PackedPoint = readonly [key: string, step: number, at: number, special: number, value: number];

export class MetricFeed {
  private readonly runs = new Map<number, WatchedRun>();
  private readonly polling: Polling;
  private upkeepAt = 0;
  private isStopped = false;
  private onLogged: () => void = () => undefined;

  constructor(
    private readonly db: Database,
    private readonly service: RunService,
    private readonly clock: Clock,
    pollMs = POLL_MS,
  ) {
    // Out of reach just now: the next look comes soon, and a watch that ran out is told to its readers.
    this.polling = new Polling(
      () => this.poll(),
      () => (this.runs.size > 0 ? pollMs : undefined),
    );
  }

  /** Calls a function whenever a batch was committed here that somebody reads, so that other instances can be woken. */
  whenLogged(listener: () => void): void {
    this.onLogged = listener;
  }

  /** Another instance says that there is something new. */
  wake(): void {
    if (this.runs.size > 0) this.polling.now();
  }

  /**
   * Follows the points of a run from now on.
   * @param keys only points of these metrics; of all for null
   * @throws NotFound where the run is not there or deleted
   */
  async follow(runPk: number, keys: readonly string[] | null): Promise<LiveStream<MetricsLogged>> {
    const start = await this.watch(runPk);
    const run = this.runs.get(runPk) ?? new WatchedRun(runPk);
    this.runs.set(runPk, run);
    run.seen = Math.max(run.seen, start.batch);
    run.watchedUntil = Math.max(run.watchedUntil, start.until);
    const reader = new MetricReader(this, run, start.batch, keys, this.clock, () => {
      run.readers.delete(reader);
      if (run.readers.size === 0 && this.runs.get(runPk) === run) this.runs.delete(runPk);
    });
    run.readers.add(reader);
    if (this.isStopped) await reader.return();
    else this.polling.soon();
    return reader;
  }

  /** The count of batches of a run that the transaction holds, where somebody reads the run's points; else undefined. */
  async watchedBatch(tx: Transaction, runPk: number): Promise<number | undefined> {
    const watched = await tx.first<{ batch: number }>(
      sql`SELECT r.batches AS batch FROM metric_watches w JOIN runs r ON r.pk = w.runPk WHERE w.runPk = ${runPk} AND w.until > ${tx.startedAt}`,
    );
    return watched?.batch;
  }

  /** Keeps the new points of a batch for who reads them. Called by the transaction that logs them and holds the run. */
  async keep(tx: Transaction, runPk: number, batch: number, points: readonly NewPoint[]): Promise<void> {
    if (points.length === 0) return;
    const packed = points.map(({ key, step, at, special, value }): PackedPoint => [key, step, at, special, value]);
    await tx.insert(LoggedBatch, { runPk, batch, loggedAt: tx.startedAt, points: JSON.stringify(packed) });
  }

  /** Says that a batch of a run that is watched was committed here. */
  logged(runPk: number): void {
    this.runs.get(runPk)?.ring();
    this.onLogged();
  }

  /** Removes what no reader needs any more. */
  async forgetOld(tx: Transaction, now: number): Promise<void> {
    await tx.execute(sql`DELETE FROM logged_batches WHERE loggedAt < ${now - BATCHES_KEPT_MS}`);
    await tx.execute(sql`DELETE FROM metric_watches WHERE until < ${now - BATCHES_KEPT_MS}`);
  }

  /** Ends every reader, and finishes what runs. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const run of this.runs.values()) for (const reader of run.readers) void reader.return();
    await this.polling.stop();
  }

  /** The batches after one, shared by all readers that are there. */
  page(run: WatchedRun, after: number): Promise<Page> {
    const known = run.pages.get(after);
    if (known) return known;
    const page = this.read(run.pk, after);
    run.pages.set(after, page);
    page.catch(() => run.pages.delete(after));
    return page;
  }

  private async read(runPk: number, after: number): Promise<Page> {
    const rows = await this.db.read<{ batch: number; loggedAt: number | string; points: string }>(
      sql`SELECT b.batch, b.loggedAt, b.points FROM logged_batches b WHERE b.runPk = ${runPk} AND b.batch > ${after} ORDER BY b.batch LIMIT ${BATCHES_PER_MESSAGE}`,
    );
    const points: KeyedPoint[] = [];
    let end = after;
    let loggedAt = 0;
    for (const row of rows) {
      if (points.length >= POINTS_PER_MESSAGE) break;
      for (const [key, step, at, special, value] of JSON.parse(row.points) as PackedPoint[]) {
        points.push({ key, step, at, special, value });
      }
      end = row.batch;
      loggedAt = Number(row.loggedAt);
    }
    const isFull = rows.length === BATCHES_PER_MESSAGE || end !== (rows.at(-1)?.batch ?? after);
    return { points, end, isFull, loggedAt, messages: new Map() };
  }

  /** Takes its turn among those who log to the run, so that every later batch is kept. */
  private async watch(runPk: number): Promise<{ readonly batch: number; readonly until: number }> {
    return this.db.maintain(FEED, async (tx) => {
      await this.service.lockForBatch(tx, runPk, 'run');
      const until = this.clock.now() + WATCH_MS;
      const onConflict = tx.dialect.onConflict(
        ['runPk'],
        { until: (incoming, column) => tx.dialect.greatest(incoming, column) },
        'metric_watches',
      );
      await tx.insert(MetricWatch, { runPk, until }, { onConflict });
      const row = await tx.first<{ batch: number }>(sql`SELECT r.batches AS batch FROM runs r WHERE r.pk = ${runPk}`);
      return { batch: row?.batch ?? 0, until };
    });
  }

  private async poll(): Promise<void> {
    const { inList } = this.db.dialect;
    const rows = await this.db.read<{ pk: number; batches: number }>(
      sql`SELECT r.pk, r.batches FROM runs r WHERE ${inList(sql`r.pk`, [...this.runs.keys()])}`,
    );
    for (const { pk, batches } of rows) {
      const run = this.runs.get(pk);
      if (!run || batches <= run.seen) continue;
      run.seen = batches;
      run.ring();
    }
    const now = this.clock.now();
    if (now < this.upkeepAt) return;
    this.upkeepAt = now + RENEWAL_MS;
    await this.upkeep(now);
  }

  /** Renews the watches, and removes what nobody needs any more. */
  private async upkeep(now: number): Promise<void> {
    const held = [...this.runs.values()].filter((run) => run.watchedUntil > now);
    const until = now + WATCH_MS;
    await this.db.maintain(FEED, async (tx) => {
      const isHeld = tx.dialect.inList(
        sql`runPk`,
        held.map((run) => run.pk),
      );
      await tx.execute(sql`UPDATE metric_watches SET until = ${until} WHERE ${isHeld} AND until < ${until}`);
      await this.forgetOld(tx, now);
    });
    for (const run of held) run.watchedUntil = until;
  }
}
