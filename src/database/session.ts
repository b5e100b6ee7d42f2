// What the statements of one transaction after another go through.

import type { QueryRunner } from 'typeorm';
import type { SqlValue } from './sql.ts';

/** What the driver gave for a statement: rows, or what became of others. */
export interface StatementAnswer {
  readonly raw: unknown;
  readonly affected?: number | undefined;
}

export interface Session {
  /** Waits until there is a connection for it. */
  open(): Promise<void>;
  /** @throws QueryFailedError */
  query(text: string, values: readonly SqlValue[]): Promise<StatementAnswer>;
  release(): Promise<void>;
}

/** A session of TypeORM's. */
export class RunnerSession implements Session {
  constructor(private readonly runner: QueryRunner) {}

  async open(): Promise<void> {
    await this.runner.connect();
  }

  query(text: string, values: readonly SqlValue[]): Promise<StatementAnswer> {
    return this.runner.query(text, values as SqlValue[], true);
  }

  release(): Promise<void> {
    return this.runner.release();
  }
}
