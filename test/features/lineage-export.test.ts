// Lineage that is written for others: sent to an empty registry as OpenLineage events, it is the same graph there.

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExportQueries } from '../../src/adapters/lineage-export/export.queries.ts';
import type { ExportSelection } from '../../src/adapters/lineage-export/export.types.ts';
import { openLineageLines } from '../../src/adapters/lineage-export/openlineage-export.ts';
import { provChunks } from '../../src/adapters/lineage-export/prov-export.ts';
import { graphOf, post, sendAll } from '../support/openlineage.ts';
import { anyRunEvents, anyStaticEvents } from '../support/openlineage-events.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate } from '../support/runs.ts';

const RUNS = ['1', '2', '3'].map((digit) => `${digit}1111111-1111-4111-8111-111111111111`);

// biome-ignore lint/suspicious/noExplicitAny: what was written, as a reader finds it
type Json = any;

async function openLineageOf({ app }: TestRegistry, selection: ExportSelection = {}): Promise<Json[]> {
  const queries = new ExportQueries(app.db);
  const lines: string[] = [];
  for await (const line of openLineageLines(queries, await queries.scopeOf(selection))) lines.push(line);
  return lines.map((line) => JSON.parse(line));
}

async function provOf({ app }: TestRegistry, selection: ExportSelection = {}): Promise<Json> {
  const queries = new ExportQueries(app.db);
  let text = '';
  for await (const chunk of provChunks(queries, await queries.scopeOf(selection))) text += chunk;
  return JSON.parse(text);
}

describe('lineage written for others', () => {
  let source: TestRegistry;
  let target: TestRegistry;
  beforeEach(async () => {
    source = await startRegistry();
    target = await startRegistry();
  });
  afterEach(async () => {
    await source.stop();
    await target.stop();
  });

  const dataset = async (name: string, input: Record<string, unknown> = {}): Promise<string> =>
    (await mutate(source, 'recordDataset', { name, digest: 'd1', ...input }, 'dataset { id }')).dataset.id;

  /** Iris is cleaned by a derivation, a run trains on it, and its model is tuned by another run. */
  const makeGraph = async () => {
    const raw = await dataset('iris/raw.csv', {
      sourceType: 's3',
      source: 's3://b/iris',
      schema: 'a: int',
      profile: '{}',
    });
    const clean = await dataset('iris', { derivedFrom: [raw] });
    const other = await dataset('unused');
    const start = async (input: Record<string, unknown>) =>
      (
        await mutate(
          source,
          'startRun',
          { experiment: { name: 'own' }, createExperiment: true, ...input },
          'run { id }',
        )
      ).run.id;
    const parent = await start({ name: 'sweep', startedAt: '2026-05-01T00:00:00.000Z' });
    const run = await start({
      name: 'try 1',
      description: 'Trains.',
      parent,
      source: {
        gitCommit: 'c0ffee',
        gitRepository: 'https://example.org/r.git',
        entryPoint: 'train.py',
        notebook: 'a.ipynb',
      },
      tags: [{ key: 'team', value: 'red' }],
      startedAt: '2026-05-01T00:00:01.000Z',
    });
    const local = await start({
      name: 'local',
      source: { gitCommit: 'beef', entryPoint: 'x.py' },
      startedAt: '2026-05-01T00:00:02.000Z',
    });
    await mutate(source, 'logInputs', { run, inputs: [{ dataset: clean }] }, 'run { id }');
    await mutate(source, 'endRun', { run, status: 'FAILED' }, 'run { id }');
    await mutate(source, 'registerModel', { name: 'churn' }, 'model { id }');
    const version = async (input: Record<string, unknown>) =>
      (await mutate(source, 'registerVersion', { model: { name: 'churn' }, ...input }, 'version { id }')).version.id;
    const first = await version({ run });
    const second = await version({ run: local });
    await mutate(source, 'logInputs', { run: local, inputs: [{ version: first }] }, 'run { id }');
    await mutate(source, 'createExperiment', { name: 'empty' }, 'experiment { id }');
    return { raw, clean, other, run, local, first, second };
  };

  /** The graph as a registry without the models has it: their versions are datasets. */
  const withoutModels = (graph: Json): Json =>
    JSON.parse(JSON.stringify(graph).replaceAll(/version churn (\d)/g, 'dataset modelgraph://models/churn $1'));

  it('is the same graph in an empty registry', async () => {
    await makeGraph();
    await sendAll(target.url, await openLineageOf(source));
    const [expected, found] = [withoutModels(await graphOf(source)), await graphOf(target)];
    expect(found.edges).toEqual(expected.edges.sort());
    expect(found.experiments).toEqual(expected.experiments);
    const versions = (graph: Json) =>
      graph.datasets.filter(({ name }: { name: string }) => !name.startsWith('modelgraph://models/'));
    expect(versions(found)).toEqual(expected.datasets);
    const runs = (graph: Json) => graph.runs.map(({ inputs, ...run }: Json) => run);
    expect(runs(found)).toEqual(runs(expected));
  });

  it('changes nothing where it comes from', async () => {
    await makeGraph();
    const before = await graphOf(source);
    await sendAll(source.url, await openLineageOf(source));
    expect(await graphOf(source)).toEqual(before);
  });

  it('has all that its events told, facets that nobody here knows too', async () => {
    await fc.assert(
      fc.asyncProperty(anyRunEvents(RUNS), anyStaticEvents, async (runs, statics) => {
        const [from, to] = [await startRegistry(), await startRegistry()];
        try {
          await sendAll(from.url, [...runs, ...statics]);
          const events = await openLineageOf(from);
          const answer = await post(to.url, events, { isBatch: true });
          expect(answer.body).toMatchObject({ status: 'success', summary: { failed: 0 } });
          expect(await graphOf(to)).toEqual(await graphOf(from));
          const custom = (list: readonly Json[]) => list.some((event) => event.run?.facets.acme_custom !== undefined);
          expect(custom(events)).toBe(custom(runs));
        } finally {
          await from.stop();
          await to.stop();
        }
      }),
      { numRuns: 4, endOnFailure: true },
    );
  }, 120_000);

  it('can be of one experiment, of a model, or of what hangs together with one thing', async () => {
    const { raw, other, first } = await makeGraph();
    const runsOf = async (selection: ExportSelection) => [
      ...new Set((await openLineageOf(source, selection)).flatMap(({ run }) => run?.facets.modelgraph_run.name ?? [])),
    ];
    expect(await runsOf({ experiment: 'own' })).toEqual(['sweep', 'try 1', 'local']);
    expect(await runsOf({ experiment: 'empty' })).toEqual([]);
    expect(await runsOf({ model: 'churn' })).toEqual(['try 1', 'local']);
    expect(await runsOf({ of: raw })).toEqual(['try 1', 'local']);
    expect(await runsOf({ of: first })).toEqual(['try 1', 'local']);
    expect(await openLineageOf(source, { of: other })).toEqual([
      expect.objectContaining({ dataset: { namespace: 'modelgraph', name: 'unused', facets: expect.anything() } }),
    ]);
    for (const selection of [{ experiment: 'no' }, { model: 'no' }]) {
      await expect(openLineageOf(source, selection)).rejects.toThrow('named "no"');
    }
    await expect(openLineageOf(source, { of: 'no' })).rejects.toThrow('is not an id');
    await expect(openLineageOf(source, { model: 'churn', of: raw })).rejects.toThrow('not several');
  });

  it('leaves out what was deleted', async () => {
    const { local } = await makeGraph();
    await mutate(source, 'deleteVersion', { version: { uri: 'models:/churn/2' } }, 'deletedId');
    await mutate(source, 'deleteRun', { run: local }, 'deletedId');
    const text = JSON.stringify(await openLineageOf(source));
    expect(text).toContain('try 1');
    expect(text).not.toContain('"local"');
    expect(text).not.toContain('"datasetVersion":"2"');
  });

  it('is a PROV document of what was used, made and derived, and by whom', async () => {
    const { raw, clean, run, local, first, second } = await makeGraph();
    const prov = await provOf(source);
    const id = (one: string) => `modelgraph:${one}`;
    const pairs = (section: string, from: string, to: string) =>
      Object.values<Json>(prov[section]).map((relation) => [relation[`prov:${from}`], relation[`prov:${to}`]]);
    expect(prov.prefix).toEqual({ modelgraph: 'urn:modelgraph:' });
    expect(Object.keys(prov.entity)).toHaveLength(5);
    expect(prov.entity[id(clean)]).toMatchObject({ 'modelgraph:name': 'iris', 'modelgraph:digest': 'd1' });
    expect(prov.activity[id(run)]).toMatchObject({
      'prov:startTime': '2026-05-01T00:00:01.000Z',
      'modelgraph:status': 'FAILED',
    });
    expect(pairs('used', 'activity', 'entity')).toEqual([
      [id(run), id(clean)],
      [id(local), id(first)],
    ]);
    expect(pairs('wasGeneratedBy', 'entity', 'activity')).toEqual([
      [id(first), id(run)],
      [id(second), id(local)],
    ]);
    expect(pairs('wasDerivedFrom', 'generatedEntity', 'usedEntity')).toEqual([[id(clean), id(raw)]]);
    const [agent] = Object.keys(prov.agent);
    expect(prov.agent).toEqual({ [String(agent)]: { 'prov:label': 'anonymous' } });
    expect(pairs('wasAssociatedWith', 'activity', 'agent')).toContainEqual([id(run), agent]);
  });

  it('of an empty registry is empty', async () => {
    expect(await openLineageOf(source)).toEqual([]);
    expect(await provOf(source)).toMatchObject({ entity: {}, activity: {}, used: {} });
  });
});
