// Metrics know their run's experiment, and an index holds those of each experiment by value.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, createIndex, dropColumn, dropIndex } from './ddl.ts';

export class RankWithinExperiments1764000000012 implements MigrationInterface {
  readonly name = 'RankWithinExperiments1764000000012';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'metrics', 'experimentPk', 'ref', 0);
    await runner.query(
      'UPDATE metrics SET experimentPk = (SELECT r.experimentPk FROM runs r WHERE r.pk = metrics.runPk) WHERE experimentPk = 0',
    );
    await createIndex(runner, 'metrics', 'metrics_of_experiment', ['experimentPk', 'key', 'special', 'value', 'runPk']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'metrics', 'metrics_of_experiment');
    await dropColumn(runner, 'metrics', 'experimentPk');
  }
}
