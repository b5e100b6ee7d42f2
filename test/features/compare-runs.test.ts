// Comparing runs, and what versions show of the runs that made them.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globalId } from '../../src/core/ids.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { logBatch, startRun } from '../support/tracking.ts';

const COMPARE = `query($ids: [ID!]!) { compareRuns(ids: $ids) {
  runs { name } params { key values differs }
  metrics { key values { value special step } differs highestRun { name } lowestRun { name } } } }`;

describe('comparing runs', () => {
  let registry: TestRegistry;
  let ids: string[];
  beforeAll(async () => {
    registry = await startRegistry();
    ids = [await startRun(registry, 'first'), await startRun(registry, 'second'), await startRun(registry, 'third')];
    const batches = [
      {
        metrics: [
          { key: 'acc', value: 0.9 },
          { key: 'same', value: 1, step: 1 },
          { key: 'bad', special: 'NAN' },
        ],
        params: [
          { key: 'lr', value: '0.1' },
          { key: 'seed', value: '1' },
        ],
      },
      {
        metrics: [
          { key: 'acc', value: 0.7 },
          { key: 'same', value: 1, step: 2 },
          { key: 'bad', special: 'NAN' },
        ],
        params: [
          { key: 'lr', value: '0.2' },
          { key: 'seed', value: '1' },
          { key: 'Z', value: '' },
        ],
      },
      {
        metrics: [
          { key: 'acc', special: 'POSITIVE_INFINITY' },
          { key: 'same', value: 1 },
          { key: 'bad', special: 'NAN' },
        ],
        params: [{ key: 'seed', value: '1' }],
      },
    ];
    for (const [index, batch] of batches.entries()) await logBatch(registry, ids[index] as string, batch);
  });
  afterAll(() => registry.stop());

  it('puts params and metrics side by side, in the order of the runs', async () => {
    const { compareRuns } = await registry.ask(COMPARE, { ids: [ids[2], ids[0], ids[1]] });
    expect(compareRuns).toEqual({
      runs: [{ name: 'third' }, { name: 'first' }, { name: 'second' }],
      params: [
        { key: 'Z', values: [null, null, ''], differs: true },
        { key: 'lr', values: [null, '0.1', '0.2'], differs: true },
        { key: 'seed', values: ['1', '1', '1'], differs: false },
      ],
      metrics: [
        {
          key: 'acc',
          values: [
            { value: null, special: 'POSITIVE_INFINITY', step: 0 },
            { value: 0.9, special: null, step: 0 },
            { value: 0.7, special: null, step: 0 },
          ],
          differs: true,
          highestRun: { name: 'first' },
          lowestRun: { name: 'second' },
        },
        {
          key: 'bad',
          values: Array(3).fill({ value: null, special: 'NAN', step: 0 }),
          differs: false,
          highestRun: null,
          lowestRun: null,
        },
        {
          key: 'same',
          values: [0, 1, 2].map((step) => ({ value: 1, special: null, step })),
          differs: false,
          highestRun: { name: 'third' },
          lowestRun: { name: 'third' },
        },
      ],
    });
  });

  it('refuses too few, too many, doubled and foreign ids', async () => {
    const wrong: [unknown[], string][] = [
      [[], 'BAD_USER_INPUT'],
      [[ids[0]], 'BAD_USER_INPUT'],
      [[ids[0], ids[0]], 'BAD_USER_INPUT'],
      [[ids[0], 'nonsense'], 'BAD_USER_INPUT'],
      [[ids[0], globalId('Model', 1)], 'BAD_USER_INPUT'],
      [Array.from({ length: 101 }, (_, index) => globalId('Run', index + 1)), 'BAD_USER_INPUT'],
      [[ids[0], globalId('Run', 99_999)], 'NOT_FOUND'],
    ];
    for (const [given, code] of wrong) {
      const { errors } = await registry.send(COMPARE, { ids: given });
      expect(errors?.[0]?.extensions).toMatchObject({ code, field: 'ids' });
    }
  });

  it('does not see a deleted run', async () => {
    const gone = await startRun(registry, 'gone');
    await registry.ask('mutation($run: ID!) { deleteRun(input: {run: $run}) { deletedId } }', { run: gone });
    const { errors } = await registry.send(COMPARE, { ids: [ids[0], gone] });
    expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  });

  it('costs as many statements for many runs as for two', async () => {
    const others: string[] = [];
    for (let index = 0; index < 8; index++) others.push(await startRun(registry, `r${index}`));
    const count = async (given: string[]) => {
      registry.statements.length = 0;
      await registry.ask(COMPARE, { ids: given });
      return registry.statements.length;
    };
    expect(await count([...ids, ...others])).toBe(await count(ids.slice(0, 2)));
  });
});
