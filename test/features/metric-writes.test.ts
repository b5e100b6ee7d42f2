// Points of many runs written at once, as imports do.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globalId } from '../../src/core/ids.ts';
import { raw } from '../../src/database/sql.ts';
import { type NewPoint, writePoints } from '../../src/features/metrics/metric.write.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { insertRuns } from '../support/runs.ts';
import { metricsOf } from '../support/tracking.ts';

const IMPORTER = { name: 'import', isVerified: true };

describe('writing points of many runs', () => {
  let registry: TestRegistry;
  let runPks: number[];
  beforeAll(async () => {
    registry = await startRegistry();
    const runs = await insertRuns(
      registry,
      Array.from({ length: 3_000 }, (_, index) => ({ name: `run ${index}` })),
    );
    runPks = runs.map((run) => run.pk);
  });
  afterAll(() => registry.stop());

  const countMetrics = async () => {
    const row = await registry.app.db.readFirst<{ total: number }>(raw('SELECT COUNT(*) AS total FROM metrics'));
    return Number(row?.total);
  };
  /** What was written, and how many metrics there are that had no point before. */
  const write = async (points: readonly NewPoint[]) => {
    const before = await countMetrics();
    const written = await registry.app.db.maintain(IMPORTER, (tx) => writePoints(tx, points));
    return { ...written, newMetrics: (await countMetrics()) - before };
  };
  const point = (runPk: number, step: number, key = 'loss'): NewPoint => ({
    runPk,
    key,
    step,
    at: 1_000 + step,
    special: 0,
    value: step / 10,
  });

  it('takes any number of runs, new and known metrics mixed', async () => {
    const half = runPks.slice(0, 1_500);
    expect(await write(half.map((runPk) => point(runPk, 5)))).toMatchObject({ added: 1_500, newMetrics: 1_500 });
    const points = runPks.flatMap((runPk) => [point(runPk, 7), point(runPk, 3), point(runPk, 1, 'acc')]);
    expect(await write(points)).toMatchObject({ added: 9_000, newMetrics: 4_500 });
    const [known, fresh] = [runPks[0], runPks.at(-1)].map((pk) => globalId('Run', pk as number));
    const acc = { key: 'acc', value: 0.1, step: 1, count: 1 };
    const loss = { key: 'loss', value: 0.7, step: 7, min: 0.3, max: 0.7 };
    expect(await metricsOf(registry, known as string)).toMatchObject([acc, { ...loss, count: 3 }]);
    expect(await metricsOf(registry, fresh as string)).toMatchObject([acc, { ...loss, count: 2 }]);
  });

  it('changes nothing when it is repeated, in part or whole', async () => {
    const [run, other] = runPks.slice(10, 12) as [number, number];
    const points = [2, 4, 6].map((step) => point(run, step, 'again'));
    await write(points);
    expect(await write(points)).toMatchObject({ added: 0, newMetrics: 0 });
    expect(await write([...points, point(run, 8, 'again'), point(other, 1, 'again')])).toMatchObject({
      added: 2,
      newMetrics: 1,
    });
    expect(await metricsOf(registry, globalId('Run', run), ['again'])).toMatchObject([{ count: 4, value: 0.8 }]);
  });

  it('needs as many statements for many runs as for few', async () => {
    const count = async (pks: readonly number[], key: string) => {
      registry.statements.length = 0;
      await write(pks.map((pk) => point(pk, 1, key)));
      return registry.statements.length;
    };
    // Large inserts go in parts of a bounded size; these fit one.
    expect(await count(runPks.slice(0, 128), 'many')).toBe(await count(runPks.slice(0, 2), 'few'));
  });
});
