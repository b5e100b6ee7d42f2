// What runs used: logging datasets and versions, and reading them from both sides.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globalId } from '../../src/core/ids.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { logBatch, startRun, versionMadeBy } from '../support/tracking.ts';

const LOG =
  'mutation($input: LogInputsInput!) { logInputs(input: $input) { run { id revision inputs { context dataset { name } version { number } } } } }';

describe('the inputs of runs', () => {
  let registry: TestRegistry;
  let dataset: string;
  beforeAll(async () => {
    registry = await startRegistry();
    dataset = await recorded('train');
  });
  afterAll(() => registry.stop());

  const recorded = async (name: string): Promise<string> => {
    const { recordDataset } = await registry.ask(
      'mutation($name: String!) { recordDataset(input: {name: $name, digest: "1"}) { dataset { id } } }',
      { name },
    );
    return recordDataset.dataset.id;
  };
  const log = async (run: string, inputs: Record<string, unknown>[]) =>
    (await registry.ask(LOG, { input: { run, inputs } })).logInputs.run;
  const changesOf = async (run: string) => {
    const events = await registry.app.db.read<{ type: string; payload: string }>({
      text: "SELECT type, payload FROM events WHERE subjectType = 'Run' AND type = 'RUN_UPDATED' ORDER BY sequence",
      values: [],
    });
    return events
      .map(({ payload }) => JSON.parse(payload))
      .filter(({ runPk }) => globalId('Run', runPk) === run)
      .map(({ changes }) => changes);
  };

  it('are datasets and versions, each with its context', async () => {
    const run = await startRun(registry);
    const version = await versionMadeBy(registry, await startRun(registry));
    const found = await log(run, [{ dataset, context: 'training' }, { dataset }, { version, context: 'base' }]);
    expect(found.revision).toBe(2);
    expect(found.inputs).toEqual([
      { context: null, dataset: { name: 'train' }, version: null },
      { context: 'training', dataset: { name: 'train' }, version: null },
      { context: 'base', dataset: null, version: { number: 1 } },
    ]);
    expect(await changesOf(run)).toEqual([
      ['train 1 (training)', 'train 1', expect.stringMatching(/^made .* 1 \(base\)$/)].map((to) => ({
        field: 'inputs',
        from: null,
        to,
      })),
    ]);
  });

  it('change nothing when they are logged again', async () => {
    const run = await startRun(registry);
    await log(run, [{ dataset, context: 'training' }]);
    const again = await log(run, [
      { dataset, context: 'training' },
      { dataset, context: 'training' },
    ]);
    expect(again).toMatchObject({ revision: 2, inputs: [{ context: 'training' }] });
    const more = await log(run, [
      { dataset, context: 'training' },
      { dataset, context: 'test' },
    ]);
    expect(more.revision).toBe(3);
    expect(await changesOf(run)).toHaveLength(2);
  });

  it('are logged once when many log the same at once', async () => {
    const run = await startRun(registry);
    await Promise.all(Array.from({ length: 6 }, () => log(run, [{ dataset }])));
    expect(await log(run, [])).toMatchObject({ revision: 2, inputs: [{ dataset: { name: 'train' } }] });
  });

  it('lead from a dataset to its runs, newest first, each once, without deleted ones', async () => {
    const used = await recorded('used');
    const other = await recorded('other');
    const runs: string[] = [];
    for (const name of ['one', 'two', 'three', 'four']) runs.push(await startRun(registry, name));
    for (const run of runs)
      await log(run, [{ dataset: used, context: 'b' }, { dataset: used, context: 'a' }, { dataset: other }]);
    await registry.ask('mutation($run: ID!) { deleteRun(input: {run: $run}) { deletedId } }', { run: runs[1] });
    const { nodes } = await registry.ask(
      'query($ids: [ID!]!) { nodes(ids: $ids) { ... on Dataset { runs(first: 2) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } } } }',
      { ids: [used, other] },
    );
    for (const { runs: page } of nodes) {
      expect(page).toMatchObject({
        totalCount: 3,
        nodes: [{ name: 'four' }, { name: 'three' }],
        pageInfo: { hasNextPage: true },
      });
    }
    const rest = await registry.ask(
      'query($id: ID!, $after: String) { dataset(by: {id: $id}) { runs(first: 2, after: $after) { nodes { name } pageInfo { hasNextPage } } } }',
      { id: used, after: nodes[0].runs.pageInfo.endCursor },
    );
    expect(rest.dataset.runs).toEqual({ nodes: [{ name: 'one' }], pageInfo: { hasNextPage: false } });
  });

  it.each([
    ['neither', {}, 'BAD_USER_INPUT', 'input.inputs'],
    [
      'both',
      { dataset: globalId('Dataset', 1), version: globalId('ModelVersion', 1) },
      'BAD_USER_INPUT',
      'input.inputs',
    ],
    ['an id of another type', { dataset: globalId('Run', 1) }, 'BAD_USER_INPUT', 'input.inputs.dataset'],
    ['no dataset', { dataset: globalId('Dataset', 9_999) }, 'NOT_FOUND', 'input.inputs'],
    ['no version', { version: globalId('ModelVersion', 9_999) }, 'NOT_FOUND', 'input.inputs'],
    [
      'a context too long',
      { dataset: globalId('Dataset', 1), context: 'c'.repeat(251) },
      'BAD_USER_INPUT',
      'input.inputs.context',
    ],
    [
      'a lone surrogate',
      { dataset: globalId('Dataset', 1), context: '\ud800' },
      'BAD_USER_INPUT',
      'input.inputs.context',
    ],
  ])('refuse %s, all of them or nothing', async (_what, wrong, code, field) => {
    const run = await startRun(registry);
    const { errors } = await registry.send(LOG, { input: { run, inputs: [{ dataset }, wrong] } });
    expect(errors?.[0]?.extensions).toMatchObject({ code, field });
    expect(await log(run, [])).toMatchObject({ revision: 1, inputs: [] });
  });

  it('are not taken for a deleted run', async () => {
    const run = await startRun(registry);
    await registry.ask('mutation($run: ID!) { deleteRun(input: {run: $run}) { deletedId } }', { run });
    const { errors } = await registry.send(LOG, { input: { run, inputs: [{ dataset }] } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'input.run' });
  });

  it('stand beside what the run of a version logged', async () => {
    const run = await startRun(registry);
    await logBatch(registry, run, {
      metrics: [
        { key: 'acc', value: 0.9 },
        { key: 'loss', value: 1 },
      ],
      params: [
        { key: 'lr', value: '0.1' },
        { key: 'seed', value: '1' },
      ],
    });
    const version = await versionMadeBy(registry, run);
    const user = await startRun(registry);
    await log(user, [{ version }, { version: await versionMadeBy(registry, null) }]);
    const found = await registry.ask(
      `query($user: ID!) { run(by: {id: $user}) { inputs { version { metrics(keys: ["acc"]) { key value history { totalCount } } params(keys: ["lr", "seed"]) { key value } } } } }`,
      { user },
    );
    expect(found.run.inputs).toEqual([
      {
        version: {
          metrics: [{ key: 'acc', value: 0.9, history: { totalCount: 1 } }],
          params: [
            { key: 'lr', value: '0.1' },
            { key: 'seed', value: '1' },
          ],
        },
      },
      { version: { metrics: [], params: [] } },
    ]);
  });
});
