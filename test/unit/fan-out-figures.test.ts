// The figures that the load measurement of subscribers prints.

import { describe, expect, it } from '@jest/globals';
import { median, quantile, table } from '../load/fan-out/figures.ts';

describe('figures of a load measurement', () => {
  it('takes quantiles by the nearest rank, whatever the order of the values', () => {
    const values = Float64Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([50, 99, 100]);
    expect(median([10, 9, 1])).toBe(9);
    expect(() => median([])).toThrow('nothing to take a quantile of');
  });

  it('aligns a table, text to the left and numbers to the right', () => {
    expect(
      table(
        ['who', 'ms'],
        [
          ['registry', '1.0'],
          ['ws', '10.0'],
        ],
      ),
    ).toBe(['| who      |   ms |', '| -------- | ---: |', '| registry |  1.0 |', '| ws       | 10.0 |'].join('\n'));
  });
});
