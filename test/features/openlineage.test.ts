// OpenLineage events, sent over HTTP, and the experiments, runs, datasets and edges that they become.

import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { datasetOf, facet, graphOf, post, runEvent, sendAll, staticEvent } from '../support/openlineage.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const AT = (seconds: number) => new Date(Date.UTC(2026, 4, 1, 12, 0, seconds)).toISOString();
const hex = (uuid: string) => uuid.replaceAll('-', '');

describe('OpenLineage events', () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await startRegistry();
  });
  afterEach(() => registry.stop());

  const send = (...events: unknown[]) => sendAll(registry.url, events);
  const runWith = async (runId: string, fields: string) =>
    (await registry.ask(`query($id: String!) { run(by: {runId: $id}) { ${fields} } }`, { id: hex(runId) })).run;
  const types = async () =>
    (await registry.ask('{ events(first: 100) { nodes { type } } }')).events.nodes.map(
      (event: { type: string }) => event.type,
    );

  it('make a pipeline of a run with what it read and wrote', async () => {
    const runId = randomUUID();
    const raw = { name: 'raw/churn.csv', version: '7' };
    const clean = { name: 'clean/churn.parquet', version: '8' };
    await send(
      runEvent({ runId, job: 'clean', at: AT(0), inputs: [raw] }),
      runEvent({ runId, job: 'clean', at: AT(5), type: 'COMPLETE', inputs: [raw], outputs: [clean] }),
    );
    const graph = await graphOf(registry);
    expect(graph).toMatchObject({
      experiments: [{ name: 'nightly/clean' }],
      runs: [
        {
          runId: hex(runId),
          name: 'clean',
          status: 'FINISHED',
          startedAt: AT(0),
          endedAt: AT(5),
          experiment: { name: 'nightly/clean' },
          inputs: [{ dataset: { name: 's3://lake/raw/churn.csv', digest: '7' }, version: null, context: null }],
        },
      ],
      edges: [
        `dataset s3://lake/raw/churn.csv 7 -> run ${hex(runId)} ${AT(0)}`,
        `run ${hex(runId)} -> dataset s3://lake/clean/churn.parquet 8 ${AT(5)}`,
      ],
    });
    expect(await types()).toEqual([
      'EXPERIMENT_CREATED',
      'RUN_STARTED',
      'DATASET_RECORDED',
      'RUN_UPDATED',
      'DATASET_RECORDED',
      'RUN_UPDATED',
      'RUN_ENDED',
    ]);
  });

  it.each([
    ['START', 'RUNNING', null],
    ['RUNNING', 'RUNNING', null],
    ['COMPLETE', 'FINISHED', AT(0)],
    ['ABORT', 'KILLED', AT(0)],
    ['FAIL', 'FAILED', AT(0)],
    ['OTHER', 'SCHEDULED', null],
    [null, 'SCHEDULED', null],
  ])('of type %s make a run %s', async (type, status, endedAt) => {
    const runId = randomUUID();
    await send(runEvent({ runId, type, at: AT(0) }));
    expect(await runWith(runId, 'status startedAt endedAt')).toEqual({ status, startedAt: AT(0), endedAt });
  });

  it('that come late do not let a run that ended run again', async () => {
    const runId = randomUUID();
    await send(
      runEvent({ runId, type: 'FAIL', at: AT(9) }),
      runEvent({ runId, type: 'RUNNING', at: AT(10) }),
      runEvent({ runId, type: 'START', at: AT(2) }),
    );
    expect(await runWith(runId, 'status startedAt endedAt')).toEqual({
      status: 'FAILED',
      startedAt: AT(2),
      endedAt: AT(9),
    });
  });

  it('link a run with its parent, whichever of the two comes first', async () => {
    const [parent, early, late] = [randomUUID(), randomUUID(), randomUUID()];
    await send(
      runEvent({ runId: early, job: 'task', parent: { runId: parent } }),
      runEvent({ runId: parent, job: 'dag' }),
      runEvent({ runId: late, job: 'task', parent: { runId: parent } }),
    );
    for (const child of [early, late]) {
      expect(await runWith(child, 'parent { runId name }')).toEqual({ parent: { runId: hex(parent), name: 'dag' } });
    }
    expect((await types()).filter((type: string) => type === 'RUN_UPDATED')).toHaveLength(1);
  });

  it('tell where the code is, and what the job is for', async () => {
    const runId = randomUUID();
    const location = {
      type: 'git',
      url: 'https://example.org/r/blob/c0ffee/train.py',
      path: 'train.py',
      version: 'c0ffee',
    };
    const jobFacets = {
      sourceCodeLocation: facet('SourceCodeLocationJobFacet', { ...location, repoUrl: 'https://example.org/r.git' }),
      documentation: facet('DocumentationJobFacet', { description: 'Trains the model.' }),
    };
    await send(runEvent({ runId, jobFacets }));
    expect(await runWith(runId, 'description source { gitCommit gitRepository entryPoint notebook }')).toEqual({
      description: 'Trains the model.',
      source: {
        gitCommit: 'c0ffee',
        gitRepository: 'https://example.org/r.git',
        entryPoint: 'train.py',
        notebook: null,
      },
    });
  });

  it('give a run tags: its own, those of its job, and what can be searched for', async () => {
    const runId = randomUUID();
    const tags = (values: Record<string, string>) =>
      facet('TagsFacet', { tags: Object.entries(values).map(([key, value]) => ({ key, value, source: 'USER' })) });
    await send(
      runEvent({
        runId,
        type: 'FAIL',
        runFacets: {
          tags: tags({ team: 'run', attempt: '2' }),
          errorMessage: facet('ErrorMessageRunFacet', {
            message: 'out of\0memory \ud800',
            programmingLanguage: 'PYTHON',
          }),
          processing_engine: facet('ProcessingEngineRunFacet', { name: 'spark', version: '3.5.1' }),
          nominalTime: facet('NominalTimeRunFacet', { nominalStartTime: AT(0) }),
        },
        jobFacets: { tags: tags({ team: 'job', tier: 'gold' }) },
      }),
    );
    expect((await runWith(runId, 'tags { key value }')).tags).toEqual([
      { key: 'attempt', value: '2' },
      { key: 'openlineage.engine', value: 'spark 3.5.1' },
      { key: 'openlineage.error', value: 'out of\ufffdmemory \ufffd' },
      { key: 'openlineage.nominalStart', value: AT(0) },
      { key: 'team', value: 'run' },
      { key: 'tier', value: 'gold' },
    ]);
  });

  it('describe a dataset by the latest facets, in whichever order they come', async () => {
    const schema = (name: string) => facet('SchemaDatasetFacet', { fields: [{ name, type: 'BIGINT' }] });
    const written = (at: string, facets: Record<string, unknown>) =>
      runEvent({
        at,
        type: 'COMPLETE',
        outputs: [
          {
            name: 'clean',
            facets,
            outputFacets: { outputStatistics: facet('OutputStatisticsOutputDatasetFacet', { rowCount: 3 }) },
          },
        ],
      });
    await send(
      written(AT(2), {
        schema: schema('new'),
        dataSource: facet('DatasourceDatasetFacet', { name: 'lake', uri: 's3://lake' }),
      }),
      written(AT(1), { schema: schema('old') }),
    );
    const { datasets } = await registry.ask('{ datasets { nodes { name digest schema sourceType source profile } } }');
    expect(datasets.nodes).toEqual([
      {
        name: 's3://lake/clean',
        digest: 'unversioned',
        schema: '{"fields":[{"name":"new","type":"BIGINT"}]}',
        sourceType: 's3',
        source: 's3://lake',
        profile: '{"outputStatistics":{"rowCount":3}}',
      },
    ]);
  });

  it('about a dataset alone record it, and what it was derived from', async () => {
    const inputs = [
      { type: 'DATASET', namespace: 's3://lake', name: 'raw' },
      { type: 'JOB', namespace: 'nightly', name: 'clean' },
    ];
    const facets = { lineage: facet('LineageDatasetFacet', { inputs }) };
    await send(staticEvent({ dataset: datasetOf({ name: 'clean', version: '3', facets }) }, AT(1)));
    expect((await graphOf(registry)).edges).toEqual([
      `dataset s3://lake/raw unversioned -> dataset s3://lake/clean 3 ${AT(1)}`,
    ]);
  });

  it('about a job alone make an experiment, and derive what it writes from what it reads', async () => {
    const job = { namespace: 'nightly', name: 'join' };
    const inputs = [datasetOf({ name: 'a' }), datasetOf({ name: 'b' })];
    await send(staticEvent({ job, inputs, outputs: [datasetOf({ name: 'c' })] }, AT(1)));
    expect(await graphOf(registry)).toMatchObject({
      experiments: [{ name: 'nightly/join' }],
      runs: [],
      edges: ['a', 'b'].map(
        (name) => `dataset s3://lake/${name} unversioned -> dataset s3://lake/c unversioned ${AT(1)}`,
      ),
    });
  });

  it('lead to a version of a model that is here, and to a dataset where there is none', async () => {
    await registry.ask('mutation { registerModel(input: {name: "churn"}) { model { id } } }');
    await registry.ask('mutation { registerVersion(input: {model: {name: "churn"}}) { version { id } } }');
    const runId = randomUUID();
    const version = (number: string) => ({ namespace: 'modelgraph://models', name: 'churn', version: number });
    await send(runEvent({ runId, at: AT(0), inputs: [version('1'), version('2')] }));
    expect((await graphOf(registry)).edges).toEqual([
      `dataset modelgraph://models/churn 2 -> run ${hex(runId)} ${AT(0)}`,
      `version churn 1 -> run ${hex(runId)} ${AT(0)}`,
    ]);
  });

  it('leave what somebody changed by hand as it is, until they say something new of it', async () => {
    const runId = randomUUID();
    await send(runEvent({ runId, at: AT(0) }));
    const { id } = await runWith(runId, 'id');
    await registry.ask('mutation($id: ID!) { updateRun(input: {run: $id, name: "mine"}) { run { id } } }', { id });
    await registry.ask('mutation($id: ID!) { endRun(input: {run: $id, status: KILLED}) { run { id } } }', { id });
    await send(runEvent({ runId, at: AT(1), type: 'RUNNING' }));
    expect(await runWith(runId, 'name status')).toEqual({ name: 'mine', status: 'KILLED' });
    await send(runEvent({ runId, at: AT(2), type: 'COMPLETE' }));
    expect(await runWith(runId, 'name status endedAt')).toEqual({ name: 'mine', status: 'FINISHED', endedAt: AT(2) });
  });

  it('about a run that was started here add to it, and keep what it is', async () => {
    const { startRun } = await registry.ask(
      'mutation { startRun(input: {experiment: {name: "own"}, createExperiment: true, name: "mine", startedAt: "2026-04-01T00:00:00.000Z"}) { run { id runId } } }',
    );
    await send(
      runEvent({ runId: startRun.run.runId, at: AT(0), inputs: [{ name: 'a' }] }),
      runEvent({ runId: startRun.run.runId, at: AT(3), type: 'COMPLETE' }),
    );
    expect(
      await runWith(
        startRun.run.runId,
        'name startedAt endedAt status experiment { name } inputs { dataset { name } }',
      ),
    ).toEqual({
      name: 'mine',
      startedAt: '2026-04-01T00:00:00.000Z',
      endedAt: AT(3),
      status: 'FINISHED',
      experiment: { name: 'own' },
      inputs: [{ dataset: { name: 's3://lake/a' } }],
    });
  });

  it('take what a run logged along to the experiment of an earlier event that comes later', async () => {
    const runId = randomUUID();
    await send(runEvent({ runId, at: AT(1), job: 'late' }));
    const { id } = await runWith(runId, 'id');
    await registry.ask(
      'mutation($id: ID!) { logBatch(input: {run: $id, metrics: [{key: "loss", value: 0.5, step: 1}]}) { run { id } } }',
      { id },
    );
    await send(runEvent({ runId, at: AT(0), job: 'early' }));
    const best = (job: string) =>
      registry.ask(
        'query($name: String!) { runs(filter: { experiment: { eq: $name }, metric: { key: "loss", lt: 1 } }, orderBy: [{ metric: "loss" }]) { nodes { id } } }',
        { name: `nightly/${job}` },
      );
    expect((await best('late')).runs.nodes).toEqual([]);
    expect((await best('early')).runs.nodes).toEqual([{ id }]);
  });

  it('change nothing of a run that was deleted', async () => {
    const runId = randomUUID();
    await send(runEvent({ runId, at: AT(0) }));
    const { id } = await runWith(runId, 'id');
    await registry.ask('mutation($id: ID!) { deleteRun(input: {run: $id}) { deletedId } }', { id });
    await send(runEvent({ runId, at: AT(1), type: 'COMPLETE', outputs: [{ name: 'a' }] }));
    const { node } = await registry.ask('query($id: ID!) { node(id: $id) { ... on Run { status deletedAt } } }', {
      id,
    });
    expect(node).toEqual({ status: 'RUNNING', deletedAt: expect.any(String) });
    expect((await graphOf(registry)).edges).toEqual([]);
  });

  it('are by the actor that the request names, else by openlineage', async () => {
    await post(registry.url, runEvent({ job: 'a' }));
    await post(registry.url, runEvent({ job: 'b' }), {
      headers: { 'x-actor': 'ada', authorization: 'Bearer anything' },
    });
    const { runs } = await registry.ask('{ runs { nodes { name createdBy { name } } } }');
    expect(runs.nodes.sort((a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name))).toEqual([
      { name: 'a', createdBy: { name: 'openlineage' } },
      { name: 'b', createdBy: { name: 'ada' } },
    ]);
  });

  it('come compressed, and in lists of which each is taken in by itself', async () => {
    const [good, bad] = [runEvent({ job: 'good' }), { ...runEvent({ job: 'bad' }), eventTime: 'yesterday' }];
    expect(await post(registry.url, runEvent({ job: 'alone' }), { isGzip: true })).toEqual({ status: 201, body: null });
    expect(await post(registry.url, [good, bad], { isBatch: true, isGzip: true })).toEqual({
      status: 200,
      body: {
        status: 'partial_success',
        summary: { received: 2, successful: 1, failed: 1, retriable: 0, non_retriable: 1 },
        failed_events: [
          {
            index: 1,
            reason: expect.stringContaining('/eventTime must be a date and time'),
            retriable: false,
            errors: [expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', pointer: '/eventTime' } })],
          },
        ],
      },
    });
    expect((await post(registry.url, [], { isBatch: true })).body.status).toBe('success');
    expect((await post(registry.url, [bad], { isBatch: true })).body.status).toBe('failure');
    const { experiments } = await registry.ask('{ experiments { nodes { name } } }');
    expect(experiments.nodes).toEqual([{ name: 'nightly/alone' }, { name: 'nightly/good' }]);
  });
});
