// Samples of any series keep what a chart shows: both ends, the extremes, and that there were special values.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comparePoints, type StoredPoint } from '../../src/features/metrics/point-order.ts';
import { Sampler } from '../../src/features/metrics/sampling.ts';

const stored = fc.record({
  step: fc.integer({ min: -5, max: 5 }),
  at: fc.nat({ max: 1_000_000 }),
  special: fc.constantFrom(0, 0, 0, 0, -2, -1, 1),
  value: fc.integer({ min: -100, max: 100 }),
});
const series = fc
  .uniqueArray(
    stored.map((point) => (point.special === 0 ? point : { ...point, value: 0 })),
    {
      minLength: 1,
      maxLength: 300,
      selector: (point) => JSON.stringify(point),
    },
  )
  .map((points) => points.sort(comparePoints));

function sample(points: readonly StoredPoint[], maxPoints: number, counted = points.length): StoredPoint[] {
  const specials = points.filter((point) => point.special !== 0).length;
  const sampler = new Sampler({ total: counted, specials }, maxPoints);
  for (const point of points) sampler.add(point);
  return sampler.points();
}

describe('a sample', () => {
  it('keeps the ends and the extremes, in order, and no more points than asked for', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 2, max: 60 }), (points, maxPoints) => {
        const kept = sample(points, maxPoints);
        expect(kept.length).toBeLessThanOrEqual(maxPoints);
        if (points.length <= maxPoints) return expect(kept).toEqual(points);
        expect(kept).toEqual(points.filter((point) => kept.includes(point)));
        expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
        const finite = (of: readonly StoredPoint[]) => of.filter((p) => p.special === 0).map((p) => p.value);
        if (maxPoints >= 4 && finite(points).length > 0) {
          expect(Math.min(...finite(kept))).toBe(Math.min(...finite(points)));
          expect(Math.max(...finite(kept))).toBe(Math.max(...finite(points)));
        }
        const hasSpecial = (of: readonly StoredPoint[]) => of.some((point) => point.special !== 0);
        if (maxPoints >= 5) expect(hasSpecial(kept)).toBe(hasSpecial(points));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the extremes of every stretch of as many points', () => {
    const points = Array.from({ length: 1_000 }, (_, step) => ({
      step,
      at: 0,
      special: 0,
      value: (step * 7_919) % 1_009,
    }));
    const kept = sample(points, 22);
    for (let start = 0; start < 1_000; start += 100) {
      const values = points.slice(start, start + 100).map((point) => point.value);
      const keptValues = kept.filter((p) => p.step >= start && p.step < start + 100).map((point) => point.value);
      expect(Math.min(...keptValues)).toBe(Math.min(...values));
      expect(Math.max(...keptValues)).toBe(Math.max(...values));
    }
  });

  it('stays within its bounds when more points arrive than were counted', () => {
    fc.assert(
      fc.property(
        series,
        fc.integer({ min: 2, max: 20 }),
        fc.integer({ min: 1, max: 300 }),
        (points, maxPoints, counted) => {
          const kept = sample(points, maxPoints, Math.min(counted, points.length));
          expect(kept.length).toBeLessThanOrEqual(maxPoints);
          expect(kept.at(-1)).toEqual(points.at(-1));
        },
      ),
    );
  });
});
