// An index in which the latest version of a model that is in a stage stands beside the others of the stage.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndex, dropIndex } from './ddl.ts';

export class IndexLatestVersions1764000000011 implements MigrationInterface {
  readonly name = 'IndexLatestVersions1764000000011';

  async up(runner: QueryRunner): Promise<void> {
    await createIndex(runner, 'model_versions', 'model_versions_latest', [
      'modelPk',
      'stageName',
      'deletedAt',
      'number',
    ]);
    await dropIndex(runner, 'model_versions', 'model_versions_stage');
  }

  async down(runner: QueryRunner): Promise<void> {
    await createIndex(runner, 'model_versions', 'model_versions_stage', ['modelPk', 'stageName']);
    await dropIndex(runner, 'model_versions', 'model_versions_latest');
  }
}
