// What OpenLineage events said of runs and datasets so far, so that they may come in any order, and more than once.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTables } from './ddl.ts';

export class KeepOpenLineage1764000000009 implements MigrationInterface {
  readonly name = 'KeepOpenLineage1764000000009';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'openlineage_runs', {
      columns: { runId: 'text(32)', parentRunId: 'text(32)?', deliveries: 'int', said: 'long' },
      primaryKey: ['runId'],
      indexes: { openlineage_runs_parent: ['parentRunId'] },
    });
    await createTable(runner, 'openlineage_datasets', {
      columns: { datasetPk: 'ref', deliveries: 'int', said: 'long' },
      primaryKey: ['datasetPk'],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, ['openlineage_datasets', 'openlineage_runs']);
  }
}
