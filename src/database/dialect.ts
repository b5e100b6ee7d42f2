// What differs between the databases, behind one interface; everything else is written once.

import type { Sql } from './sql.ts';

/** What became of a statement that returns no rows. */
export interface StatementResult {
  /** Rows inserted, or matched by an update. */
  readonly affected: number;
  /** The generated primary key of a single inserted row. */
  readonly insertedPk: number;
}

export interface Dialect {
  readonly name: 'sqlite' | 'mysql';
  /** Starts a transaction that may write. */
  readonly begin: string;
  /**
   * Makes the server drop this connection, and roll its transaction back, when nothing is asked on it for so long: what
   * a process that stops answering holds is let go of then. Undefined where there is no server.
   */
  limitSilence?(seconds: number): string;
  /** Sets what connections have otherwise. */
  readonly allowSilence?: string;
  /** The most parameters that one statement may have. */
  readonly largestParameterCount: number;
  /** Whether the driver keeps compiled statements by their text. */
  readonly keepsStatements: boolean;
  /** `column IN (values)`, with a text that stays the same for lists of similar length. */
  inList(column: Sql, values: readonly (string | number)[]): Sql;
  /** Folds the ASCII letters of an expression to lower case, and nothing else. */
  foldAscii(expression: Sql): Sql;
  least(a: Sql, b: Sql): Sql;
  greatest(a: Sql, b: Sql): Sql;
  /** The tail of a select that holds the rows it finds, as they were committed last: its transaction may have begun before. */
  readonly forUpdate: Sql;
  /**
   * A value that is read in the transaction and used by a later statement, without a way back here in between.
   * @param read a select of one row of one column
   */
  readAhead(read: Sql): ReadAhead;
  /** The verb of an insert that leaves rows alone whose key is there already. */
  readonly insertIgnore: string;
  /**
   * The tail of an insert that updates the row that is there already.
   * Assignments run from left to right on MySQL: one that others compare with comes last.
   */
  onConflict(
    key: readonly string[],
    assignments: Readonly<Record<string, (incoming: Sql, column: Sql) => Sql>>,
    table: string,
  ): Sql;
  /** In those assignments: what the row that was to be inserted has in a column. */
  incoming(column: string): Sql;
  /** Whether `(a, b) > (?, ?)` is looked up in an index over a and b. */
  readonly hasIndexedTuples: boolean;
  /** A join that looks up the right side for each row of the left one. */
  readonly nestedJoin: Sql;
  /** After a table: the index that it is read through. */
  using(index: string): Sql;
  /** Whether rows that an index gives in groups are sorted group by group, as far as they are wanted, and not all at once. */
  readonly sortsWithinGroups: boolean;
  /** One statement that takes a limited list for each parent, in order. `select` is given the parent's key. */
  perParent(query: PerParentQuery, parents: readonly number[]): Sql;
  readonly errors: ErrorClassifier;
  readonly resultOf: (raw: unknown, affected: number | undefined) => StatementResult;
}

export interface ReadAhead {
  /** To be run before whatever uses the value, where there is something to run. */
  readonly statement?: Sql;
  readonly value: Sql;
}

export interface PerParentQuery {
  readonly columns: Sql;
  readonly from: Sql;
  /** The columns that tell the rows of one parent apart, qualified. */
  readonly key: readonly Sql[];
  /** The column that holds the parent's primary key, qualified. */
  readonly parentColumn: Sql;
  readonly where: Sql;
  readonly orderBy: Sql;
  readonly limit: number;
}

export interface ErrorClassifier {
  /** The transaction lost a race and may be run again from its start. */
  isLostRace(error: unknown): boolean;
  /** The connection, or the node behind it, is of no use any more. */
  isConnectionLoss(error: unknown): boolean;
  /** A unique key is taken. */
  isDuplicate(error: unknown): boolean;
}

/** The code and number that a driver's error carries, through TypeORM's wrapper. */
export function driverError(error: unknown): { code: string; errno: number } {
  const inner = (error as { driverError?: unknown })?.driverError ?? error;
  const { code, errno } = (inner ?? {}) as { code?: unknown; errno?: unknown };
  return { code: typeof code === 'string' ? code : '', errno: typeof errno === 'number' ? errno : 0 };
}
