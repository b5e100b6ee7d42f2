// What metrics must be, said as plainly as can be: all points in a set, sorted, and looked through.

import fc from 'fast-check';
import type { Point } from './tracking.ts';

/** A point with nothing left out. */
export type FullPoint = Required<Point>;

const RANK = { NAN: 0, NEGATIVE_INFINITY: 1, POSITIVE_INFINITY: 3 } as const;

function order(a: FullPoint, b: FullPoint): number {
  const rank = (point: FullPoint) => (point.special === null ? 2 : RANK[point.special]);
  return a.step - b.step || Date.parse(a.at) - Date.parse(b.at) || rank(a) - rank(b) || (a.value ?? 0) - (b.value ?? 0);
}

/** The different points under a key, oldest first. */
export function historyOf(points: readonly FullPoint[], key: string): FullPoint[] {
  const different = new Map(points.filter((point) => point.key === key).map((point) => [JSON.stringify(point), point]));
  return [...different.values()].sort(order);
}

/** The metrics that points make, A–Z by key. */
export function metricsFrom(points: readonly FullPoint[]) {
  return [...new Set(points.map((point) => point.key))].sort().map((key) => {
    const history = historyOf(points, key);
    const finite = history.map((point) => point.value).filter((value) => value !== null);
    return {
      ...(history.at(-1) as FullPoint),
      min: finite.length > 0 ? Math.min(...finite) : null,
      max: finite.length > 0 ? Math.max(...finite) : null,
      count: history.length,
    };
  });
}

const valueOrSpecial = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(0, 1, -1, 0.1, 1e-300, -1e300, 3).map((value) => ({ value, special: null })),
  },
  {
    weight: 2,
    arbitrary: fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((value) => ({ value: value + 0, special: null })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('NAN' as const, 'POSITIVE_INFINITY' as const, 'NEGATIVE_INFINITY' as const)
      .map((special) => ({ value: null, special })),
  },
);

/** Points that often share steps and times. */
export function somePoint(keys: readonly string[]): fc.Arbitrary<FullPoint> {
  return fc
    .record({
      key: fc.constantFrom(...keys),
      step: fc.oneof(fc.integer({ min: -2, max: 3 }), fc.maxSafeInteger()),
      at: fc.constantFrom('1969-12-31T23:59:59.999Z', '2026-05-01T00:00:00.000Z', '2026-05-01T00:00:00.001Z'),
      shown: valueOrSpecial,
    })
    .map(({ shown, ...rest }) => ({ ...rest, ...shown }));
}
