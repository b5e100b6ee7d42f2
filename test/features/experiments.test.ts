// Experiments through GraphQL: creating, changing, deleting with their runs, restoring, listing.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pkOf } from '../../src/core/ids.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { factsOf, mutate, refused, startRun } from '../support/runs.ts';

describe('experiments', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  const create = async (name: string, more: Record<string, unknown> = {}, selection = 'id revision') =>
    (await mutate(registry, 'createExperiment', { name, ...more }, `experiment { ${selection} }`)).experiment;
  const namesOf = async (args: string, variables = {}) => {
    const { experiments } = await registry.ask(`{ experiments(${args}) { nodes { name } } }`, variables);
    return experiments.nodes.map((node: { name: string }) => node.name);
  };

  it('creates an experiment and finds it by name, by id and as a node', async () => {
    const tags = [
      { key: 'team', value: 'growth' },
      { key: 'Team', value: '' },
    ];
    const experiment = await create(
      'churn study',
      { description: 'd', artifactLocation: 's3://bucket/churn', tags },
      'id name description artifactLocation revision tags { key value } createdBy { name } deletedAt runs { totalCount }',
    );
    expect(experiment).toEqual({
      id: expect.any(String),
      name: 'churn study',
      description: 'd',
      artifactLocation: 's3://bucket/churn',
      revision: 1,
      tags: tags.toReversed(),
      createdBy: { name: 'anonymous' },
      deletedAt: null,
      runs: { totalCount: 0 },
    });
    const found = await registry.ask(
      'query($id: ID!) { byName: experiment(by: {name: "churn study"}) { id } byId: experiment(by: {id: $id}) { id } node(id: $id) { __typename } }',
      { id: experiment.id },
    );
    expect(found).toEqual({
      byName: { id: experiment.id },
      byId: { id: experiment.id },
      node: { __typename: 'Experiment' },
    });
    expect(await factsOf(registry, 'Experiment', pkOf('Experiment', experiment.id, 'id'))).toMatchObject([
      { type: 'EXPERIMENT_CREATED', sequence: 1, experimentName: 'churn study' },
    ]);
  });

  it.each([
    ['empty', '', 'BAD_USER_INPUT'],
    ['too long', 'x'.repeat(501), 'BAD_USER_INPUT'],
    ['broken by a lone surrogate', 'lone \ud800', 'BAD_USER_INPUT'],
    ['broken by a NUL', 'nul \0', 'BAD_USER_INPUT'],
    ['taken', 'churn study', 'CONFLICT'],
  ])('refuses a name that is %s', async (_, name, code) => {
    expect(await refused(registry, 'createExperiment', { name })).toMatchObject({ code, field: 'input.name' });
  });

  it('compares names byte by byte, so that case, accents and trailing spaces make another name', async () => {
    for (const name of ['Churn Study', 'churn study ', 'chürn study', '🙂'.repeat(500)]) {
      await create(name);
      const { experiment } = await registry.ask('query($name: String) { experiment(by: {name: $name}) { name } }', {
        name,
      });
      expect(experiment).toEqual({ name });
    }
  });

  it('changes what is given, clears what is null, keeps the rest, and says what changed', async () => {
    const { id } = await create('draft', {
      description: 'old',
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
    });
    const input = {
      experiment: { id },
      newName: 'final',
      description: null,
      setTags: [
        { key: 'a', value: '1' },
        { key: 'c', value: '3' },
      ],
      removeTags: ['b', 'not there'],
      expectedRevision: 1,
    };
    const { experiment } = await mutate(
      registry,
      'updateExperiment',
      input,
      'experiment { name description revision tags { key value } }',
    );
    expect(experiment).toEqual({
      name: 'final',
      description: null,
      revision: 2,
      tags: [
        { key: 'a', value: '1' },
        { key: 'c', value: '3' },
      ],
    });
    expect(await refused(registry, 'updateExperiment', input)).toMatchObject({
      code: 'CONFLICT',
      field: 'input.expectedRevision',
      details: { currentRevision: 2, expectedRevision: 1 },
    });
    const facts = await factsOf(registry, 'Experiment', pkOf('Experiment', id, 'id'));
    expect(facts.at(-1)).toMatchObject({
      type: 'EXPERIMENT_UPDATED',
      sequence: 2,
      experimentName: 'final',
      changes: [
        { field: 'name', from: 'draft', to: 'final' },
        { field: 'description', from: 'old', to: null },
        { field: 'tags.c', from: null, to: '3' },
        { field: 'tags.b', from: '2', to: null },
      ],
    });
  });

  it('records nothing where nothing changes', async () => {
    const { id } = await create('still', { description: 'd', tags: [{ key: 'a', value: '1' }] });
    const input = { experiment: { id }, newName: 'still', description: 'd', setTags: [{ key: 'a', value: '1' }] };
    const { experiment } = await mutate(registry, 'updateExperiment', input, 'experiment { revision }');
    expect(experiment).toEqual({ revision: 1 });
    expect(await factsOf(registry, 'Experiment', pkOf('Experiment', id, 'id'))).toHaveLength(1);
  });

  it('refuses a new name that is null, taken or too long', async () => {
    const { id } = await create('steady');
    const rename = (newName: string | null) => refused(registry, 'updateExperiment', { experiment: { id }, newName });
    expect(await rename(null)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.newName' });
    expect(await rename('final')).toMatchObject({ code: 'CONFLICT', field: 'input.newName' });
    expect(await rename('x'.repeat(501))).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.newName' });
  });

  it('deletes an experiment with its runs, and restores just those', async () => {
    const { id } = await create('doomed');
    const experiment = { id };
    const [kept, removed] = [await startRun(registry, { experiment }), await startRun(registry, { experiment })];
    await mutate(registry, 'deleteRun', { run: removed.id }, 'deletedId');
    expect(await mutate(registry, 'deleteExperiment', { experiment }, 'deletedId')).toEqual({ deletedId: id });

    const query = `query($id: ID!, $run: ID!) {
      experiment(by: {id: $id}) { id } run(by: {id: $run}) { id }
      node(id: $id) { ... on Experiment { deletedAt live: runs { totalCount } deleted: runs(deleted: true) { nodes { id } } } }
      tombstone: node(id: $run) { ... on Run { deletedAt revision experiment { name deletedAt } } } }`;
    const gone = await registry.ask(query, { id, run: kept.id });
    expect(gone).toMatchObject({
      experiment: null,
      run: null,
      node: {
        deletedAt: expect.any(String),
        live: { totalCount: 0 },
        deleted: { nodes: [{ id: removed.id }, { id: kept.id }] },
      },
      tombstone: { revision: 2, experiment: { name: 'doomed', deletedAt: gone.node.deletedAt } },
    });
    expect(gone.tombstone.deletedAt).toBe(gone.node.deletedAt);
    expect(await namesOf('filter: {name: {eq: "doomed"}}')).toEqual([]);
    expect(await namesOf('filter: {name: {eq: "doomed"}}, deleted: true')).toEqual(['doomed']);
    expect(await refused(registry, 'deleteExperiment', { experiment })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refused(registry, 'updateExperiment', { experiment, newName: 'x' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await refused(registry, 'startRun', { experiment, createExperiment: true })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await refused(registry, 'restoreRun', { run: kept.id })).toMatchObject({ code: 'PRECONDITION_FAILED' });

    await mutate(registry, 'restoreExperiment', { experiment: id, expectedRevision: 2 }, 'experiment { id }');
    const back = await registry.ask(query, { id, run: kept.id });
    expect(back).toMatchObject({
      experiment: { id },
      run: { id: kept.id },
      node: { deletedAt: null, live: { totalCount: 1 }, deleted: { nodes: [{ id: removed.id }] } },
      tombstone: { deletedAt: null, revision: 3 },
    });
    const types = (await factsOf(registry, 'Run', pkOf('Run', kept.id, 'id'))).map((fact) => fact.type);
    expect(types).toEqual(['RUN_STARTED', 'RUN_DELETED', 'RUN_RESTORED']);
    const ofExperiment = await factsOf(registry, 'Experiment', pkOf('Experiment', id, 'id'));
    expect(ofExperiment.map((fact) => fact.type)).toEqual([
      'EXPERIMENT_CREATED',
      'EXPERIMENT_DELETED',
      'EXPERIMENT_RESTORED',
    ]);
    await mutate(registry, 'restoreRun', { run: removed.id }, 'run { id }');
  });

  it('frees the name of a deleted one, which then cannot come back', async () => {
    const { id } = await create('phoenix');
    await mutate(registry, 'deleteExperiment', { experiment: { name: 'phoenix' } }, 'deletedId');
    const heir = await create('phoenix');
    expect(heir.id).not.toBe(id);
    expect(await refused(registry, 'restoreExperiment', { experiment: id })).toMatchObject({ code: 'CONFLICT' });
    await mutate(
      registry,
      'updateExperiment',
      { experiment: { id: heir.id }, newName: 'phoenix II' },
      'experiment { id }',
    );
    const { experiment } = await mutate(
      registry,
      'restoreExperiment',
      { experiment: id },
      'experiment { id revision }',
    );
    expect(experiment).toEqual({ id, revision: 3 });
    const again = await mutate(registry, 'restoreExperiment', { experiment: id }, 'experiment { revision }');
    expect(again.experiment.revision).toBe(3);
  });

  it('says which argument was wrong', async () => {
    const other = globalThis.Buffer.from('Run:1').toString('base64url');
    expect(await refused(registry, 'restoreExperiment', { experiment: other })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.experiment',
    });
    expect(await refused(registry, 'deleteExperiment', { experiment: { id: 'nonsense' } })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.experiment.id',
    });
    expect(await refused(registry, 'deleteExperiment', { experiment: { name: 'nobody' } })).toMatchObject({
      code: 'NOT_FOUND',
      field: 'input.experiment',
    });
    expect(
      await refused(registry, 'createExperiment', {
        name: 'twice',
        tags: [
          { key: 'k', value: '1' },
          { key: 'k', value: '2' },
        ],
      }),
    ).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.tags' });
  });

  it('lists by name, time and tag, and pages both ways', async () => {
    for (const name of ['list 1', 'list 2', 'list 3', 'LIST 4']) {
      await create(name, { tags: name === 'list 2' ? [] : [{ key: 'list', value: name }] });
    }
    const listed = (args: string) => namesOf(`filter: {name: {startsWith: "list", ignoreCase: true}}, ${args}`);
    expect(await listed('first: 2')).toEqual(['LIST 4', 'list 1']);
    expect(await listed('last: 2')).toEqual(['list 2', 'list 3']);
    expect(await listed('orderBy: {field: CREATED_AT, direction: DESC}, first: 1')).toEqual(['LIST 4']);
    expect(await namesOf('filter: {tag: {key: "list", value: {contains: "list"}}}')).toEqual(['list 1', 'list 3']);
    expect(await namesOf('filter: {tag: {key: "list", exists: false}, name: {startsWith: "list"}}')).toEqual([
      'list 2',
    ]);
    expect(await namesOf('filter: {not: {name: {contains: "i"}}, name: {startsWith: "LIST"}}')).toEqual(['LIST 4']);
  });
});
