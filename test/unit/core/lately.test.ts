// What is kept for a while, and no longer.

import { describe, expect, it } from '@jest/globals';
import { Lately } from '../../../src/core/lately.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('what was found lately', () => {
  const clock = new ManualClock();

  it('is known until its time is over', () => {
    const sizes = new Lately<number>(clock, 1_000, 100);
    sizes.set('a', 1);
    clock.advance(999);
    expect(sizes.get('a')).toBe(1);
    clock.advance(1);
    expect(sizes.get('a')).toBeUndefined();
    sizes.set('a', 2);
    expect(sizes.get('a')).toBe(2);
  });

  it('gives way to what came after it where the keys grow too long together', () => {
    const sizes = new Lately<number>(clock, 1_000, 10);
    sizes.set('aaaa', 1);
    sizes.set('bbbb', 2);
    sizes.set('cccc', 3);
    expect(['aaaa', 'bbbb', 'cccc'].map((key) => sizes.get(key))).toEqual([undefined, 2, 3]);
  });
});
