// Whatever batches arrive, in whatever order, at once and repeated: metrics are what all their points make of them.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type FullPoint, historyOf, metricsFrom, somePoint } from '../support/metric-reference.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { logPoints, metricsOf, startRun } from '../support/tracking.ts';

const KEYS = ['loss', 'val/acc', 'Ü'];

describe('metrics of generated batches', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  it('equal those of a plain reference when batches come concurrently and partly again', async () => {
    const batches = fc.array(fc.array(somePoint(KEYS), { maxLength: 12 }), { minLength: 1, maxLength: 6 });
    const repeated = fc.array(fc.nat({ max: 5 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(batches, repeated, async (sent, again) => {
        const run = await startRun(registry);
        const all = [...sent, ...again.flatMap((index) => (sent[index] ? [sent[index]] : []))];
        await Promise.all(all.map((batch) => logPoints(registry, run, batch)));
        await logPoints(registry, run, sent[0] ?? []);
        const points = sent.flat();
        expect(await metricsOf(registry, run)).toEqual(metricsFrom(points));
        for (const key of new Set(points.map((point) => point.key))) {
          expect(await wholeHistory(registry, run, key, 4)).toEqual(historyOf(points, key));
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** Every point of a metric, page by page. */
async function wholeHistory(registry: TestRegistry, run: string, key: string, first: number): Promise<FullPoint[]> {
  const points: FullPoint[] = [];
  let after: string | null = null;
  for (;;) {
    const { run: found } = await registry.ask(
      `query($run: ID!, $keys: [String!], $first: Int, $after: String) { run(by: {id: $run}) { metrics(keys: $keys) {
        history(first: $first, after: $after) {
          nodes { key value special step at } pageInfo { hasNextPage endCursor } totalCount } } } }`,
      { run, keys: [key], first, after },
    );
    const { nodes, pageInfo, totalCount } = found.metrics[0].history;
    points.push(...nodes);
    if (!pageInfo.hasNextPage) {
      expect(totalCount).toBe(points.length);
      return points;
    }
    after = pageInfo.endCursor;
  }
}
