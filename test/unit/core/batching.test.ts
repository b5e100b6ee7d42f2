// Loads by key: together, once for each key, and in the order that was asked for.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { batched, groupsInOrderOf, inOrderOf } from '../../../src/core/batching.ts';

describe('batched loads', () => {
  it('load what is asked for at the same time together, and each key once', async () => {
    const calls: (readonly number[])[] = [];
    const loader = batched<number, string>(async (keys) => {
      calls.push(keys);
      return keys.map((key) => `value ${key}`);
    });
    const [one, many] = await Promise.all([loader.load(2), loader.loadAll([1, 2, 1, 3])]);
    expect([one, many]).toEqual(['value 2', ['value 1', 'value 2', 'value 1', 'value 3']]);
    expect(await loader.loadKnown([3, null])).toEqual(['value 3', null]);
    expect(calls).toEqual([[2, 1, 3]]);
  });

  it('wait for a key that is being loaded, and load the others', async () => {
    const calls: (readonly number[])[] = [];
    const waiting: (() => void)[] = [];
    const loader = batched<number, number>(async (keys) => {
      calls.push(keys);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return keys.map((key) => key * 10);
    });
    const first = loader.loadAll([1, 2]);
    await new Promise((resolve) => setImmediate(resolve));
    const second = loader.loadAll([2, 3]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toEqual([[1, 2], [3]]);
    for (const go of waiting.reverse()) go();
    expect(await Promise.all([first, second])).toEqual([
      [10, 20],
      [20, 30],
    ]);
  });

  it('are tried again after one that failed', async () => {
    let calls = 0;
    const loader = batched<number, number>(async (keys) => {
      if (calls++ === 0) throw new Error('gone');
      return keys;
    });
    await expect(loader.load(1)).rejects.toThrow('gone');
    expect(await loader.load(1)).toBe(1);
  });

  it('take many keys in parts', async () => {
    const sizes: number[] = [];
    const loader = batched<number, number>(async (keys) => {
      sizes.push(keys.length);
      return keys;
    });
    const keys = Array.from({ length: 12_001 }, (_, key) => key);
    expect(await loader.loadAll(keys)).toEqual(keys);
    expect(sizes).toEqual([5_000, 5_000, 2_001]);
  });
});

describe('rows of keys', () => {
  const rows = fc.array(fc.record({ key: fc.integer({ min: 0, max: 5 }), value: fc.nat() }), { maxLength: 30 });
  const keys = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 10 });

  it('are grouped in the order of the keys, whether they lie together or not', () => {
    fc.assert(
      fc.property(keys, rows, (of, all) => {
        const expected = of.map((key) => all.filter((row) => row.key === key).map(({ value }) => value));
        const groups = groupsInOrderOf(
          of,
          all,
          ({ key }) => key,
          ({ value }) => value,
        );
        expect(groups).toEqual(expected);
      }),
    );
  });

  it('are put in the order of the keys, the last one of a key', () => {
    fc.assert(
      fc.property(keys, rows, (of, all) => {
        const expected = of.map((key) => all.findLast((row) => row.key === key));
        expect(inOrderOf(of, all, ({ key }) => key)).toEqual(expected);
      }),
    );
  });
});
