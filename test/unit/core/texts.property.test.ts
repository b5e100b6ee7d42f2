// Texts that are written by hand for speed are those that the platform writes.

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { globalId, parseGlobalId } from '../../../src/core/ids.ts';
import { DateTime } from '../../../src/core/scalars.ts';

it('writes instants as Date does', () => {
  const end = Date.UTC(9_999, 11, 31, 23, 59, 59, 999);
  const instants = fc.oneof(fc.integer({ min: -end, max: end }), fc.integer({ min: -100_000_000, max: 100_000_000 }));
  fc.assert(
    fc.property(instants, fc.constantFrom(0, 0.5), (whole, part) => {
      const instant = whole + part;
      expect(DateTime.serialize(instant)).toBe(new Date(instant).toISOString());
    }),
  );
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, '2026', null, () => 7]) {
    expect(() => DateTime.serialize(wrong)).toThrow();
  }
});

it('writes global ids as base64url', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[A-Z][A-Za-z]{0,20}$/),
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      (typeName, pk) => {
        const id = globalId(typeName, pk);
        expect(id).toBe(Buffer.from(`${typeName}:${pk}`, 'latin1').toString('base64url'));
        expect(parseGlobalId(id)).toEqual({ typeName, pk });
      },
    ),
  );
});
