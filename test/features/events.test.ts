// The event log through GraphQL: every mutation has its event, and each event says what was true then.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate } from '../support/runs.ts';
import { headOf } from '../support/subscriber.ts';

const EVENTS = `query($filter: EventFilter, $after: String, $first: Int, $last: Int, $before: String) {
  events(filter: $filter, after: $after, first: $first, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { __typename cursor position type at actor { name } comment subject
      ... on ModelRegistered { model { id name } modelName }
      ... on ModelUpdated { model { id name } modelName changes { field from to } }
      ... on ModelDeleted { model { id name deletedAt } modelName }
      ... on VersionRegistered { version { id number } model { id } modelName number }
      ... on VersionUpdated { version { id } modelName number changes { field from to } }
      ... on VersionDeleted { version { id deletedAt } model { id } modelName number }
      ... on StageChanged { version { id stage } model { name } modelName number change { from to comment } }
      ... on AliasChanged { model { name } modelName alias from { number } fromNumber to { number } toNumber }
      ... on ExperimentCreated { experiment { id name } experimentName }
      ... on ExperimentUpdated { experiment { id name } experimentName changes { field from to } }
      ... on ExperimentDeleted { experiment { id deletedAt } experimentName }
      ... on ExperimentRestored { experiment { id deletedAt } experimentName }
      ... on RunStarted { run { id name } runName }
      ... on RunUpdated { run { id name } runName runChanges: changes { field from to } }
      ... on RunEnded { run { id status } runName status }
      ... on RunResumed { run { id } runName }
      ... on RunDeleted { run { id deletedAt } runName }
      ... on RunRestored { run { id deletedAt } runName }
      ... on DatasetRecorded { dataset { id name } datasetName digest }
    } } } }`;

describe('the event log', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  const events = async (variables: Record<string, unknown> = {}) => (await registry.ask(EVENTS, variables)).events;
  /** What a step adds to the log. */
  const added = async (step: () => Promise<unknown>) => {
    const after = await headOf(registry);
    await step();
    const { edges } = await events({ after });
    return edges.map((edge: { node: unknown }) => edge.node);
  };
  const change = (mutation: string, input: Record<string, unknown>, selection = '__typename') =>
    mutate(registry, mutation, input, selection);

  it('has a head to follow from while it is empty', async () => {
    const after = await headOf(registry);
    expect(await events({ after })).toMatchObject({ totalCount: 0, edges: [] });
    await change('registerModel', { name: 'first' });
    const { edges } = await events({ after });
    expect(edges).toMatchObject([{ node: { position: 1, type: 'MODEL_REGISTERED' } }]);
  });

  it('tells of models with who, why and what, as it was then', async () => {
    const seen = await added(async () => {
      const comment = 'because';
      const by = { name: 'churn' };
      await registry.ask(
        'mutation { registerModel(input: {name: "churn", comment: "new"}) { model { id } } }',
        {},
        'ada',
      );
      await change('updateModel', { model: by, description: 'd', setTags: [{ key: 'team', value: 'a' }], comment });
      await change('renameModel', { model: by, newName: 'churn 2' });
      await change('deleteModel', { model: { name: 'churn 2' } });
    });
    const { id } = seen[0].model;
    expect(seen).toMatchObject([
      {
        __typename: 'ModelRegistered',
        type: 'MODEL_REGISTERED',
        modelName: 'churn',
        actor: { name: 'ada' },
        comment: 'new',
        subject: id,
      },
      {
        __typename: 'ModelUpdated',
        modelName: 'churn',
        comment: 'because',
        changes: [
          { field: 'description', from: null, to: 'd' },
          { field: 'tags.team', from: null, to: 'a' },
        ],
      },
      { __typename: 'ModelUpdated', modelName: 'churn 2', changes: [{ field: 'name', from: 'churn', to: 'churn 2' }] },
      {
        __typename: 'ModelDeleted',
        modelName: 'churn 2',
        model: { id, name: 'churn 2', deletedAt: expect.any(String) },
      },
    ]);
    // Objects are as they are now, tombstones too.
    expect(seen[0].model.name).toBe('churn 2');
    const positions = seen.map((event: { position: number }) => event.position);
    expect(positions).toEqual(positions.map((_: number, index: number) => positions[0] + index));
  });

  it('tells of versions, stages and aliases, the archived before who took their place', async () => {
    const model = { name: 'fraud' };
    const seen = await added(async () => {
      await change('registerVersion', { model, createModel: true, alias: 'champion' });
      await change('registerVersion', { model });
      await change('updateVersion', { version: { uri: 'models:/fraud/2' }, description: 'better' });
      await change('promoteVersion', { version: { uri: 'models:/fraud/1' }, to: 'PRODUCTION' });
      await change('promoteVersion', { version: { uri: 'models:/fraud/2' }, to: 'PRODUCTION', comment: 'wins' });
      await change('setAlias', { model, alias: 'champion', number: 2 });
      await change('removeAlias', { model, alias: 'champion' });
      await change('deleteVersion', { version: { uri: 'models:/fraud/1' } });
    });
    expect(seen).toMatchObject([
      { type: 'MODEL_REGISTERED' },
      { __typename: 'VersionRegistered', number: 1, modelName: 'fraud' },
      { __typename: 'AliasChanged', alias: 'champion', from: null, fromNumber: null, to: { number: 1 }, toNumber: 1 },
      { __typename: 'VersionRegistered', number: 2 },
      { __typename: 'VersionUpdated', number: 2, changes: [{ field: 'description', from: null, to: 'better' }] },
      { __typename: 'StageChanged', number: 1, change: { from: 'NONE', to: 'PRODUCTION' } },
      { __typename: 'StageChanged', number: 1, change: { from: 'PRODUCTION', to: 'ARCHIVED', comment: 'wins' } },
      {
        __typename: 'StageChanged',
        number: 2,
        change: { to: 'PRODUCTION' },
        version: { stage: 'PRODUCTION' },
        comment: 'wins',
      },
      { __typename: 'AliasChanged', from: { number: 1 }, fromNumber: 1, to: { number: 2 }, toNumber: 2 },
      { __typename: 'AliasChanged', from: { number: 2 }, to: null, toNumber: null },
      { __typename: 'VersionDeleted', number: 1, version: { deletedAt: expect.any(String) } },
    ]);
    const subjects = new Set(seen.map((event: { subject: string }) => event.subject));
    expect(subjects.size).toBe(1);
  });

  it('tells of experiments, runs and datasets', async () => {
    const seen = await added(async () => {
      const { experiment } = await change('createExperiment', { name: 'lab' }, 'experiment { id }');
      await change('updateExperiment', { experiment: { id: experiment.id }, newName: 'lab 2' });
      const { run } = await change('startRun', { experiment: { id: experiment.id }, name: 'fit' }, 'run { id }');
      await change('updateRun', { run: run.id, name: 'fit 2' });
      const { dataset } = await change('recordDataset', { name: 'iris', digest: 'abc' }, 'dataset { id }');
      await change('recordDataset', { name: 'iris', digest: 'abc' });
      await change('logInputs', { run: run.id, inputs: [{ dataset: dataset.id }] });
      await change('endRun', { run: run.id, status: 'FAILED' });
      await change('resumeRun', { run: run.id });
      await change('deleteRun', { run: run.id });
      await change('restoreRun', { run: run.id });
      await change('deleteExperiment', { experiment: { id: experiment.id } });
      await change('restoreExperiment', { experiment: experiment.id });
    });
    expect(seen).toMatchObject([
      { __typename: 'ExperimentCreated', experimentName: 'lab', experiment: { name: 'lab 2' } },
      {
        __typename: 'ExperimentUpdated',
        experimentName: 'lab 2',
        changes: [{ field: 'name', from: 'lab', to: 'lab 2' }],
      },
      { __typename: 'RunStarted', runName: 'fit', run: { name: 'fit 2' } },
      { __typename: 'RunUpdated', runName: 'fit 2', runChanges: [{ field: 'name', from: 'fit', to: 'fit 2' }] },
      { __typename: 'DatasetRecorded', datasetName: 'iris', digest: 'abc', dataset: { name: 'iris' } },
      { __typename: 'RunUpdated', runChanges: [{ field: 'inputs', from: null, to: 'iris abc' }] },
      { __typename: 'RunEnded', status: 'FAILED', run: { status: 'RUNNING' } },
      { __typename: 'RunResumed' },
      { __typename: 'RunDeleted' },
      { __typename: 'RunRestored' },
      ...seen.slice(10, 12),
      ...seen.slice(12),
    ]);
    const last = seen.slice(10).map((event: { type: string }) => event.type);
    expect(last.sort()).toEqual(['EXPERIMENT_DELETED', 'EXPERIMENT_RESTORED', 'RUN_DELETED', 'RUN_RESTORED']);
  });

  it('pages in both directions with the cursors that the events carry', async () => {
    const all = await events({ first: 500 });
    expect(all.edges.map((edge: { node: { position: number } }) => edge.node.position)).toEqual(
      Array.from({ length: all.totalCount }, (_, index) => index + 1),
    );
    for (const { cursor, node } of all.edges) expect(cursor).toBe(node.cursor);
    const middle = all.edges[4].cursor;
    const next = await events({ after: middle, first: 2 });
    expect(next.edges.map((edge: { node: { position: number } }) => edge.node.position)).toEqual([6, 7]);
    const back = await events({ before: middle, last: 2 });
    expect(back.edges.map((edge: { node: { position: number } }) => edge.node.position)).toEqual([3, 4]);
    expect(back.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: true });
    expect(await headOf(registry)).toBe(all.pageInfo.endCursor);
  });

  it('filters by type, by the name that a model had, by model and by stage', async () => {
    const types = async (filter: Record<string, unknown>) =>
      (await events({ filter, first: 500 })).edges.map((edge: { node: { type: string } }) => edge.node.type);
    expect(new Set(await types({ types: ['RUN_ENDED', 'RUN_STARTED'] }))).toEqual(
      new Set(['RUN_ENDED', 'RUN_STARTED']),
    );
    expect(await types({ models: ['churn'] })).toEqual(['MODEL_REGISTERED', 'MODEL_UPDATED']);
    expect(await types({ models: ['churn 2'] })).toEqual(['MODEL_UPDATED', 'MODEL_DELETED']);
    const { edges } = await events({ filter: { models: ['churn'] } });
    expect(await types({ modelIds: [edges[0].node.subject] })).toHaveLength(4);
    expect(await types({ stages: ['ARCHIVED'] })).toEqual(['STAGE_CHANGED']);
    expect(await types({ models: ['lab 2'] })).toEqual([]);
    expect(await types({ types: [] })).toEqual([]);
  });

  it('refuses what is no cursor, and ids of other things', async () => {
    const code = async (variables: Record<string, unknown>) =>
      (await registry.send(EVENTS, variables)).errors?.[0]?.extensions;
    expect(await code({ after: 'nonsense' })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
    expect(await code({ before: 'nonsense' })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'before' });
    const negative = Buffer.from('["events",-1]').toString('base64url');
    expect(await code({ after: negative })).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
    expect(await code({ filter: { modelIds: ['x'] } })).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('reads the head before its siblings, whatever their order and however it is selected', async () => {
    for (const query of [
      '{ models(first: 500) { nodes { name } } ...H } fragment H on Query { eventHead }',
      '{ eventHead models(first: 500) { nodes { name } } }',
    ]) {
      const rounds = Array.from({ length: 10 }, async (_, index) => {
        const name = `sibling ${query.length} ${index}`;
        const [, { eventHead, models }] = await Promise.all([change('registerModel', { name }), registry.ask(query)]);
        const since = await events({ after: eventHead, filter: { types: ['MODEL_REGISTERED'] }, first: 500 });
        const later = since.edges.map((edge: { node: { modelName: string } }) => edge.node.modelName);
        const known = models.nodes.map((model: { name: string }) => model.name);
        if (!later.includes(name)) expect(known).toContain(name);
      });
      await Promise.all(rounds);
    }
  });
});
