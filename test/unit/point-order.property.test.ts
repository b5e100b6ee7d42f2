// The text that the database compares instead of points sorts as points do.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comparePoints, recencyOf, storedNumber } from '../../src/features/metrics/point-order.ts';

const near = fc.constantFrom(0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER);
const point = fc
  .record({ step: fc.oneof(near, fc.maxSafeInteger()), at: fc.oneof(near, fc.maxSafeInteger()), number: fc.double() })
  .map(({ number, ...rest }) => ({ ...rest, ...storedNumber(number) }));

describe('the recency of a point', () => {
  it('sorts byte by byte as points do', () => {
    fc.assert(
      fc.property(point, point, fc.boolean(), fc.boolean(), (a, other, sameStep, sameTime) => {
        const b = { ...other, ...(sameStep && { step: a.step, ...(sameTime && { at: a.at }) }) };
        const byBytes = Buffer.compare(Buffer.from(recencyOf(a)), Buffer.from(recencyOf(b)));
        expect(byBytes).toBe(Math.sign(comparePoints(a, b)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('fits its column', () => {
    fc.assert(fc.property(point, (one) => recencyOf(one).length <= 80));
  });
});
