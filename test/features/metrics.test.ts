// Metrics through GraphQL: logging batches, the latest points and extremes, and what is refused.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { logBatch, logPoints, metricsOf, second, startRun } from '../support/tracking.ts';

describe('logging a batch', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  it('keeps the latest point, the extremes and the count of each key', async () => {
    const run = await startRun(registry);
    await logPoints(registry, run, [
      { key: 'loss', value: 0.5, step: 1, at: second(1) },
      { key: 'loss', value: 0.25, step: 3, at: second(3) },
      { key: 'loss', value: 0.75, step: 2, at: second(2) },
      { key: 'acc', value: 0.9, at: second(9) },
    ]);
    expect(await metricsOf(registry, run)).toEqual([
      { key: 'acc', value: 0.9, special: null, step: 0, at: second(9), min: 0.9, max: 0.9, count: 1 },
      { key: 'loss', value: 0.25, special: null, step: 3, at: second(3), min: 0.25, max: 0.75, count: 3 },
    ]);
    expect(await metricsOf(registry, run, ['acc', 'nothing'])).toHaveLength(1);
    expect(await metricsOf(registry, run, [])).toEqual([]);
  });

  it('takes points out of order: a late one of an earlier step is not the latest', async () => {
    const run = await startRun(registry);
    await logPoints(registry, run, [{ key: 'loss', value: 1, step: 5, at: second(5) }]);
    await logPoints(registry, run, [{ key: 'loss', value: 9, step: -4, at: second(50) }]);
    await logPoints(registry, run, [{ key: 'loss', value: 2, step: 5, at: second(4) }]);
    expect(await metricsOf(registry, run)).toEqual([
      { key: 'loss', value: 1, special: null, step: 5, at: second(5), min: 1, max: 9, count: 3 },
    ]);
    await logPoints(registry, run, [{ key: 'loss', value: 3, step: 5, at: second(5) }]);
    expect(await metricsOf(registry, run)).toMatchObject([{ value: 3, count: 4 }]);
  });

  it('changes nothing when the same points are sent again, within a batch or later', async () => {
    const run = await startRun(registry);
    const points = [1, 2, 3].map((step) => ({ key: 'loss', value: step / 10, step, at: second(step) }));
    await logPoints(registry, run, [...points, ...points]);
    const before = await metricsOf(registry, run);
    await logPoints(registry, run, points);
    expect(await metricsOf(registry, run)).toEqual(before);
    await logPoints(registry, run, [...points, { key: 'loss', value: 0.4, step: 4, at: second(4) }]);
    expect(await metricsOf(registry, run)).toMatchObject([{ value: 0.4, count: 4 }]);
    // Minus zero is zero.
    await logPoints(registry, run, [{ key: 'zero', value: 0, at: second(0) }]);
    await logPoints(registry, run, [{ key: 'zero', value: -0, at: second(0) }]);
    expect(await metricsOf(registry, run, ['zero'])).toMatchObject([{ value: 0, count: 1 }]);
  });

  it('keeps NaN and the infinities as what they are, and out of the extremes', async () => {
    const run = await startRun(registry);
    await logPoints(registry, run, [
      { key: 'loss', value: 4, step: 1 },
      { key: 'loss', special: 'POSITIVE_INFINITY', step: 2 },
      { key: 'loss', special: 'NAN', step: 3 },
      { key: 'odd', special: 'NEGATIVE_INFINITY' },
    ]);
    expect(await metricsOf(registry, run)).toMatchObject([
      { key: 'loss', value: null, special: 'NAN', step: 3, min: 4, max: 4, count: 3 },
      { key: 'odd', value: null, special: 'NEGATIVE_INFINITY', min: null, max: null, count: 1 },
    ]);
    await logPoints(registry, run, [{ key: 'odd', value: -7, step: -1 }]);
    expect(await metricsOf(registry, run, ['odd'])).toMatchObject([
      { special: 'NEGATIVE_INFINITY', min: -7, max: -7, count: 2 },
    ]);
  });

  it('orders values that share a step and a time: NaN, −∞, numbers, +∞', async () => {
    const run = await startRun(registry);
    const at = second(1);
    const values = [{ special: 'NAN' }, { special: 'NEGATIVE_INFINITY' }, { value: -1 }, { value: 2 }] as const;
    for (const value of [...values].reverse()) await logPoints(registry, run, [{ key: 'k', at, ...value }]);
    expect(await metricsOf(registry, run)).toMatchObject([{ value: 2, count: 4 }]);
    await logPoints(registry, run, [{ key: 'k', at, special: 'POSITIVE_INFINITY' }]);
    expect(await metricsOf(registry, run)).toMatchObject([{ special: 'POSITIVE_INFINITY', count: 5 }]);
  });

  it('keeps the extremes of what a double, a step and an instant can be', async () => {
    const run = await startRun(registry);
    const values = [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308, 0.1 + 0.2, 1e21];
    const metrics = values.map((value, index) => ({ key: `k${index}`, value }));
    await logPoints(registry, run, [
      ...metrics,
      { key: 'last', value: 1, step: Number.MAX_SAFE_INTEGER, at: '9999-12-31T23:59:59.999Z' },
      { key: 'last', value: 2, step: Number.MIN_SAFE_INTEGER, at: '0001-01-01T00:00:00.000Z' },
    ]);
    const found = await metricsOf(registry, run);
    expect(found.slice(0, -1)).toMatchObject(values.map((value) => ({ value, min: value, max: value })));
    expect(found.at(-1)).toMatchObject({ value: 1, step: Number.MAX_SAFE_INTEGER, at: '9999-12-31T23:59:59.999Z' });
  });

  it('takes 10,000 points at once, and refuses one more', async () => {
    const run = await startRun(registry);
    const points = Array.from({ length: 10_001 }, (_, step) => ({ key: `k${step % 20}`, value: step, step }));
    await logPoints(registry, run, points.slice(1));
    const found = await metricsOf(registry, run);
    expect(found).toHaveLength(20);
    expect(found.find(({ key }: { key: string }) => key === 'k0')).toMatchObject({
      value: 10_000,
      min: 20,
      count: 500,
    });
    const { errors } = await logBatch(registry, run, { metrics: points });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.metrics' });
  });

  it('gives a point without a time the time of the server', async () => {
    const run = await startRun(registry);
    const before = Date.now();
    await logPoints(registry, run, [{ key: 'k', value: 1 }]);
    const [{ at }] = await metricsOf(registry, run);
    expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now());
  });

  it('logs params and tags with the points, all of it or nothing', async () => {
    const run = await startRun(registry);
    const { errors } = await logBatch(registry, run, {
      metrics: [{ key: 'loss', value: 1 }],
      params: [
        { key: 'lr', value: '0.1' },
        { key: 'lr', value: '0.1' },
      ],
      tags: [{ key: 'team', value: 'growth' }],
    });
    expect(errors).toBeUndefined();
    const refused = await logBatch(registry, run, {
      metrics: [
        { key: 'loss', value: 2, step: 9 },
        { key: 'new', value: 3 },
      ],
      params: [
        { key: 'depth', value: '3' },
        { key: 'lr', value: '0.2' },
      ],
      tags: [{ key: 'team', value: 'other' }],
    });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', details: { key: 'lr' } });
    expect(refused.errors?.[0]?.message).toContain('"lr"');
    const found = await registry.ask(
      `query($run: ID!) { run(by: {id: $run}) { metrics { key value count } params { key value } tags { key value } } }`,
      { run },
    );
    expect(found.run).toEqual({
      metrics: [{ key: 'loss', value: 1, count: 1 }],
      params: [{ key: 'lr', value: '0.1' }],
      tags: [{ key: 'team', value: 'growth' }],
    });
  });

  it('names the param that one batch gives two values', async () => {
    const run = await startRun(registry);
    const { errors } = await logBatch(registry, run, {
      params: [
        { key: 'lr', value: '0.1' },
        { key: 'lr', value: '0.2' },
      ],
    });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', details: { key: 'lr' } });
  });

  it('raises no revision for points, and gives one result per idempotency key', async () => {
    const run = await startRun(registry);
    const batch = { metrics: [{ key: 'loss', value: 1 }], idempotencyKey: 'once' };
    const first = await logBatch(registry, run, batch);
    expect(first.data.logBatch.run.revision).toBe(1);
    expect((await logBatch(registry, run, batch)).errors).toBeUndefined();
    expect(await metricsOf(registry, run)).toMatchObject([{ count: 1 }]);
    const other = await logBatch(registry, run, { ...batch, metrics: [{ key: 'loss', value: 2 }] });
    expect(other.errors?.[0]?.extensions.code).toBe('CONFLICT');
  });

  it('takes points of a run that ended, and none of one that was deleted', async () => {
    const run = await startRun(registry);
    await registry.ask('mutation($run: ID!) { endRun(input: {run: $run}) { run { id } } }', { run });
    await logPoints(registry, run, [{ key: 'late', value: 1 }]);
    await registry.ask('mutation($run: ID!) { deleteRun(input: {run: $run}) { deletedId } }', { run });
    const { errors } = await logBatch(registry, run, { metrics: [{ key: 'late', value: 2, step: 1 }] });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'input.run' });
  });

  it.each([
    ['neither value nor special', [{ key: 'k' }], 'input.metrics'],
    ['both value and special', [{ key: 'k', value: 1, special: 'NAN' }], 'input.metrics'],
    ['an empty key', [{ key: '', value: 1 }], 'input.metrics.key'],
    ['a key of 251 characters', [{ key: 'k'.repeat(251), value: 1 }], 'input.metrics.key'],
    ['a NUL', [{ key: 'a\u0000b', value: 1 }], 'input.metrics.key'],
    ['a lone surrogate', [{ key: '\ud800', value: 1 }], 'input.metrics.key'],
    ['a step of 2^53', [{ key: 'k', value: 1, step: 2 ** 53 }], undefined],
    ['a time after the year 9999', [{ key: 'k', value: 1, at: '+010000-01-01T00:00:00.000Z' }], undefined],
  ])('refuses a point with %s', async (_what, metrics, field) => {
    const run = await startRun(registry);
    const { errors } = await logBatch(registry, run, { metrics });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    if (field) expect(errors?.[0]?.extensions.field).toBe(field);
    expect(await metricsOf(registry, run)).toEqual([]);
  });

  it('refuses a metric too many for one run, and more params or tags than a call may have', async () => {
    const run = await startRun(registry);
    const keys = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
    await logPoints(
      registry,
      run,
      keys(2_000, 'k').map((key) => ({ key, value: 1 })),
    );
    const { errors } = await logBatch(registry, run, { metrics: [{ key: 'one more', value: 1 }] });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', field: 'input.metrics' });
    for (const kind of ['params', 'tags']) {
      const answer = await logBatch(registry, run, { [kind]: keys(1_001, 'p').map((key) => ({ key, value: '' })) });
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: `input.${kind}` });
    }
  });

  it('refuses ids of other things and of runs that are not there', async () => {
    for (const [id, code] of [
      ['nonsense', 'BAD_USER_INPUT'],
      ['TW9kZWw6MQ', 'BAD_USER_INPUT'],
      ['UnVuOjk5OTk5', 'NOT_FOUND'],
    ]) {
      const { errors } = await logBatch(registry, id as string, { metrics: [{ key: 'k', value: 1 }] });
      expect(errors?.[0]?.extensions).toMatchObject({ code, field: 'input.run' });
    }
  });
});
