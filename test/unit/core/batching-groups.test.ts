// The rows of each key, in the order of the keys.

import { expect, it } from '@jest/globals';
import { groupsInOrderOf } from '../../../src/core/batching.ts';

it.each([
  [
    ['a', 'b'],
    ['a1', 'a2', 'b1'],
    [['1', '2'], ['1']],
  ],
  [
    ['b', 'a', 'c'],
    ['a1', 'a2', 'b1'],
    [['1'], ['1', '2'], []],
  ],
  [
    ['a', 'b', 'a'],
    ['b1', 'a1', 'b2', 'a2', 'b3'],
    [
      ['1', '2'],
      ['1', '2', '3'],
      ['1', '2'],
    ],
  ],
  [['a'], [], [[]]],
])('of %j: %j', (keys, rows, expected) => {
  const groups = groupsInOrderOf(
    keys,
    rows,
    (row) => row.charAt(0),
    (row) => row.slice(1),
  );
  expect(groups).toEqual(expected);
});
