// A transaction as services see it: statements, rows to insert, and the facts it records.

import type { DataSource, EntityMetadata, EntityTarget } from 'typeorm';
import type { ActorIdentity } from '../core/context.ts';
import type { Dialect, StatementResult } from './dialect.ts';
import type { StatementAnswer } from './session.ts';
import { join, name, Sql, type SqlValue, sql } from './sql.ts';
import { CHARACTERS_PER_MESSAGE, type StatementRunner } from './statements.ts';

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

export type Row = Readonly<Record<string, SqlValue | undefined>>;

export interface InsertOptions {
  /** Leaves rows alone whose key is there already. */
  readonly ignoreExisting?: boolean;
  /** Columns that are not stored as the rows give them: expressions of that, which is `?` in them. */
  readonly computed?: Readonly<Record<string, Sql>>;
  /** What to do with a row whose key is there already. */
  readonly onConflict?: Sql;
}

/** Up to this many rows an insert has a text for every count. */
const LARGEST_EXACT_INSERT = 64;

export class Transaction {
  readonly facts: Fact[] = [];
  /** False once the outcome is that nothing is done: all is rolled back then, and a retry decides anew. */
  isOutcomeKept = true;
  /** To be sent with the next that somebody waits for. */
  private asked: Sql[] = [];
  private sent: Promise<readonly StatementAnswer[]> | undefined;

  constructor(
    private run: StatementRunner,
    private readonly dataSource: DataSource,
    readonly dialect: Dialect,
    readonly actor: ActorIdentity,
    /** When the transaction began, epoch milliseconds. */
    readonly startedAt: number,
  ) {}

  /** The rows of a statement. */
  async query<T extends object>(statement: Sql): Promise<T[]> {
    return (await this.runNext(statement))?.raw as T[];
  }

  async first<T extends object>(statement: Sql): Promise<T | undefined> {
    return (await this.query<T>(statement))[0];
  }

  async execute(statement: Sql): Promise<StatementResult> {
    const answer = await this.runNext(statement);
    return this.dialect.resultOf(answer?.raw, answer?.affected);
  }

  /** Has a statement run right before the next one, and sent along with it, since nobody waits for what becomes of it. */
  defer(statement: Sql): void {
    this.asked.push(statement);
  }

  /** Runs what was deferred, and what ends the transaction. */
  async finish(end?: Sql): Promise<void> {
    if (end) await this.runNext(end);
    else if (this.asked.length > 0) await this.send();
  }

  /** Lets no statement follow: what goes on beside something that failed would be outside of the transaction. */
  close(): void {
    this.run = async () => {
      throw new Error('The transaction has ended.');
    };
  }

  /**
   * Runs a statement after all that were asked for before. Those of one turn go together, so `Promise.all` sends what does
   * not depend on one another at once: single statements, since the others go on where one of them fails.
   */
  private async runNext(statement: Sql): Promise<StatementAnswer | undefined> {
    const place = this.asked.push(statement) - 1;
    this.sent ??= Promise.resolve().then(() => this.send());
    return (await this.sent)[place];
  }

  private send(): Promise<readonly StatementAnswer[]> {
    const all = this.asked;
    this.asked = [];
    this.sent = undefined;
    return this.run(all);
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
    let affected = 0;
    let insertedPk = 0;
    for (const statement of this.inserts(entity, rows, options)) {
      const result = await this.execute(statement);
      affected += result.affected;
      insertedPk = result.insertedPk;
    }
    return { affected, insertedPk };
  }

  /** Inserts rows as {@link insert} does, right before the next statement. For few rows, whose fate nobody waits for. */
  deferInsert(entity: EntityTarget<object>, rows: Row | readonly Row[], options: InsertOptions = {}): void {
    for (const statement of this.inserts(entity, rows, options)) this.defer(statement);
  }

  private *inserts(
    entity: EntityTarget<object>,
    rows: Row | readonly Row[],
    options: InsertOptions,
  ): Generator<Sql, void> {
    const all: readonly Row[] = Array.isArray(rows) ? rows : [rows as Row];
    const first = all[0];
    if (!first) return;
    const metadata = this.dataSource.getMetadata(entity);
    const columns = Object.keys(first);
    const head = insertHead(metadata, columns, options.ignoreExisting ? this.dialect.insertIgnore : 'INSERT');
    const tuple = `(${columns.map((column) => options.computed?.[column]?.text ?? '?').join(', ')})`;
    const rowsPerStatement = Math.max(1, Math.floor(this.dialect.largestParameterCount / columns.length));
    const tail = options.onConflict;
    for (let start = 0; start < all.length; ) {
      const count = this.rowsAtOnce(Math.min(all.length - start, rowsPerStatement));
      const values: SqlValue[] = [];
      let end = start;
      for (let characters = 0; end - start < count; end++) {
        if (characters > CHARACTERS_PER_MESSAGE) break;
        for (const column of columns) {
          const value = all[end]?.[column] ?? null;
          if (typeof value === 'string') characters += value.length;
          values.push(value);
        }
      }
      const text = `${head} VALUES ${Array(end - start)
        .fill(tuple)
        .join(', ')}${tail ? ` ${tail.text}` : ''}`;
      yield new Sql(text, tail ? [...values, ...tail.values] : values);
      start = end;
    }
  }

  /** Large inserts go in powers of two where the driver keeps what it has compiled: a text for every count would fill memory. */
  private rowsAtOnce(possible: number): number {
    if (!this.dialect.keepsStatements || possible <= LARGEST_EXACT_INSERT) return possible;
    return 2 ** Math.floor(Math.log2(possible));
  }

  /** Sets columns of the rows that match. @returns how many there were */
  async update(table: string, changes: Row, where: Sql): Promise<number> {
    return (await this.execute(updateOf(table, changes, where))).affected;
  }

  /** Sets columns as {@link update} does, right before the next statement. */
  deferUpdate(table: string, changes: Row, where: Sql): void {
    this.defer(updateOf(table, changes, where));
  }

  /** Adds a fact to the event log, in this commit. */
  record(fact: Fact): void {
    this.facts.push(fact);
  }
}

function updateOf(table: string, changes: Row, where: Sql): Sql {
  const sets = Object.entries(changes).map(([column, value]) => sql`${name(column)} = ${value ?? null}`);
  return sql`UPDATE ${name(table)} SET ${join(sets, ', ')} WHERE ${where}`;
}

function insertHead(metadata: EntityMetadata, columns: readonly string[], verb: string): string {
  for (const column of columns) {
    if (!metadata.findColumnWithPropertyName(column)) throw new Error(`${metadata.name} has no column ${column}.`);
  }
  return `${verb} INTO \`${metadata.tableName}\` (${columns.map((column) => `\`${column}\``).join(', ')})`;
}
