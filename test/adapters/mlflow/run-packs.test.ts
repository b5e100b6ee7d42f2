import { describe, expect, it } from '@jest/globals';
import type { ImportedPoint, ImportedRun } from '../../../src/adapters/import/records.ts';
import { type Pack, ROWS_PER_TRANSACTION, RunPacks } from '../../../src/adapters/import/run-packs.ts';

const LIMIT = ROWS_PER_TRANSACTION;

function runOf(runId: string, params = 0): ImportedRun {
  const entries = Array.from({ length: params }, (_, index) => ({ key: `p${index}`, value: '' }));
  return { runId, params: entries, tags: [], inputs: [], outputs: [] } as unknown as ImportedRun;
}

function pointsOf(runId: string, number: number): ImportedPoint[] {
  return Array.from({ length: number }, (_, step) => ({ runId, key: 'loss', step, at: 0, value: 1, special: null }));
}

/** The packs of batches of runs, each with its number of points, as run ids and numbers of points. */
function packed(
  batches: readonly (readonly (readonly [ImportedRun, number])[])[],
  isComplete = (_runId: string, _points: number) => false,
) {
  const packs = new RunPacks();
  const found: Pack[] = [];
  for (const batch of batches) {
    packs.begin(
      batch.map(([run]) => run),
      isComplete,
    );
    for (const [run, points] of batch) found.push(...packs.add(pointsOf(run.runId, points)));
    found.push(...packs.end());
  }
  found.push(...packs.flush());
  return found.map(({ runs, points }) => [runs.map((run) => run.runId).join(''), points.length]);
}

describe('packing runs into transactions', () => {
  it('puts runs of several batches together, those without points too', () => {
    expect(
      packed([
        [
          [runOf('a'), 3],
          [runOf('b'), 0],
        ],
        [[runOf('c'), 2]],
      ]),
    ).toEqual([['abc', 5]]);
    expect(packed([])).toEqual([]);
  });

  it('begins another pack where the rows become too many, params included', () => {
    expect(
      packed([
        [
          [runOf('a'), LIMIT / 2],
          [runOf('b'), LIMIT / 2],
        ],
      ]),
    ).toEqual([
      ['a', LIMIT / 2],
      ['b', LIMIT / 2],
    ]);
    expect(
      packed([
        [
          [runOf('a', LIMIT - 1), 0],
          [runOf('b'), 1],
        ],
      ]),
    ).toEqual([
      ['b', 1],
      ['a', 0],
    ]);
  });

  it('splits a run that has more points than a transaction takes, and writes those before it first', () => {
    expect(
      packed([
        [
          [runOf('a'), 1],
          [runOf('b'), 2 * LIMIT + 5],
          [runOf('c'), 1],
        ],
      ]),
    ).toEqual([
      ['a', 1],
      ['b', LIMIT],
      ['b', LIMIT],
      ['bc', 6],
    ]);
    expect(packed([[[runOf('a'), LIMIT]]])).toEqual([['a', LIMIT]]);
  });

  it('leaves out the points of a run that is there whole, unless it is one that was split', () => {
    const isComplete = (runId: string) => runId !== 'c';
    expect(
      packed(
        [
          [
            [runOf('a'), 4],
            [runOf('b'), LIMIT + 1],
            [runOf('c'), 2],
          ],
        ],
        isComplete,
      ),
    ).toEqual([
      ['b', LIMIT],
      ['bca', 3],
    ]);
  });
});
