// Keyset lists: one statement a page, for one list or for the same list of many parents at once.

import { Invalid } from '../core/errors.ts';
import { type CursorValues, decodeCursor, encodeCursor, type Page, type PageRequest } from '../core/pagination.ts';
import type { Database } from './database.ts';
import type { Dialect } from './dialect.ts';
import { and, join, or, raw, Sql, sql } from './sql.ts';

export type Direction = 'ASC' | 'DESC';

/** One thing to sort by. Its expression is never NULL: what may be missing is sorted by a term of its own first. */
export interface OrderTerm {
  /** Part of the cursor, so that a cursor of another order is recognised. */
  readonly name: string;
  readonly expression: Sql;
  readonly direction: Direction;
}

export interface ListSource<T> {
  /** Part of the cursor. */
  readonly name: string;
  readonly columns: Sql;
  readonly from: Sql;
  /** The primary key's column, qualified, or the columns that tell apart the rows of one parent: the last tie-break. */
  readonly key: Sql | readonly Sql[];
  readonly hydrate: (row: object) => T;
}

export interface ListRequest {
  readonly where: readonly Sql[];
  readonly order: readonly OrderTerm[];
  readonly page: PageRequest;
}

/** How many terms a list may be sorted by: each is a part of every comparison with a cursor. */
const MOST_TERMS = 30;

type CursorRow = Record<`cursor${number}`, string | number>;

/** A list whose cursors have been read, ready to be asked for rows. */
class PreparedList {
  readonly tag: string;
  readonly terms: readonly OrderTerm[];
  private readonly after: CursorValues | undefined;
  private readonly before: CursorValues | undefined;

  constructor(
    private readonly dialect: Dialect,
    source: ListSource<unknown>,
    readonly request: ListRequest,
  ) {
    const { order, page } = request;
    if (order.length > MOST_TERMS) throw new Invalid('orderBy', 'There are too many things to sort by.');
    this.tag = [source.name, ...order.map((term) => `${term.name} ${term.direction}`)].join(',');
    const direction = order.at(-1)?.direction ?? 'ASC';
    this.terms = [...order, ...keyColumns(source).map((expression) => ({ name: 'key', expression, direction }))];
    this.after = page.after === null ? undefined : decodeCursor(this.tag, this.terms.length, page.after, 'after');
    this.before = page.before === null ? undefined : decodeCursor(this.tag, this.terms.length, page.before, 'before');
  }

  get matching(): Sql {
    return and(this.request.where);
  }

  get within(): Sql {
    const conditions = [...this.request.where];
    if (this.after) conditions.push(beyond(this.dialect, this.terms, this.after, false));
    if (this.before) conditions.push(beyond(this.dialect, this.terms, this.before, true));
    return and(conditions);
  }

  /** What lies outside the cursor that the page starts from; undefined where it starts at an end of the list. */
  outside(isBefore: boolean): Sql | undefined {
    const cursor = isBefore ? this.after : this.before;
    return cursor && and([...this.request.where, sql`NOT ${beyond(this.dialect, this.terms, cursor, !isBefore)}`]);
  }

  get orderBy(): Sql {
    const { isBackward } = this.request.page;
    return join(
      this.terms.map(
        ({ expression, direction }) => sql`${expression} ${raw(isBackward ? opposite(direction) : direction)}`,
      ),
      ', ',
    );
  }

  get cursorColumns(): Sql {
    return join(
      this.terms.map(({ expression }, index) => sql`${expression} AS cursor${raw(String(index))}`),
      ', ',
    );
  }

  cursorOf(row: CursorRow): string {
    return encodeCursor(
      this.tag,
      this.terms.map((_, index) => row[`cursor${index}`] ?? null),
    );
  }
}

/** Which rows come after a place in an order, or before it. */
export function beyond(
  dialect: Dialect,
  terms: readonly Pick<OrderTerm, 'expression' | 'direction'>[],
  place: CursorValues,
  isReversed: boolean,
): Sql {
  const operators = terms.map(({ direction }) => raw((direction === 'ASC') !== isReversed ? '>' : '<'));
  const [operator] = operators;
  if (operator && dialect.hasIndexedTuples && operators.every(({ text }) => text === operator.text)) {
    const columns = terms.map(({ expression }) => expression);
    const values = terms.map((_, index) => sql`${place[index] ?? null}`);
    return sql`((${join(columns, ', ')}) ${operator} (${join(values, ', ')}))`;
  }
  const alternatives = terms.map(({ expression }, index) => {
    const equal = terms.slice(0, index).map((term, i) => sql`${term.expression} = ${place[i] ?? null}`);
    return and([...equal, sql`${expression} ${operators[index] as Sql} ${place[index] ?? null}`]);
  });
  return sql`(${or(alternatives)})`;
}

/** One page of a list. */
export async function readPage<T extends object>(
  db: Database,
  source: ListSource<T>,
  request: ListRequest,
): Promise<Page<T>> {
  const list = new PreparedList(db.dialect, source, request);
  const { columns, from } = source;
  const rows = await db.read<CursorRow>(
    sql`SELECT ${columns}, ${list.cursorColumns} FROM ${from} WHERE ${list.within} ORDER BY ${list.orderBy} LIMIT ${request.page.limit + 1}`,
  );
  return new KeysetPage(list, rows, source.hydrate, {
    total: async () => {
      const row = await db.readFirst<{ total: number }>(
        sql`SELECT COUNT(*) AS total FROM ${from} WHERE ${list.matching}`,
      );
      return Number(row?.total ?? 0);
    },
    exists: async (outside) =>
      (await db.readFirst(sql`SELECT 1 AS found FROM ${from} WHERE ${outside} LIMIT 1`)) !== undefined,
  });
}

/**
 * The same page of the lists of many parents, in the order of the parents. Counts and neighbours, where they are
 * selected at all, also cost one statement for all of them.
 * @param parentColumn the qualified column that holds the parent's row number
 */
export async function readPages<T extends object>(
  db: Database,
  source: ListSource<T>,
  parentColumn: Sql,
  request: ListRequest,
  parents: readonly number[],
): Promise<Page<T>[]> {
  const list = new PreparedList(db.dialect, source, request);
  const { columns, from } = source;
  type ParentRow = CursorRow & { groupPk: number };
  const rows = await db.read<ParentRow>(
    db.dialect.perParent(
      {
        columns: sql`${columns}, ${list.cursorColumns}, ${parentColumn} AS groupPk`,
        from,
        key: keyColumns(source),
        parentColumn,
        where: list.within,
        orderBy: list.orderBy,
        limit: request.page.limit + 1,
      },
      parents,
    ),
  );
  const byParent = Map.groupBy(rows, (row) => row.groupPk);
  const isOneOfThem = db.dialect.inList(parentColumn, parents);
  const totals = once(async () => {
    const counted = await db.read<{ groupPk: number; total: number }>(
      sql`SELECT ${parentColumn} AS groupPk, COUNT(*) AS total FROM ${from} WHERE ${isOneOfThem} AND ${list.matching} GROUP BY ${parentColumn}`,
    );
    return new Map(counted.map((row) => [row.groupPk, Number(row.total)]));
  });
  const neighbours = new Map<string, Promise<Set<number>>>();
  const parentsWith = (outside: Sql): Promise<Set<number>> => {
    const known = neighbours.get(outside.text);
    if (known) return known;
    const found = db
      .read<{ groupPk: number }>(
        sql`SELECT DISTINCT ${parentColumn} AS groupPk FROM ${from} WHERE ${isOneOfThem} AND ${outside}`,
      )
      .then((all) => new Set(all.map((row) => row.groupPk)));
    neighbours.set(outside.text, found);
    return found;
  };
  return parents.map(
    (parent) =>
      new KeysetPage(list, byParent.get(parent) ?? [], source.hydrate, {
        total: async () => (await totals()).get(parent) ?? 0,
        exists: async (outside) => (await parentsWith(outside)).has(parent),
      }),
  );
}

interface Surroundings {
  total(): Promise<number>;
  exists(outside: Sql): Promise<boolean>;
}

class KeysetPage<T extends object> implements Page<T> {
  readonly items: readonly T[];
  private readonly rows: readonly CursorRow[];
  private readonly hasMore: boolean;
  private readonly places = new Map<T, CursorRow>();

  constructor(
    private readonly list: PreparedList,
    rows: readonly CursorRow[],
    hydrate: (row: object) => T,
    private readonly surroundings: Surroundings,
  ) {
    const { limit, isBackward } = list.request.page;
    this.hasMore = rows.length > limit;
    const kept = rows.slice(0, limit);
    this.rows = isBackward ? kept.reverse() : kept;
    this.items = this.rows.map(hydrate);
  }

  cursorOf(item: T): string {
    if (this.places.size === 0)
      this.items.forEach((known, index) => void this.places.set(known, this.rows[index] as CursorRow));
    return this.list.cursorOf(this.places.get(item) as CursorRow);
  }

  hasNext(): boolean | Promise<boolean> {
    return this.list.request.page.isBackward ? this.goesOn(false) : this.hasMore;
  }

  hasPrevious(): boolean | Promise<boolean> {
    return this.list.request.page.isBackward ? this.hasMore : this.goesOn(true);
  }

  total(): Promise<number> {
    return this.surroundings.total();
  }

  private goesOn(isBefore: boolean): boolean | Promise<boolean> {
    const outside = this.list.outside(isBefore);
    return outside ? this.surroundings.exists(outside) : false;
  }
}

function keyColumns({ key }: ListSource<unknown>): readonly Sql[] {
  return key instanceof Sql ? [key] : key;
}

function opposite(direction: Direction): Direction {
  return direction === 'ASC' ? 'DESC' : 'ASC';
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
