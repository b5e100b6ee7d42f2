// A transaction as services see it: statements, rows to insert, and the facts it records.

import type { DataSource, EntityMetadata, EntityTarget, QueryRunner } from 'typeorm';
import type { ActorIdentity } from '../core/context.ts';
import type { Dialect, StatementResult } from './dialect.ts';
import { join, name, raw, type Sql, type SqlValue, sql } from './sql.ts';

/** A change that somebody asked for. */
export interface WriteCommand {
  readonly actor: ActorIdentity;
  /** The mutation's name: the scope of its idempotency keys. */
  readonly mutation: string;
  readonly input: { readonly idempotencyKey?: string | null | undefined };
}

/** Something that became true, to be written to the event log in the same commit. */
export interface Fact {
  readonly type: string;
  /** What it is about. `sequence` is the subject's own count of changes, raised in this transaction. */
  readonly subject: { readonly type: string; readonly pk: number; readonly name: string; readonly sequence: number };
  /** Epoch milliseconds. */
  readonly at: number;
  readonly comment?: string | null | undefined;
  /** The stage that a stage change leads to. */
  readonly stage?: string | null;
  /** What was true at the event: scalars, and the row numbers of the objects it leads to. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What statements go through. */
export type StatementRunner = Pick<QueryRunner, 'query'>;

export type Row = Readonly<Record<string, SqlValue | undefined>>;

export interface InsertOptions {
  /** Leaves rows alone whose key is there already. */
  readonly ignoreExisting?: boolean;
  /** What to do with a row whose key is there already. */
  readonly onConflict?: Sql;
}

/** A statement ends after so many characters, which the packets that a server takes by default hold as any text. */
const CHARACTERS_PER_STATEMENT = 1_000_000;
/** Up to this many rows an insert has a text for every count. */
const LARGEST_EXACT_INSERT = 64;

export class Transaction {
  readonly facts: Fact[] = [];
  /** False once the outcome is that nothing is done: all is rolled back then, and a retry decides anew. */
  isOutcomeKept = true;

  constructor(
    private readonly runner: StatementRunner,
    private readonly dataSource: DataSource,
    readonly dialect: Dialect,
    readonly actor: ActorIdentity,
    /** When the transaction began, epoch milliseconds. */
    readonly startedAt: number,
  ) {}

  async query<T extends object>(statement: Sql): Promise<T[]> {
    return (await this.runner.query(statement.text, statement.values as SqlValue[])) as T[];
  }

  async first<T extends object>(statement: Sql): Promise<T | undefined> {
    return (await this.query<T>(statement))[0];
  }

  async execute(statement: Sql): Promise<StatementResult> {
    const result = await this.runner.query(statement.text, statement.values as SqlValue[], true);
    return this.dialect.resultOf(result.raw, result.affected);
  }

  /**
   * Inserts rows of an entity in as few statements as the parameters allow. Columns that the first row leaves out are
   * left to the database in all of them.
   * @returns how many were inserted, and the generated key where there was one row
   */
  async insert(
    entity: EntityTarget<object>,
    rows: Row | readonly Row[],
    options: InsertOptions = {},
  ): Promise<StatementResult> {
    const all: readonly Row[] = Array.isArray(rows) ? rows : [rows as Row];
    const first = all[0];
    if (!first) return { affected: 0, insertedPk: 0 };
    const metadata = this.dataSource.getMetadata(entity);
    const columns = Object.keys(first);
    const head = insertHead(metadata, columns, options.ignoreExisting ? this.dialect.insertIgnore : 'INSERT');
    const tuple = raw(`(${columns.map(() => '?').join(', ')})`).text;
    const rowsPerStatement = Math.max(1, Math.floor(this.dialect.largestParameterCount / columns.length));
    const tail = options.onConflict;
    let affected = 0;
    let insertedPk = 0;
    for (let start = 0; start < all.length; ) {
      const count = this.rowsAtOnce(Math.min(all.length - start, rowsPerStatement));
      const values: SqlValue[] = [];
      let end = start;
      for (let characters = 0; end - start < count; end++) {
        if (characters > CHARACTERS_PER_STATEMENT) break;
        for (const column of columns) {
          const value = all[end]?.[column] ?? null;
          if (typeof value === 'string') characters += value.length;
          values.push(value);
        }
      }
      const text = `${head} VALUES ${Array(end - start)
        .fill(tuple)
        .join(', ')}${tail ? ` ${tail.text}` : ''}`;
      const result = await this.execute({ text, values: tail ? [...values, ...tail.values] : values });
      affected += result.affected;
      insertedPk = result.insertedPk;
      start = end;
    }
    return { affected, insertedPk };
  }

  /** Large inserts go in powers of two where the driver keeps what it has compiled: a text for every count would fill memory. */
  private rowsAtOnce(possible: number): number {
    if (!this.dialect.keepsStatements || possible <= LARGEST_EXACT_INSERT) return possible;
    return 2 ** Math.floor(Math.log2(possible));
  }

  /** Sets columns of the rows that match. @returns how many there were */
  async update(table: string, changes: Row, where: Sql): Promise<number> {
    const sets = Object.entries(changes).map(([column, value]) => sql`${name(column)} = ${value ?? null}`);
    return (await this.execute(sql`UPDATE ${name(table)} SET ${join(sets, ', ')} WHERE ${where}`)).affected;
  }

  /** Adds a fact to the event log, in this commit. */
  record(fact: Fact): void {
    this.facts.push(fact);
  }
}

function insertHead(metadata: EntityMetadata, columns: readonly string[], verb: string): string {
  for (const column of columns) {
    if (!metadata.findColumnWithPropertyName(column)) throw new Error(`${metadata.name} has no column ${column}.`);
  }
  return `${verb} INTO \`${metadata.tableName}\` (${columns.map((column) => `\`${column}\``).join(', ')})`;
}
