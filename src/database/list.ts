// Keyset lists: a page of one list, or the same page of the lists of many parents at once.

import type { Page } from '../core/pagination.ts';
import { readRows } from './access.ts';
import type { Database } from './database.ts';
import { type CursorRow, keyColumns, type ListRequest, type ListSource, PreparedList } from './prepared-list.ts';
import { type Sql, sql } from './sql.ts';

export type { Direction, ListRequest, ListSource, OrderTerm } from './prepared-list.ts';

/** One page of a list. */
export async function readPage<T extends object>(
  db: Database,
  source: ListSource<T>,
  request: ListRequest,
): Promise<Page<T>> {
  const list = new PreparedList(db.dialect, source, request);
  const { from } = list;
  const rows = await readRows(db, list);
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
  const { from } = list;
  type ParentRow = CursorRow & { groupPk: number };
  const rows = await db.read<ParentRow>(
    db.dialect.perParent(
      {
        columns: sql`${list.columns}, ${parentColumn} AS groupPk`,
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

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
