// Models, their versions, stages, aliases and tags.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTables } from './ddl.ts';

export class CreateRegistry1764000000001 implements MigrationInterface {
  readonly name = 'CreateRegistry1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'models', {
      columns: {
        pk: 'key',
        name: 'text(255)',
        live: 'int?',
        description: 'long?',
        exclusiveStageList: 'text(60)',
        lastNumber: 'int',
        revision: 'int',
        sequence: 'int',
        createdAt: 'instant',
        createdByName: 'text(250)',
        updatedAt: 'instant',
        changedAt: 'instant',
        deletedAt: 'instant?',
      },
      unique: { models_name: ['name', 'live'] },
      indexes: { models_created: ['createdAt'], models_updated: ['updatedAt'] },
    });
    await createTable(runner, 'model_tags', {
      columns: {
        pk: 'key',
        modelPk: 'ref',
        key: 'text(250)',
        value: 'text(8000)',
        since: 'instant',
        until: 'instant',
        holds: 'int?',
      },
      unique: { model_tags_one: ['modelPk', 'key', 'holds'] },
      indexes: { model_tags_key: ['key', 'holds', 'modelPk'] },
    });
    await createTable(runner, 'model_versions', {
      columns: {
        pk: 'key',
        modelPk: 'ref',
        number: 'int',
        stageName: 'text(20)',
        status: 'text(20)',
        statusMessage: 'long?',
        description: 'long?',
        source: 'long?',
        runPk: 'ref?',
        revision: 'int',
        createdAt: 'instant',
        createdByName: 'text(250)',
        updatedAt: 'instant',
        deletedAt: 'instant?',
      },
      unique: { model_versions_number: ['modelPk', 'number'] },
      indexes: {
        model_versions_stage: ['modelPk', 'stageName'],
        model_versions_newest: ['modelPk', 'createdAt', 'number'],
        model_versions_in_stage: ['stageName', 'createdAt', 'number'],
        model_versions_run: ['runPk', 'createdAt', 'number'],
        model_versions_created: ['createdAt', 'number'],
        model_versions_updated: ['updatedAt'],
      },
    });
    await createTable(runner, 'version_tags', {
      columns: {
        pk: 'key',
        versionPk: 'ref',
        key: 'text(250)',
        value: 'text(8000)',
        since: 'instant',
        until: 'instant',
        holds: 'int?',
      },
      unique: { version_tags_one: ['versionPk', 'key', 'holds'] },
      indexes: { version_tags_key: ['key', 'holds', 'versionPk'] },
    });
    await createTable(runner, 'stage_changes', {
      columns: {
        pk: 'key',
        modelPk: 'ref',
        versionPk: 'ref',
        fromStage: 'text(20)',
        toStage: 'text(20)',
        comment: 'long?',
        at: 'instant',
        until: 'instant',
        sequence: 'int',
        actorName: 'text(250)',
      },
      indexes: {
        stage_changes_version: ['versionPk', 'at', 'sequence'],
        stage_changes_model: ['modelPk', 'at', 'sequence'],
        stage_changes_stage: ['toStage', 'until', 'at', 'versionPk'],
      },
    });
    await createTable(runner, 'model_aliases', {
      columns: {
        pk: 'key',
        modelPk: 'ref',
        alias: 'text(255)',
        versionPk: 'ref',
        since: 'instant',
        until: 'instant',
        holds: 'int?',
        setByName: 'text(250)',
      },
      unique: { model_aliases_one: ['modelPk', 'alias', 'holds'] },
      indexes: { model_aliases_version: ['versionPk'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, [
      'model_aliases',
      'stage_changes',
      'version_tags',
      'model_versions',
      'model_tags',
      'models',
    ]);
  }
}
