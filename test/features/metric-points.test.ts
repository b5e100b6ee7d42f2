// The points of metrics through GraphQL: history by pages and steps, samples, and what a page of runs costs.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { logPoints, second, startRun } from '../support/tracking.ts';

describe('the points of a metric', () => {
  let registry: TestRegistry;
  let run: string;
  beforeAll(async () => {
    registry = await startRegistry();
    run = await startRun(registry);
    const steps = Array.from({ length: 100 }, (_, index) => index - 20);
    await logPoints(
      registry,
      run,
      steps.flatMap((step) => [
        { key: 'loss', value: step, step, at: second(step) },
        { key: 'acc', value: -step, step, at: second(step) },
      ]),
    );
  });
  afterAll(() => registry.stop());

  const ask = (field: string, variables: { after?: string } = {}) =>
    registry
      .ask(
        `query($run: ID!${variables.after ? ', $after: String' : ''}) { run(by: {id: $run}) { metrics(keys: ["loss"]) { points: ${field} } } }`,
        { run, ...variables },
      )
      .then((data) => data.run.metrics[0].points);

  it('come by step, page by page', async () => {
    const page = await ask(
      'history(first: 3) { edges { cursor node { step } } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount }',
    );
    expect(page.edges.map((edge: { node: { step: number } }) => edge.node.step)).toEqual([-20, -19, -18]);
    expect(page).toMatchObject({ totalCount: 100, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    expect(page.pageInfo.endCursor).toBe(page.edges[2].cursor);
    const next = await ask(
      'history(first: 500, after: $after) { nodes { step } pageInfo { hasNextPage hasPreviousPage } }',
      {
        after: page.pageInfo.endCursor,
      },
    );
    expect(next.nodes).toHaveLength(97);
    expect(next).toMatchObject({
      nodes: expect.arrayContaining([{ step: 79 }]),
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
  });

  it('can be taken between two steps', async () => {
    const page = await ask('history(fromStep: -1, toStep: 5, first: 2) { nodes { key value step at } totalCount }');
    expect(page).toEqual({
      totalCount: 7,
      nodes: [-1, 0].map((step) => ({ key: 'loss', value: step, step, at: second(step) })),
    });
    expect(await ask('history(fromStep: 5, toStep: 4) { nodes { step } totalCount }')).toEqual({
      nodes: [],
      totalCount: 0,
    });
  });

  it('refuse pages and cursors that cannot be', async () => {
    const { errors } = await registry.send(
      'query($run: ID!) { run(by: {id: $run}) { metrics { history(first: 501) { totalCount } } } }',
      { run },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first' });
    const other = await registry.send(
      'query($run: ID!) { run(by: {id: $run}) { metrics { history(after: "WyJydW5zIiwxXQ") { totalCount } } } }',
      { run },
    );
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
  });

  it('are all in a sample that has room for them', async () => {
    expect(await ask('sampled(maxPoints: 100) { step }')).toHaveLength(100);
    expect(await ask('sampled { step }')).toHaveLength(100);
    expect(await ask('sampled(fromStep: 10, toStep: 12) { step }')).toEqual([{ step: 10 }, { step: 11 }, { step: 12 }]);
    expect(await ask('sampled(fromStep: 1000) { step }')).toEqual([]);
  });

  it('keep the first, the last and the extremes in a smaller sample', async () => {
    const wave = await startRun(registry);
    const value = (step: number) => (step === 300 ? 50 : step === 600 ? -50 : Math.sin(step));
    await logPoints(
      registry,
      wave,
      Array.from({ length: 1_000 }, (_, step) => ({ key: 'wave', value: value(step), step })),
    );
    await logPoints(registry, wave, [{ key: 'wave', special: 'NAN', step: 700 }]);
    const found = await registry.ask(
      'query($run: ID!) { run(by: {id: $run}) { metrics { sampled(maxPoints: 32) { key value special step } } } }',
      { run: wave },
    );
    const points: { value: number | null; special: string | null; step: number }[] = found.run.metrics[0].sampled;
    expect(points.length).toBeLessThanOrEqual(32);
    const steps = points.map((point) => point.step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect([steps[0], steps.at(-1)]).toEqual([0, 999]);
    expect(points).toEqual(
      expect.arrayContaining([
        { key: 'wave', value: 50, special: null, step: 300 },
        { key: 'wave', value: -50, special: null, step: 600 },
        { key: 'wave', value: null, special: 'NAN', step: 700 },
      ]),
    );
  });

  it.each([1, 10_001, -5])('refuse a sample of %d points', async (maxPoints) => {
    const { errors } = await registry.send(
      'query($run: ID!, $maxPoints: Int!) { run(by: {id: $run}) { metrics { sampled(maxPoints: $maxPoints) { step } } } }',
      { run, maxPoints },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'maxPoints' });
  });
});

describe('a page of runs with metrics, points and inputs', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
    const { recordDataset } = await registry.ask(
      'mutation { recordDataset(input: {name: "d", digest: "1"}) { dataset { id } } }',
    );
    const inputs = [{ dataset: recordDataset.dataset.id, context: 'training' }];
    for (let index = 0; index < 200; index++) {
      const run = await startRun(registry, `run ${index}`);
      const metrics = ['a', 'b'].flatMap((key) => [1, 2, 3].map((step) => ({ key, step, value: step })));
      await logPoints(registry, run, metrics);
      await registry.ask('mutation($input: LogInputsInput!) { logInputs(input: $input) { run { id } } }', {
        input: { run, inputs },
      });
    }
  }, 120_000);
  afterAll(() => registry.stop());

  it('costs as many statements for 200 runs as for 10', async () => {
    const count = async (first: number) => {
      registry.statements.length = 0;
      const { runs } = await registry.ask(
        `query($first: Int) { runs(first: $first) { nodes { name
          metrics(keys: ["a", "b"]) { key value history(first: 10) { nodes { step } totalCount pageInfo { hasNextPage } } sampled(maxPoints: 2) { step } }
          inputs { context dataset { name runs(first: 1) { nodes { name } } } } } } }`,
        { first },
      );
      expect(runs.nodes).toHaveLength(first);
      expect(runs.nodes[first - 1]).toMatchObject({
        metrics: [
          {
            key: 'a',
            history: { nodes: [{ step: 1 }, { step: 2 }, { step: 3 }], totalCount: 3 },
            sampled: [{ step: 1 }, { step: 3 }],
          },
          { key: 'b' },
        ],
        inputs: [{ context: 'training', dataset: { name: 'd', runs: { nodes: [{ name: 'run 199' }] } } }],
      });
      return registry.statements.length;
    };
    const few = await count(10);
    expect(few).toBeLessThanOrEqual(10);
    expect(await count(200)).toBe(few);
  });
});
