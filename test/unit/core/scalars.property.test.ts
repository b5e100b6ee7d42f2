// How scalars are written.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LATEST_INSTANT } from '../../../src/core/clock.ts';
import { DateTime } from '../../../src/core/scalars.ts';

const DAY_MS = 86_400_000;

describe('DateTime', () => {
  it('is written as Date writes it, whatever was written before', () => {
    const instant = fc.integer({ min: -LATEST_INSTANT, max: LATEST_INSTANT });
    const withNeighbours = instant.map((at) => [at, at - (at % DAY_MS), at - (at % DAY_MS) - 1, at + 1]);
    fc.assert(
      fc.property(withNeighbours, (instants) => {
        for (const at of instants) expect(DateTime.serialize(at)).toBe(new Date(at).toISOString());
      }),
    );
  });

  it('refuses what is no instant', () => {
    expect(() => DateTime.serialize(Number.NaN)).toThrow(RangeError);
  });
});
