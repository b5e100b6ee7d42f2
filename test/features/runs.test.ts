// The life of a run through GraphQL: starting, ending, resuming, changing, deleting and restoring.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pkOf } from '../../src/core/ids.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { factsOf, mutate, refused, startRun, TestClock } from '../support/runs.ts';

describe('runs', () => {
  let registry: TestRegistry;
  const clock = new TestClock();
  beforeAll(async () => {
    registry = await startRegistry({ clock });
  });
  afterAll(() => registry.stop());

  const typesOf = async (id: string) =>
    (await factsOf(registry, 'Run', pkOf('Run', id, 'id'))).map((fact) => fact.type);
  const end = async (input: Record<string, unknown>) =>
    (await mutate(registry, 'endRun', input, 'run { status endedAt durationMs revision }')).run;

  it('starts a run with what it is given, and finds it by id, run id and as a node', async () => {
    const parent = await startRun(registry, { experiment: { name: 'elsewhere' } }, 'id');
    const input = {
      experiment: { name: 'started' },
      createExperiment: true,
      name: 'first try',
      description: 'd',
      parent: parent.id,
      source: { gitCommit: 'abc', entryPoint: 'train.py' },
      artifactUri: 's3://bucket/1',
      tags: [{ key: 'team', value: 'growth' }],
      params: [
        { key: 'lr', value: '0.1' },
        { key: 'depth', value: '' },
        { key: 'lr', value: '0.1' },
      ],
      startedAt: '2026-05-01T11:00:00.000Z',
    };
    const run = await startRun(
      registry,
      input,
      'id runId name description status startedAt endedAt durationMs revision artifactUri deletedAt createdBy { name } experiment { name } parent { id } source { gitCommit gitRepository entryPoint notebook } tags { key value } params { key value } one: params(keys: ["lr", "none"]) { value }',
    );
    expect(run).toEqual({
      id: expect.any(String),
      runId: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'first try',
      description: 'd',
      status: 'RUNNING',
      startedAt: '2026-05-01T11:00:00.000Z',
      endedAt: null,
      durationMs: 3_600_000,
      revision: 1,
      artifactUri: 's3://bucket/1',
      deletedAt: null,
      createdBy: { name: 'anonymous' },
      experiment: { name: 'started' },
      parent,
      source: { gitCommit: 'abc', gitRepository: null, entryPoint: 'train.py', notebook: null },
      tags: input.tags,
      params: [
        { key: 'depth', value: '' },
        { key: 'lr', value: '0.1' },
      ],
      one: [{ value: '0.1' }],
    });
    const found = await registry.ask(
      `query($id: ID!, $runId: String, $parent: ID!) { byId: run(by: {id: $id}) { id } byRunId: run(by: {runId: $runId}) { id }
        node(id: $id) { __typename } none: run(by: {runId: "0"}) { id } parent: run(by: {id: $parent}) { children { nodes { id } } } }`,
      { id: run.id, runId: run.runId, parent: parent.id },
    );
    expect(found).toEqual({
      byId: { id: run.id },
      byRunId: { id: run.id },
      node: { __typename: 'Run' },
      none: null,
      parent: { children: { nodes: [{ id: run.id }] } },
    });
  });

  it('gives a run without a name a readable one, and none of the source where none is known', async () => {
    const run = await startRun(registry, {}, 'name source { notebook } startedAt');
    expect(run).toEqual({
      name: expect.stringMatching(/^[a-z]+-[a-z]+-\d{1,3}$/),
      source: null,
      startedAt: new Date(clock.time).toISOString(),
    });
  });

  it('creates the experiment only where it is told to, and only by name', async () => {
    const missing = { experiment: { name: 'not yet' } };
    expect(await refused(registry, 'startRun', missing)).toMatchObject({
      code: 'NOT_FOUND',
      field: 'input.experiment',
    });
    await startRun(registry, missing);
    await startRun(registry, missing);
    const { experiments } = await registry.ask(
      '{ experiments(filter: {name: {eq: "not yet"}}) { nodes { runs { totalCount } } } }',
    );
    expect(experiments.nodes).toEqual([{ runs: { totalCount: 2 } }]);
    const unknown = {
      experiment: { id: Buffer.from('Experiment:999999').toString('base64url') },
      createExperiment: true,
    };
    expect(await refused(registry, 'startRun', unknown)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([
    ['an empty name', { name: '' }, 'BAD_USER_INPUT', 'input.name'],
    ['a blank name', { name: '  ' }, 'BAD_USER_INPUT', 'input.name'],
    ['an over-long name', { name: 'x'.repeat(251) }, 'BAD_USER_INPUT', 'input.name'],
    ['a lone surrogate', { description: '\ud800' }, 'BAD_USER_INPUT', 'input.description'],
    ['an over-long commit', { source: { gitCommit: 'x'.repeat(251) } }, 'BAD_USER_INPUT', 'input.source.gitCommit'],
    [
      'a tag twice',
      {
        tags: [
          { key: 'a', value: '' },
          { key: 'a', value: '' },
        ],
      },
      'BAD_USER_INPUT',
      'input.tags',
    ],
    ['a param without a key', { params: [{ key: '', value: '' }] }, 'BAD_USER_INPUT', 'input.params.key'],
    [
      'an over-long param',
      { params: [{ key: 'a', value: 'x'.repeat(8_001) }] },
      'BAD_USER_INPUT',
      'input.params.value',
    ],
    [
      'a param with two values',
      {
        params: [
          { key: 'a', value: '1' },
          { key: 'a', value: '2' },
        ],
      },
      'CONFLICT',
      'input.params',
    ],
    [
      'more params than a run may hold',
      { params: Array.from({ length: 2_001 }, (_, i) => ({ key: `k${i}`, value: '' })) },
      'BAD_USER_INPUT',
      'input.params',
    ],
    ['an id of something else as parent', { parent: 'TW9kZWw6MQ' }, 'BAD_USER_INPUT', 'input.parent'],
    [
      'a parent that is not there',
      { parent: Buffer.from('Run:999999').toString('base64url') },
      'NOT_FOUND',
      'input.parent',
    ],
    ['an experiment that cannot be named', { experiment: { name: 'x'.repeat(501) } }, 'BAD_USER_INPUT', 'input.name'],
  ])('refuses %s', async (_, input, code, field) => {
    const all = { experiment: { name: 'tests' }, createExperiment: true, ...input };
    expect(await refused(registry, 'startRun', all)).toMatchObject({ code, field });
  });

  it('ends a run, at a time not before its start', async () => {
    const { id } = await startRun(registry);
    clock.time += 5_000;
    expect(await refused(registry, 'endRun', { run: id, status: 'RUNNING' })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.status',
    });
    expect(await refused(registry, 'endRun', { run: id, status: 'SCHEDULED' })).toMatchObject({
      field: 'input.status',
    });
    const early = new Date(clock.time - 6_000).toISOString();
    expect(await refused(registry, 'endRun', { run: id, endedAt: early })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.endedAt',
    });
    const endedAt = new Date(clock.time).toISOString();
    expect(await end({ run: id })).toEqual({ status: 'FINISHED', endedAt, durationMs: 5_000, revision: 2 });
    expect((await factsOf(registry, 'Run', pkOf('Run', id, 'id'))).at(-1)).toMatchObject({
      type: 'RUN_ENDED',
      status: 'FINISHED',
      sequence: 2,
    });
  });

  it('changes nothing where a run is ended the same way again, and its status where it is another', async () => {
    const { id } = await startRun(registry);
    const first = await end({ run: id });
    clock.time += 1_000;
    expect(await end({ run: id })).toEqual(first);
    expect(await end({ run: id, status: 'FAILED' })).toEqual({ ...first, status: 'FAILED', revision: 3 });
    const endedAt = new Date(clock.time).toISOString();
    expect(await end({ run: id, status: 'FAILED', endedAt })).toMatchObject({ endedAt, revision: 4 });
    expect(await typesOf(id)).toEqual(['RUN_STARTED', 'RUN_ENDED', 'RUN_ENDED', 'RUN_ENDED']);
  });

  it('resumes a run that ended; one that runs stays as it is', async () => {
    const { id } = await startRun(registry);
    const resume = async () =>
      (await mutate(registry, 'resumeRun', { run: id }, 'run { status endedAt revision }')).run;
    expect(await resume()).toEqual({ status: 'RUNNING', endedAt: null, revision: 1 });
    await end({ run: id, status: 'KILLED' });
    expect(await resume()).toEqual({ status: 'RUNNING', endedAt: null, revision: 3 });
    expect(await typesOf(id)).toEqual(['RUN_STARTED', 'RUN_ENDED', 'RUN_RESUMED']);
  });

  it('measures the time so far of a run whose start lies ahead as none', async () => {
    const startedAt = new Date(clock.time + 60_000).toISOString();
    const { id, durationMs } = await startRun(registry, { startedAt }, 'id durationMs');
    expect(durationMs).toBe(0);
    expect(await end({ run: id })).toMatchObject({ endedAt: startedAt, durationMs: 0 });
  });

  it('changes name, description and tags, keeps the rest, and says what changed', async () => {
    const { id } = await startRun(registry, { name: 'old', description: 'd', tags: [{ key: 'a', value: '1' }] });
    const input = {
      run: id,
      name: 'new',
      description: null,
      setTags: [{ key: 'b', value: '2' }],
      removeTags: ['a'],
      expectedRevision: 1,
    };
    const { run } = await mutate(registry, 'updateRun', input, 'run { name description revision tags { key value } }');
    expect(run).toEqual({ name: 'new', description: null, revision: 2, tags: [{ key: 'b', value: '2' }] });
    expect((await factsOf(registry, 'Run', pkOf('Run', id, 'id'))).at(-1)).toMatchObject({
      type: 'RUN_UPDATED',
      runName: 'new',
      changes: [
        { field: 'name', from: 'old', to: 'new' },
        { field: 'description', from: 'd', to: null },
        { field: 'tags.b', from: null, to: '2' },
        { field: 'tags.a', from: '1', to: null },
      ],
    });
    expect(await refused(registry, 'updateRun', input)).toMatchObject({
      code: 'CONFLICT',
      details: { currentRevision: 2, expectedRevision: 1 },
    });
    expect(await refused(registry, 'updateRun', { run: id, name: null })).toMatchObject({ field: 'input.name' });
    const same = await mutate(registry, 'updateRun', { run: id, name: 'new' }, 'run { revision }');
    expect(same.run.revision).toBe(2);
  });

  it('leaves a tombstone of a deleted run, which edges lead to, and restores it', async () => {
    const { id, runId } = await startRun(registry, {}, 'id runId');
    const child = await startRun(registry, { parent: id });
    expect(await mutate(registry, 'deleteRun', { run: id, expectedRevision: 1 }, 'deletedId')).toEqual({
      deletedId: id,
    });
    const query = `query($id: ID!, $runId: String, $child: ID!) {
      byId: run(by: {id: $id}) { id } byRunId: run(by: {runId: $runId}) { id }
      node(id: $id) { ... on Run { deletedAt children { nodes { id } } } } child: run(by: {id: $child}) { parent { id deletedAt } } }`;
    const variables = { id, runId, child: child.id };
    const deletedAt = new Date(clock.time).toISOString();
    expect(await registry.ask(query, variables)).toEqual({
      byId: null,
      byRunId: null,
      node: { deletedAt, children: { nodes: [child] } },
      child: { parent: { id, deletedAt } },
    });
    for (const mutation of ['updateRun', 'endRun', 'resumeRun', 'deleteRun']) {
      expect(await refused(registry, mutation, { run: id })).toMatchObject({ code: 'NOT_FOUND', field: 'input.run' });
    }
    const late = { experiment: { name: 'tests' }, parent: id };
    expect(await refused(registry, 'startRun', late)).toMatchObject({ code: 'NOT_FOUND', field: 'input.parent' });
    expect(await refused(registry, 'restoreRun', { run: id, expectedRevision: 1 })).toMatchObject({ code: 'CONFLICT' });
    for (const _ of ['restored', 'there already']) {
      const { run } = await mutate(registry, 'restoreRun', { run: id }, 'run { deletedAt revision }');
      expect(run).toEqual({ deletedAt: null, revision: 3 });
    }
    expect((await registry.ask(query, variables)).byRunId).toEqual({ id });
    expect(await typesOf(id)).toEqual(['RUN_STARTED', 'RUN_DELETED', 'RUN_RESTORED']);
  });

  it('says which id was wrong', async () => {
    expect(await refused(registry, 'endRun', { run: 'nonsense' })).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.run',
    });
    const nobody = Buffer.from('Run:999999').toString('base64url');
    for (const mutation of ['endRun', 'restoreRun', 'deleteRun']) {
      expect(await refused(registry, mutation, { run: nobody })).toMatchObject({
        code: 'NOT_FOUND',
        field: 'input.run',
      });
    }
    const { errors } = await registry.send('{ run(by: {id: "TW9kZWw6MQ"}) { id } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'by.id' });
  });
});
