// The gates before the stages of models.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTables } from './ddl.ts';

export class CreateGates1764000000005 implements MigrationInterface {
  readonly name = 'CreateGates1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'promotion_gates', {
      columns: {
        pk: 'key',
        modelPk: 'ref',
        stage: 'text(20)',
        metricKey: 'text(250)?',
        comparison: 'text(10)?',
        threshold: 'double?',
        isRelative: 'int',
        tagKey: 'text(250)?',
        tagValue: 'text(8000)?',
        requiredPriorStage: 'text(20)?',
        createdAt: 'instant',
        removedAt: 'instant?',
      },
      indexes: { promotion_gates_model: ['modelPk', 'createdAt'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, ['promotion_gates']);
  }
}
