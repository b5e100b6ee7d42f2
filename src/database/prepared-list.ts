// What a list is: where its rows come from, their order, and the cursors that a page of it lies between.

import { Invalid } from '../core/errors.ts';
import { type CursorValues, decodeCursor, encodeCursor, type PageRequest } from '../core/pagination.ts';
import type { Dialect } from './dialect.ts';
import { and, join, or, raw, Sql, sql } from './sql.ts';

export type Direction = 'ASC' | 'DESC';

/** One thing to sort by. Its expression is never NULL: what may be missing is sorted by a term of its own first. */
export interface OrderTerm {
  /** Part of the cursor, so that a cursor of another order is recognised. */
  readonly name: string;
  readonly expression: Sql;
  readonly direction: Direction;
  /** Whether no two rows of the list are alike in it, so that what follows decides nothing. */
  readonly isUnique?: boolean;
}

/** What rows are sorted by. */
type Sorting = Pick<OrderTerm, 'expression' | 'direction' | 'isUnique'>;

export interface ListSource<T> {
  /** Part of the cursor. */
  readonly name: string;
  readonly columns: Sql;
  /** The table with its alias. */
  readonly from: Sql;
  /** What it is joined with to be sorted. */
  readonly joins?: readonly Sql[];
  /** The primary key's column, qualified, or the columns that tell apart the rows of one parent: the last tie-break. */
  readonly key: Sql | readonly Sql[];
  readonly hydrate: (row: object) => T;
  /** The name of the column that an expression is, where it is one of those that are read. */
  readonly nameOf?: (expression: Sql) => string | undefined;
}

/** A row of `metrics` that a statement reads, by its columns as conditions are to name them. */
export interface MetricColumns {
  readonly key: string;
  readonly special: Sql;
  readonly value: Sql;
}

/** What a statement has of each row before it reads the list's own table: conditions on that need not look for it. */
export interface Known {
  /** A column that is the same as the list's key. */
  readonly key?: Sql | undefined;
  /** The row of one of its metrics. */
  readonly metric?: MetricColumns | undefined;
}

/** The conditions of a list. What is looked up by something known is looked up first, and rows are read of what is left. */
export type ConditionsBy = (known: Known) => readonly Sql[];

/** Rows that a part of a list's filter names, found through an index: the list has none beside them. */
export interface Candidates {
  /** Gives each `owner` once. */
  readonly rows: Sql;
  /** The list's column that holds the owner. */
  readonly column: Sql;
  /** What is left to check of these rows; by default all conditions. */
  readonly rest?: ConditionsBy;
  /** An index that holds the first order of these rows alone. */
  readonly ranking?: Ranking | undefined;
}

/**
 * An index that holds the first order of a list. Its rows are the head of the list, whatever the direction: those that
 * it lacks come after, and the first term of the order says so by another value than 0.
 */
export interface Ranking {
  /** The table of the index with its alias, and the condition that joins it; undefined where it is the list's own. */
  readonly table?: { readonly from: Sql; readonly on: Sql };
  /** The same as a join that leaves no row out. */
  readonly join?: Sql;
  readonly index: string;
  readonly isRanked: Sql;
  /** Where its rows begin, but for a place that lies further on: of two such bounds, SQLite takes the wider one. */
  readonly floor?: Sql;
  readonly isUnranked: Sql;
  /** Whether those that it lacks are all alike in the order's terms. */
  readonly areUnrankedAlike: boolean;
  /** What the index is sorted by, in the places of the order's terms after the first. */
  readonly terms: readonly Pick<OrderTerm, 'expression' | 'direction'>[];
  /** What it is sorted by after these, and the list's column that is the same. */
  readonly last: { readonly column: Sql; readonly of: Sql };
  /** The metric whose values it holds. */
  readonly metric?: MetricColumns;
}

/** From a place of an index up to another, both included; undefined is its end. */
export interface Span {
  readonly from: CursorValues | undefined;
  readonly to: CursorValues | undefined;
}

export interface ListRequest {
  /** Its conditions, or what makes them of what is known. */
  readonly where: readonly Sql[] | ConditionsBy;
  readonly order: readonly OrderTerm[];
  readonly page: PageRequest;
  /** What parts of the filter name through indexes of their own. */
  readonly candidates?: readonly Candidates[];
  /** The index that holds the first order of the list. */
  readonly ranking?: Ranking | undefined;
  /** What the filter leaves of such an index, where it leaves nothing else: it is read between these places. */
  readonly span?: Span | undefined;
}

/** How many terms a list may be sorted by: each is a part of every comparison with a cursor. */
const MOST_TERMS = 30;

/** A row of a list, by the names of its columns, with those that a cursor is made of. */
export type CursorRow = Readonly<Record<string, string | number | null>>;

/** A list whose cursors have been read, ready to be asked for rows. */
export class PreparedList {
  readonly tag: string;
  readonly terms: readonly OrderTerm[];
  /** What the list's table is joined with to be sorted. */
  readonly joins: readonly Sql[];
  /** The list's table with all of that. */
  readonly from: Sql;
  /** The conditions where nothing is known. Made at once, so that those that are refused cost no statement. */
  private readonly where: readonly Sql[];
  /** The names of the columns that a cursor is made of. */
  private readonly cursorColumns: readonly string[];
  private readonly after: CursorValues | undefined;
  private readonly before: CursorValues | undefined;

  constructor(
    private readonly dialect: Dialect,
    readonly source: ListSource<unknown>,
    readonly request: ListRequest,
  ) {
    const { ranking } = request;
    this.where = this.conditions({});
    this.joins = [...(ranking?.join ? [ranking.join] : []), ...(source.joins ?? [])];
    this.from = join([source.from, ...this.joins], ' ');
    const { order, page } = request;
    if (order.length > MOST_TERMS) throw new Invalid('orderBy', 'There are too many things to sort by.');
    this.tag = [source.name, ...order.map((term) => `${term.name} ${term.direction}`)].join(',');
    const direction = order.at(-1)?.direction ?? 'ASC';
    this.terms = [...order, ...keyColumns(source).map((expression) => ({ name: 'key', expression, direction }))];
    this.cursorColumns = this.terms.map(({ expression }, index) => source.nameOf?.(expression) ?? `cursor${index}`);
    this.after = page.after === null ? undefined : decodeCursor(this.tag, this.terms.length, page.after, 'after');
    this.before = page.before === null ? undefined : decodeCursor(this.tag, this.terms.length, page.before, 'before');
  }

  get matching(): Sql {
    return and(this.where);
  }

  get within(): Sql {
    return this.between(this.where);
  }

  /**
   * The same where one of the list's columns is known to be the same as one that is read before, as is a metric.
   * @param rest what is left to check then; by default all conditions
   */
  withinBy({ column, of }: Ranking['last'], rest?: ConditionsBy, metric?: MetricColumns): Sql {
    const known = { key: this.isKey(of) ? column : undefined, metric };
    return this.between(rest ? rest(known) : this.conditions(known));
  }

  /** Whether an index holds the order of the list to its end. */
  isWholeOrderOf({ terms, last }: Ranking): boolean {
    return this.terms.length === terms.length + 2 && this.isKey(last.of);
  }

  private conditions(known: Known): readonly Sql[] {
    const { where } = this.request;
    return typeof where === 'function' ? where(known) : where;
  }

  private isKey(column: Sql): boolean {
    return this.source.key instanceof Sql && this.source.key.text === column.text;
  }

  private between(where: readonly Sql[]): Sql {
    const conditions = [...where];
    if (this.after) conditions.push(beyond(this.dialect, this.terms, this.after, false));
    if (this.before) conditions.push(beyond(this.dialect, this.terms, this.before, true));
    return and(conditions);
  }

  /** What lies outside the cursor that the page starts from; undefined where it starts at an end of the list. */
  outside(isBefore: boolean): Sql | undefined {
    const cursor = isBefore ? this.after : this.before;
    return cursor && and([...this.where, sql`NOT ${beyond(this.dialect, this.terms, cursor, !isBefore)}`]);
  }

  /** The place where the page begins, which is its end where it is read backward; undefined at an end of the list. */
  get start(): CursorValues | undefined {
    return this.request.page.isBackward ? this.before : this.after;
  }

  get orderBy(): Sql {
    return this.orderedBy(this.terms);
  }

  /** Terms in the direction in which the page is read. */
  orderedBy(terms: readonly Sorting[]): Sql {
    const { isBackward } = this.request.page;
    // MariaDB goes by no index for an order that is longer than it.
    const decisive = terms.slice(0, terms.findIndex(({ isUnique }) => isUnique) + 1 || undefined);
    const ordered = decisive.map(
      ({ expression, direction }) => sql`${expression} ${raw(isBackward ? opposite(direction) : direction)}`,
    );
    return join(ordered, ', ');
  }

  /** The list's columns, and what a cursor is made of beside these. */
  get columns(): Sql {
    const { source, terms } = this;
    const others = terms.flatMap(({ expression }, index) => {
      const name = this.cursorColumns[index] ?? '';
      return source.nameOf?.(expression) === name ? [] : [sql`${expression} AS ${raw(name)}`];
    });
    return join([source.columns, ...others], ', ');
  }

  cursorOf(row: CursorRow): string {
    return encodeCursor(
      this.tag,
      this.cursorColumns.map((name) => row[name] ?? null),
    );
  }
}

/**
 * Which rows come after a place in an order, or before it.
 * @param isInclusive whether those at the place are among them
 */
export function beyond(
  dialect: Dialect,
  terms: readonly Pick<OrderTerm, 'expression' | 'direction'>[],
  place: CursorValues,
  isReversed: boolean,
  isInclusive = false,
): Sql {
  const operators = terms.map(({ direction }) => ((direction === 'ASC') !== isReversed ? '>' : '<'));
  const [operator] = operators;
  const last = raw(isInclusive ? '=' : '');
  if (operator && dialect.hasIndexedTuples && operators.every((other) => other === operator)) {
    const columns = terms.map(({ expression }) => expression);
    const values = terms.map((_, index) => sql`${place[index] ?? null}`);
    return sql`((${join(columns, ', ')}) ${raw(operator)}${last} (${join(values, ', ')}))`;
  }
  const alternatives = terms.map(({ expression }, index) => {
    const equal = terms.slice(0, index).map((term, i) => sql`${term.expression} = ${place[i] ?? null}`);
    const comparison = sql`${raw(operators[index] ?? '')}${index === terms.length - 1 ? last : raw('')}`;
    return and([...equal, sql`${expression} ${comparison} ${place[index] ?? null}`]);
  });
  return sql`(${or(alternatives)})`;
}

export function keyColumns({ key }: ListSource<unknown>): readonly Sql[] {
  return key instanceof Sql ? [key] : key;
}

function opposite(direction: Direction): Direction {
  return direction === 'ASC' ? 'DESC' : 'ASC';
}
