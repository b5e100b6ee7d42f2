// Experiments, runs, what they logged, and the datasets they used.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTables } from './ddl.ts';

export class CreateTracking1764000000002 implements MigrationInterface {
  readonly name = 'CreateTracking1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'experiments', {
      columns: {
        pk: 'key',
        name: 'text(500)',
        live: 'int?',
        description: 'long?',
        artifactLocation: 'long?',
        revision: 'int',
        sequence: 'int',
        createdAt: 'instant',
        createdByName: 'text(250)',
        updatedAt: 'instant',
        deletedAt: 'instant?',
      },
      unique: { experiments_name: ['name', 'live'] },
      indexes: { experiments_created: ['createdAt'], experiments_updated: ['updatedAt'] },
    });
    await createTable(runner, 'experiment_tags', {
      columns: { experimentPk: 'ref', key: 'text(250)', value: 'text(8000)' },
      primaryKey: ['experimentPk', 'key'],
      indexes: { experiment_tags_key: ['key', 'experimentPk'] },
    });
    await createTable(runner, 'runs', {
      columns: {
        pk: 'key',
        runId: 'text(32)',
        experimentPk: 'ref',
        parentPk: 'ref?',
        name: 'text(250)',
        description: 'long?',
        status: 'text(20)',
        startedAt: 'instant',
        endedAt: 'instant?',
        createdByName: 'text(250)',
        revision: 'int',
        sequence: 'int',
        batches: 'int',
        updatedAt: 'instant',
        deletedAt: 'instant?',
        deletedWithExperiment: 'int',
        gitCommit: 'text(250)?',
        gitRepository: 'text(2000)?',
        entryPoint: 'text(2000)?',
        notebook: 'text(2000)?',
        artifactUri: 'long?',
      },
      unique: { runs_run_id: ['runId'] },
      indexes: {
        runs_experiment: ['experimentPk', 'startedAt'],
        runs_started: ['startedAt'],
        runs_ended: ['endedAt'],
        runs_name: ['name'],
        runs_parent: ['parentPk', 'startedAt'],
      },
    });
    await createTable(runner, 'run_tags', {
      columns: { runPk: 'ref', key: 'text(250)', value: 'text(8000)' },
      primaryKey: ['runPk', 'key'],
      indexes: { run_tags_key: ['key', 'runPk'] },
    });
    await createTable(runner, 'params', {
      columns: { runPk: 'ref', key: 'text(250)', value: 'text(8000)', number: 'double?' },
      primaryKey: ['runPk', 'key'],
      indexes: { params_key: ['key', 'number', 'runPk'] },
    });
    await createTable(runner, 'metrics', {
      columns: {
        pk: 'key',
        runPk: 'ref',
        key: 'text(250)',
        step: 'bigint',
        at: 'instant',
        special: 'int',
        value: 'double',
        recency: 'text(80)',
        minValue: 'double?',
        maxValue: 'double?',
        count: 'bigint',
      },
      unique: { metrics_one: ['runPk', 'key'] },
      indexes: { metrics_value: ['key', 'special', 'value', 'runPk'] },
    });
    await createTable(runner, 'metric_points', {
      columns: { metricPk: 'ref', step: 'bigint', at: 'instant', special: 'int', value: 'double' },
      primaryKey: ['metricPk', 'step', 'at', 'special', 'value'],
    });
    await createTable(runner, 'datasets', {
      columns: {
        pk: 'key',
        name: 'text(500)',
        digest: 'text(250)',
        sourceType: 'text(250)?',
        source: 'long?',
        schemaText: 'long?',
        profile: 'long?',
        createdAt: 'instant',
      },
      unique: { datasets_one: ['name', 'digest'] },
      indexes: { datasets_created: ['createdAt'] },
    });
    await createTable(runner, 'dataset_origins', {
      columns: { datasetPk: 'ref', originPk: 'ref', createdAt: 'instant' },
      primaryKey: ['datasetPk', 'originPk'],
      indexes: { dataset_origins_origin: ['originPk'] },
    });
    await createTable(runner, 'run_inputs', {
      columns: { runPk: 'ref', kind: 'text(20)', inputPk: 'ref', context: 'text(250)', createdAt: 'instant' },
      primaryKey: ['runPk', 'kind', 'inputPk', 'context'],
      indexes: { run_inputs_input: ['kind', 'inputPk', 'runPk'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, [
      'run_inputs',
      'dataset_origins',
      'datasets',
      'metric_points',
      'metrics',
      'params',
      'run_tags',
      'runs',
      'experiment_tags',
      'experiments',
    ]);
  }
}
