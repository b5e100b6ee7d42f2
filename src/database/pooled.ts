// Reads and transactions on a server through its driver's pool. TypeORM's runner, and the promises of the driver, which
// record a stack for every statement, take as long as a small read does.

import type mysql2 from 'mysql2';
import { QueryFailedError } from 'typeorm';
import type { Reader, StatementListener } from './reader.ts';
import type { Session, StatementAnswer } from './session.ts';
import type { SqlValue } from './sql.ts';

type Listener = StatementListener | undefined;

export class PooledReader implements Reader {
  constructor(
    private readonly pool: mysql2.Pool,
    private readonly onStatement: Listener,
  ) {}

  query<T extends object>(text: string, values: readonly SqlValue[]): Promise<T[]> {
    return ask<T[]>(this.pool, text, values, this.onStatement);
  }

  /** The pool is not the reader's alone. */
  async close(): Promise<void> {}
}

export class PooledSession implements Session {
  private connection: mysql2.PoolConnection | undefined;

  constructor(
    private readonly pool: mysql2.Pool,
    private readonly onStatement: Listener,
  ) {}

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.pool.getConnection((error, connection) => {
        if (error) return reject(error);
        this.connection = connection;
        resolve();
      });
    });
  }

  async query(text: string, values: readonly SqlValue[]): Promise<StatementAnswer> {
    if (!this.connection) throw new Error('The session is not open.');
    return { raw: await ask(this.connection, text, values, this.onStatement) };
  }

  async release(): Promise<void> {
    this.connection?.release();
    this.connection = undefined;
  }
}

function ask<T>(
  connection: mysql2.Pool | mysql2.PoolConnection,
  text: string,
  values: readonly SqlValue[],
  onStatement: Listener,
): Promise<T> {
  onStatement?.(text, values);
  return new Promise((resolve, reject) => {
    connection.query(text, values as SqlValue[], (error: Error | null, raw: unknown) => {
      if (error) reject(new QueryFailedError(text, [...values], error));
      else resolve(raw as T);
    });
  });
}
