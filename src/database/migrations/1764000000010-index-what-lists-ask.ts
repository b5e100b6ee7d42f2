// An index for everything that lists are filtered and sorted by.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndex, dropIndex } from './ddl.ts';

/** Of those that were there, these are a part of a new one. */
const REPLACED = [
  ['model_tags', 'model_tags_key', ['key', 'holds', 'modelPk']],
  ['version_tags', 'version_tags_key', ['key', 'holds', 'versionPk']],
  ['experiment_tags', 'experiment_tags_key', ['key', 'experimentPk']],
  ['run_tags', 'run_tags_key', ['key', 'runPk']],
] as const;

const ADDED = [
  ['model_tags', 'model_tags_value', ['key', 'holds', 'value(100)', 'modelPk']],
  ['version_tags', 'version_tags_value', ['key', 'holds', 'value(100)', 'versionPk']],
  ['experiment_tags', 'experiment_tags_value', ['key', 'value(100)', 'experimentPk']],
  ['run_tags', 'run_tags_value', ['key', 'value(100)', 'runPk']],
  ['params', 'params_value', ['key', 'value(100)', 'runPk']],
  // Few runs are running, failed or deleted, and these are what is looked for.
  ['runs', 'runs_status', ['status', 'startedAt']],
  ['runs', 'runs_deleted', ['deletedAt']],
  ['model_versions', 'model_versions_status', ['status']],
  ['model_versions', 'model_versions_numbers', ['number']],
  ['datasets', 'datasets_digest', ['digest']],
] as const;

export class IndexWhatListsAsk1764000000010 implements MigrationInterface {
  readonly name = 'IndexWhatListsAsk1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, index, columns] of ADDED) await createIndex(runner, table, index, columns);
    for (const [table, index] of REPLACED) await dropIndex(runner, table, index);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, index, columns] of REPLACED) await createIndex(runner, table, index, columns);
    for (const [table, index] of ADDED) await dropIndex(runner, table, index);
  }
}
