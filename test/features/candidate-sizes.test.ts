// Lists whose filters name few rows at one time and many at another: the way to them is chosen by what was counted lately.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../support/manual-clock.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { insertRuns, type RunSpec } from '../support/runs.ts';

const LIST = `query($after: String) { runs(
  filter: { experiment: { eq: "sized" }, metric: { key: "loss", gte: 0 } }, orderBy: [{ metric: "loss" }], first: 4, after: $after
) { nodes { name } pageInfo { endCursor hasNextPage } } }`;

describe('a list whose filter names few rows, and then many', () => {
  const clock = new ManualClock();
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ clock, fewCandidates: 3 });
  });
  afterAll(() => registry.stop());

  const insert = (first: number, count: number) =>
    insertRuns(
      registry,
      Array.from({ length: count }, (_, index): RunSpec => {
        const number = first + index;
        return { experiment: 'sized', name: `run ${number}`, metrics: { loss: (number * 7) % 11 } };
      }),
    );
  const names = async () => {
    const found: string[] = [];
    let after: string | null = null;
    do {
      const { runs } = await registry.ask(LIST, { after });
      found.push(...runs.nodes.map(({ name }: { name: string }) => name));
      after = runs.pageInfo.hasNextPage ? runs.pageInfo.endCursor : null;
    } while (after !== null);
    return found;
  };
  const expected = (count: number) =>
    Array.from({ length: count }, (_, number) => number)
      .sort((a, b) => ((a * 7) % 11) - ((b * 7) % 11))
      .map((number) => `run ${number}`);
  const counts = () => registry.statements.filter((text) => text.includes('AS count0')).length;

  it('is the same list, whatever was counted when', async () => {
    await insert(0, 2);
    expect(await names()).toEqual(expected(2));
    await insert(2, 9);
    expect(await names()).toEqual(expected(11));
    clock.advance(60_000);
    expect(await names()).toEqual(expected(11));
  });

  it('is counted once for all that ask for it at about the same time', async () => {
    clock.advance(60_000);
    registry.statements.length = 0;
    await names();
    await names();
    expect(counts()).toBe(1);
    clock.advance(60_000);
    await names();
    expect(counts()).toBe(2);
  });
});
