// What is tallied reads like what prom-client counts itself.

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Counter, Histogram, Registry } from 'prom-client';
import { TalliedCounter, TalliedHistogram } from '../../../src/telemetry/tallies.ts';

const BUCKETS = [0, 0.5, 1, 10];
const LABELS = { name: ['Page', 'a "name"\n'], type: ['query', 'mutation'] } as const;
const labels = fc.record({ name: fc.constantFrom(...LABELS.name), type: fc.constantFrom(...LABELS.type) });
const configuration = { name: 'measured', help: 'What is measured', labelNames: ['name', 'type'] as const };

it('a tallied histogram reads like one of prom-client, however its values spread', async () => {
  const value = fc.oneof(fc.constantFrom(...BUCKETS), fc.double({ min: 0, max: 100, noNaN: true }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(labels, value)), async (observations) => {
      const [theirs, ours] = [new Registry(), new Registry()];
      const histogram = new Histogram({ ...configuration, buckets: BUCKETS, registers: [theirs] });
      const tallied = new TalliedHistogram({ ...configuration, buckets: BUCKETS, registers: [ours] });
      const begun = new Map<string, ReturnType<typeof tallied.distribution>>();
      for (const [given, observed] of observations) {
        histogram.observe(given, observed);
        const key = JSON.stringify(given);
        const distribution = begun.get(key) ?? tallied.distribution(given);
        begun.set(key, distribution);
        distribution.add(observed);
      }
      expect(await ours.metrics()).toBe(await theirs.metrics());
    }),
  );
});

it('a tallied counter reads like one of prom-client, as often as it is read', async () => {
  const [theirs, ours] = [new Registry(), new Registry()];
  const counter = new Counter({ ...configuration, registers: [theirs] });
  const tallied = new TalliedCounter({ ...configuration, registers: [ours] });
  const [one, other] = [
    { name: 'Page', type: 'query' },
    { name: 'Page', type: 'mutation' },
  ];
  const [ofOne, ofOther] = [tallied.tally(one), tallied.tally(other)];
  ofOne.count++;
  ofOther.count++;
  counter.inc(one);
  counter.inc(other);
  expect(await ours.metrics()).toBe(await theirs.metrics());
  ofOne.count += 2;
  counter.inc(one, 2);
  expect(await ours.metrics()).toBe(await theirs.metrics());
});
