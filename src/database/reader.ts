// What reads go through, one statement at a time.

import type BetterSqlite3 from 'better-sqlite3';
import { QueryFailedError } from 'typeorm';
import { Recent } from '../core/recent.ts';
import type { SqlValue } from './sql.ts';

export type StatementListener = (text: string, values: readonly unknown[]) => void;

export interface Reader {
  /** Rows as they were committed when the statement began. @throws QueryFailedError */
  query<T extends object>(text: string, values: readonly SqlValue[]): Promise<T[]>;
  close(): Promise<void>;
}

/** Compiled statements that are kept. */
const STATEMENTS_KEPT = 500;

/** A connection to SQLite without TypeORM between, whose part is two fifths of what finding a row takes. */
export class SqliteReader implements Reader {
  private readonly statements = new Recent<string, BetterSqlite3.Statement>(STATEMENTS_KEPT);

  constructor(
    private readonly connection: BetterSqlite3.Database,
    private readonly onStatement: StatementListener | undefined,
  ) {}

  async query<T extends object>(text: string, values: readonly SqlValue[]): Promise<T[]> {
    this.onStatement?.(text, values);
    try {
      return this.statement(text).all(...values) as T[];
    } catch (error) {
      throw new QueryFailedError(text, [...values], error as Error);
    }
  }

  async close(): Promise<void> {
    this.connection.close();
  }

  private statement(text: string): BetterSqlite3.Statement {
    const known = this.statements.get(text);
    if (known) return known;
    const statement = this.connection.prepare(text);
    this.statements.set(text, statement);
    return statement;
  }
}
