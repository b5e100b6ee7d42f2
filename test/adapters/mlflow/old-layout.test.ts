import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { exitCodeOf } from '../../../src/adapters/import/report.ts';
import { inCopy } from './fixtures.ts';
import { readStore } from './read-store.ts';

/** All digits but for one letter, which a YAML parser may take for an exponent. */
const RUN = '1234567890123456789012345678e123';

describe('a folder from before experiments had times and metrics had steps', () => {
  const files = {
    '0/meta.yaml': 'artifact_location: mlruns/0\nexperiment_id: 0\nlifecycle_stage: active\nname: Default\n',
    [`0/${RUN}/meta.yaml`]: [
      'artifact_uri: mlruns/0/artifacts',
      'end_time: 1540000001000',
      "entry_point_name: 'main'",
      'experiment_id: 0',
      'name: an old run',
      `run_uuid: ${RUN}`,
      "source_name: 'https://example.org/old.git'",
      'source_type: 3',
      'source_version: abcdef',
      'start_time: 1540000000000',
      'status: 4',
      'tags:',
      '- key: kind',
      '  value: old',
      'user_id: ada',
    ].join('\n'),
    [`0/${RUN}/metrics/loss`]: '1540000000500 0.5\n1540000000600 inf\n',
    [`0/${RUN}/params/alpha`]: '0.1\n',
  };

  it('is read as MLflow reads it', async () => {
    await inCopy(null, async (folder) => {
      for (const [file, content] of Object.entries(files)) {
        const path = join(folder, 'mlruns', file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, content);
      }
      const { experiments, runs, points, report } = await readStore(folder);
      expect(report.unreadable).toEqual([]);
      expect(experiments).toEqual([
        expect.objectContaining({ sourceId: '0', createdAt: 1540000000000, deletedAt: null }),
      ]);
      expect(runs).toEqual([
        expect.objectContaining({
          runId: RUN,
          name: 'an old run',
          status: 'FAILED',
          createdBy: 'ada',
          deletedAt: null,
          params: [{ key: 'alpha', value: '0.1\n' }],
          tags: [{ key: 'kind', value: 'old' }],
          source: {
            gitCommit: 'abcdef',
            gitRepository: 'https://example.org/old.git',
            entryPoint: 'main',
            notebook: null,
          },
        }),
      ]);
      expect(points.map(({ at, step, value, special }) => [at, step, value, special])).toEqual([
        [1540000000500, 0, 0.5, null],
        [1540000000600, 0, 0, 'POSITIVE_INFINITY'],
      ]);
    });
  });
});

describe('a database of the first schema', () => {
  const SCHEMA = `
    CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name VARCHAR(256), artifact_location VARCHAR(256), lifecycle_stage VARCHAR(32));
    CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY, name VARCHAR(250), source_type VARCHAR(20), source_name VARCHAR(500),
      entry_point_name VARCHAR(50), user_id VARCHAR(256), status VARCHAR(20), start_time BIGINT, end_time BIGINT,
      source_version VARCHAR(50), lifecycle_stage VARCHAR(20), artifact_uri VARCHAR(200), experiment_id INTEGER);
    CREATE TABLE tags (key VARCHAR(250), value VARCHAR(250), run_uuid VARCHAR(32), PRIMARY KEY (key, run_uuid));
    CREATE TABLE metrics (key VARCHAR(250), value FLOAT NOT NULL, timestamp BIGINT, run_uuid VARCHAR(32), PRIMARY KEY (key, timestamp, run_uuid));
    CREATE TABLE params (key VARCHAR(250), value VARCHAR(250) NOT NULL, run_uuid VARCHAR(32), PRIMARY KEY (key, run_uuid));
    INSERT INTO experiments VALUES (0, 'Default', 'mlruns/0', 'active');
    INSERT INTO runs VALUES ('${RUN}', '', 'LOCAL', 'train.py', '', 'ada', 'FINISHED', 1540000000000, 1540000001000, 'abcdef', 'deleted', 'mlruns/0', 0);
    INSERT INTO tags VALUES ('mlflow.runName', 'an old run', '${RUN}'), ('empty', NULL, '${RUN}');
    INSERT INTO metrics VALUES ('loss', 0.5, 1540000000500, '${RUN}'), ('loss', 0.25, 1540000000600, '${RUN}');
    INSERT INTO params VALUES ('alpha', '0.1', '${RUN}'), ('orphan', '1', 'nowhere');
  `;

  it('is read without the tables and columns that came later', async () => {
    await inCopy(null, async (folder) => {
      const path = join(folder, 'old.db');
      const database = new Database(path);
      database.exec(SCHEMA);
      database.close();
      const { experiments, runs, points, models, report } = await readStore(path);
      expect(report.unreadable).toEqual([]);
      expect(exitCodeOf(report)).toBe(0);
      expect(experiments).toEqual([expect.objectContaining({ sourceId: '0', createdAt: 1540000000000 })]);
      expect(runs).toEqual([
        expect.objectContaining({
          name: 'an old run',
          deletedAt: 1540000001000,
          source: { gitCommit: 'abcdef', gitRepository: null, entryPoint: 'train.py', notebook: null },
          params: [{ key: 'alpha', value: '0.1' }],
          tags: [
            { key: 'empty', value: '' },
            { key: 'mlflow.runName', value: 'an old run' },
          ],
        }),
      ]);
      expect(points.map(({ step, at, value }) => [step, at, value])).toEqual([
        [0, 1540000000500, 0.5],
        [0, 1540000000600, 0.25],
      ]);
      expect(models).toEqual([]);
      expect(report.notKept('rowsWithoutRun')).toBe(1);
    });
  });
});
