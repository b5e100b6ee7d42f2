// The migrated schema is what the entities say, on whichever database the run uses, and concurrent starts are safe.

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { openRegistry, type Registry } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { globalId } from '../../src/core/ids.ts';
import { raw } from '../../src/database/sql.ts';
import { ModelVersionStatus } from '../../src/features/versions/version.entity.ts';
import { recordingLog } from '../support/log.ts';
import { type FreshDatabase, freshDatabase, isSqlite } from '../support/registry.ts';

const ADA = { name: 'ada', isVerified: false };

describe('the migrations', () => {
  let database: FreshDatabase;
  const open: Registry[] = [];
  const openAgain = async (options: Parameters<typeof openRegistry>[2] = {}, log = pino({ level: 'silent' })) => {
    const registry = await openRegistry(readConfig({}, { DATABASE_URL: database.url }), log, options);
    open.push(registry);
    return registry;
  };
  const execute = (registry: Registry, statement: string) =>
    registry.db.maintain(ADA, async (tx) => {
      await tx.execute(raw(statement));
    });
  /** Opens the registry once statements have made its database what it was in an earlier version. */
  const openAfter = async (registry: Registry, statements: readonly string[]) => {
    for (const statement of statements) await execute(registry, statement);
    return openAgain();
  };
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(async () => {
    for (const registry of open.splice(0)) await registry.close();
    await database.remove();
  });

  it('leave no difference to the entities', async () => {
    const registry = await openAgain();
    expect(await registry.drift()).toEqual([]);
  });

  it('are run once', async () => {
    const first = recordingLog();
    await openAgain({}, first.log);
    const second = recordingLog();
    await openAgain({}, second.log);
    expect(first.lines.map((line) => line.msg)).toContain('migrated the database');
    expect(second.lines.map((line) => line.msg)).not.toContain('migrated the database');
  });

  it.each([
    ['a missing column', 'ALTER TABLE models DROP COLUMN description', /description/],
    [
      'a missing index',
      isSqlite ? 'DROP INDEX models_created' : 'DROP INDEX models_created ON models',
      /models_created/,
    ],
    ['a missing table', 'DROP TABLE idempotency_keys', /idempotency_keys/],
  ])('show %s as a difference', async (_what, damage, statement) => {
    const registry = await openAgain();
    await execute(registry, damage);
    const drift = await registry.drift();
    expect(drift.join('\n')).toMatch(statement);
  });

  it('can be run again after a start that was cut off half-way', async () => {
    const registry = await openAgain();
    await registry.features.services.models.register(ADA, { name: 'kept', exclusiveStages: [] });
    // As if the process had ended before it noted what it had done.
    await execute(registry, 'DELETE FROM schema_migrations');
    await execute(registry, 'DROP TABLE idempotency_keys');
    const again = await openAgain();
    expect(await again.drift()).toEqual([]);
    expect(await again.db.read(raw('SELECT name FROM models'))).toEqual([{ name: 'kept' }]);
  });

  it('bring the edges of lineage out of what was recorded before there was a table of them', async () => {
    const registry = await openAgain();
    const { datasets, runs, inputs, versions } = registry.features.services;
    const raw1 = await datasets.record(ADA, { name: 'raw', digest: '1' });
    const derivedFrom = [globalId('Dataset', raw1)];
    const split = await datasets.record(ADA, { name: 'split', digest: '1', derivedFrom });
    const run = await runs.start(ADA, { experiment: { name: 'e' }, createExperiment: true });
    const register = { model: { name: 'm' }, createModel: true, status: ModelVersionStatus.READY };
    const base = await versions.register(ADA, register);
    const used = ['training', 'evaluation'].map((context) => ({ dataset: globalId('Dataset', split), context }));
    await inputs.log(ADA, {
      run: globalId('Run', run),
      inputs: [...used, { version: globalId('ModelVersion', base) }],
    });
    await versions.register(ADA, { ...register, run: globalId('Run', run) });
    const edges = () => registry.db.read(raw('SELECT * FROM lineage_edges ORDER BY fromNode, toNode'));
    const recorded = await edges();
    expect(recorded).toHaveLength(4);
    // The table as it was before: origins of datasets had one of their own.
    const statements = [
      'CREATE TABLE dataset_origins (datasetPk integer, originPk integer, createdAt bigint)',
      `INSERT INTO dataset_origins SELECT ${split}, ${raw1}, since FROM lineage_edges WHERE fromNode = ${raw1 * 4 + 1}`,
      'DROP TABLE lineage_edges',
      'ALTER TABLE datasets DROP COLUMN sequence',
      "DELETE FROM schema_migrations WHERE name = 'CreateLineage1764000000007'",
    ];
    const again = await openAfter(registry, statements);
    expect(await edges()).toEqual(recorded);
    expect(await again.drift()).toEqual([]);
  });

  it('tell metrics that were there before of which experiment they are', async () => {
    const registry = await openAgain();
    const { runs, metrics } = registry.features.services;
    const logIn = async (name: string) => {
      const run = await runs.start(ADA, { experiment: { name }, createExperiment: true });
      await metrics.logBatch(ADA, { run: globalId('Run', run), metrics: [{ key: 'loss', step: 0, value: 0.5 }] });
    };
    await logIn('a');
    await logIn('b');
    const experiments = () => registry.db.read(raw('SELECT experimentPk FROM metrics ORDER BY runPk'));
    const recorded = await experiments();
    expect(recorded).toEqual([{ experimentPk: 1 }, { experimentPk: 2 }]);
    const statements = [
      isSqlite ? 'DROP INDEX metrics_of_experiment' : 'DROP INDEX metrics_of_experiment ON metrics',
      'ALTER TABLE metrics DROP COLUMN experimentPk',
      "DELETE FROM schema_migrations WHERE name = 'RankWithinExperiments1764000000012'",
    ];
    const again = await openAfter(registry, statements);
    expect(await experiments()).toEqual(recorded);
    expect(await again.drift()).toEqual([]);
  });

  it('are run by one of several that start at once, in one process', async () => {
    const logs = Array.from({ length: 5 }, () => recordingLog());
    const registries = await Promise.all(logs.map(({ log }) => openAgain({}, log)));
    const migrated = logs.filter(({ lines }) => lines.some((line) => line.msg === 'migrated the database'));
    expect(migrated).toHaveLength(1);
    for (const registry of registries) expect(await registry.drift()).toEqual([]);
  });

  it('are taken over from a holder that died', async () => {
    const registry = await openAgain();
    await execute(registry, 'DELETE FROM schema_migrations');
    await execute(registry, `UPDATE migration_lease SET holder = 'dead', expiresAt = ${Date.now() + 700}`);
    const startedAt = Date.now();
    const again = await openAgain();
    expect(Date.now() - startedAt).toBeGreaterThan(500);
    expect(await again.drift()).toEqual([]);
  });
});
