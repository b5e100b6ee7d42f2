// What was used last is kept, up to a total weight.

import { describe, expect, it } from '@jest/globals';
import { Recent } from '../../../src/core/recent.ts';

describe('a map of what was used last', () => {
  it('forgets what was not used for longest', () => {
    const recent = new Recent<string, number>(3);
    for (const [index, key] of ['a', 'b', 'c'].entries()) recent.set(key, index);
    expect(recent.get('a')).toBe(0);
    recent.set('d', 3);
    expect(['a', 'b', 'c', 'd'].map((key) => recent.get(key))).toEqual([0, undefined, 2, 3]);
  });

  it('knows what was used last also where it is asked for again and again', () => {
    const recent = new Recent<string, number>(2);
    recent.set('a', 0);
    recent.set('b', 1);
    for (let turn = 0; turn < 3; turn++) expect(recent.get('a')).toBe(0);
    recent.set('c', 2);
    expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([0, undefined, 2]);
  });

  it('counts weights, and keeps nothing that is too heavy', () => {
    const recent = new Recent<string, number>(10);
    recent.set('light', 1, 4);
    recent.set('light', 2, 5);
    recent.set('heavy', 3, 11);
    expect([recent.get('light'), recent.get('heavy')]).toEqual([undefined, undefined]);
    recent.set('light', 4, 10);
    expect(recent.get('light')).toBe(4);
  });
});
