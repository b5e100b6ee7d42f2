// What live readers of metrics need: which runs are watched, and the batches that were logged to these lately.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTables } from './ddl.ts';

export class LogBatches1764000000006 implements MigrationInterface {
  readonly name = 'LogBatches1764000000006';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'metric_watches', {
      columns: { runPk: 'ref', until: 'instant' },
      primaryKey: ['runPk'],
    });
    await createTable(runner, 'logged_batches', {
      columns: { runPk: 'ref', batch: 'int', loggedAt: 'instant', points: 'long' },
      primaryKey: ['runPk', 'batch'],
      indexes: { logged_batches_age: ['loggedAt'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, ['logged_batches', 'metric_watches']);
  }
}
