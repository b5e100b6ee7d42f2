// Pipelines of DVC in the graph: every dependency, output, param and metric is found again, and hangs together.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';
import { rowsOf } from '../mlflow/import-store.ts';
import { importRepository } from './import-repository.ts';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/dvc');
const CNN = resolve(FIXTURES, 'cnn');
const PIPELINES = resolve(FIXTURES, 'pipelines');

const RUNS = `query ($experiment: String!) { experiment(by: {name: $experiment}) { runs(first: 100) { nodes {
  id name status description source { gitCommit gitRepository entryPoint } params { key value } tags { key value }
  metrics { key value step }
  inputs { dataset { name digest profile } }
  downstream(depth: 1) { nodes { depth kind node { id ... on Dataset { name digest profile } } } } } } } }`;

// biome-ignore lint/suspicious/noExplicitAny: the answer of a query; a test asserts what it reads
type Node = any;

interface LockEntry {
  readonly path: string;
  readonly md5: string;
  readonly size: number;
  readonly nfiles?: number;
}
interface Lock {
  readonly stages: Record<
    string,
    { cmd: string; deps: LockEntry[]; outs: LockEntry[]; params?: Record<string, Record<string, unknown>> }
  >;
}

describe('a repository that uses DVC', () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await startRegistry();
  });
  afterEach(() => registry.stop());

  const runsOf = async (experiment: string): Promise<Map<string, Node>> => {
    const answer = await registry.ask(RUNS, { experiment });
    return new Map(answer.experiment.runs.nodes.map((run: Node) => [run.name, run]));
  };
  const asDatasets = (repository: string, entries: readonly LockEntry[]) =>
    entries
      .map(({ path, md5, size, nfiles }) => ({
        name: `${repository}/${path}`,
        digest: `md5:${md5}`,
        profile: nfiles === undefined ? { size } : { size, nfiles },
      }))
      .sort(byName);
  const found = (datasets: readonly Node[]) =>
    datasets.map(({ name, digest, profile }) => ({ name, digest, profile: JSON.parse(profile) })).sort(byName);

  it('comes in with every dependency and output of its dvc.lock', async () => {
    const lock = parse(readFileSync(resolve(CNN, 'dvc.lock'), 'utf8')) as Lock;
    const report = await importRepository(registry, CNN);
    expect(report).toMatchObject({ unreadable: [], read: { experiments: 1, runs: 4, inputs: 12, outputs: 4 } });
    const runs = await runsOf('cnn');
    expect([...runs.keys()].sort()).toEqual(Object.keys(lock.stages).sort());
    for (const [name, stage] of Object.entries(lock.stages)) {
      const run = runs.get(name);
      expect(run).toMatchObject({ status: 'FINISHED', source: { entryPoint: stage.cmd, gitCommit: null } });
      expect(found(run.inputs.map((input: Node) => input.dataset))).toEqual(asDatasets('cnn', stage.deps));
      const made = run.downstream.nodes.filter(({ depth, kind }: Node) => depth === 1 && kind === 'DATASET');
      expect(found(made.map(({ node }: Node) => node))).toEqual(asDatasets('cnn', stage.outs));
      const params = Object.entries(stage.params?.['params.yaml'] ?? {}).map(([key, value]) => ({
        key,
        value: Array.isArray(value) ? `[${value.join(', ')}]` : String(value),
      }));
      expect(run.params).toEqual(params.sort((a, b) => (a.key < b.key ? -1 : 1)));
    }
  });

  it('is one pipeline: what the last stage wrote rests on all that came before', async () => {
    await importRepository(registry, CNN);
    const { datasets } = await registry.ask(
      '{ datasets(first: 100) { nodes { name upstream(depth: 100) { isComplete nodes { kind node { ... on Run { name } ... on Dataset { name } } } } } } }',
    );
    const scores = datasets.nodes.find((dataset: Node) => dataset.name === 'cnn/scores.json');
    expect(scores.upstream.isComplete).toBe(true);
    const runs = scores.upstream.nodes.filter(({ kind }: Node) => kind === 'RUN').map(({ node }: Node) => node.name);
    expect(runs.sort()).toEqual(['data_ingestion', 'evaluation', 'prepare_base_model', 'training']);
    expect(scores.upstream.nodes.filter(({ kind }: Node) => kind === 'DATASET')).toHaveLength(9);
  });

  it('changes nothing when it is imported again', async () => {
    await importRepository(registry, PIPELINES);
    const before = await rowsOf(registry);
    const report = await importRepository(registry, PIPELINES);
    expect(Object.values(report.imported).every((count) => count === 0)).toBe(true);
    expect(await rowsOf(registry)).toEqual(before);
  });

  it('tells the stages of foreach and matrix apart, reads wdir, and takes metrics from where they lie', async () => {
    const report = await importRepository(registry, PIPELINES, { experiment: 'pipelines of ours' });
    expect(report.unreadable).toEqual([]);
    const runs = await runsOf('pipelines of ours');
    expect([...runs.keys()].sort()).toEqual(['mat@a-1', 'mat@b-1', 'prep@uk', 'prep@us', 't']);
    expect(runs.get('mat@a-1').metrics).toEqual([
      { key: 'acc', value: 0.5, step: 0 },
      { key: 'deep.f1', value: 0.001, step: 0 },
    ]);
    expect(runs.get('mat@b-1').params).toEqual([
      { key: 'lr', value: '1e-05' },
      { key: 'train.epochs', value: '3' },
      { key: 'train.layers', value: '[1, 2]' },
    ]);
    const nested = runs.get('t');
    expect(nested.metrics).toEqual([{ key: 'acc', value: 0.9, step: 0 }]);
    expect(nested.inputs.map((input: Node) => input.dataset.name)).toEqual(['pipelines/data/us.csv']);
    expect(nested.source.entryPoint).toMatch(/^cat us\.csv\nmkdir -p d /);
    expect(nested.tags).toContainEqual({ key: 'dvc.file', value: 'sub/dvc.lock' });
  });

  it('leads from an imported file to where it came from', async () => {
    await importRepository(registry, PIPELINES);
    const { dataset } = await registry.ask(
      `{ dataset(by: {key: {name: "pipelines/data/ext.txt", digest: "md5:764efa883dda1e11db47671c4a3bbd9e"}}) {
        upstream(depth: 1) { edges { relation } nodes { depth node { ... on Dataset { name digest } } } } } }`,
    );
    expect(dataset.upstream.edges).toEqual([{ relation: 'DERIVED_FROM' }]);
    expect(dataset.upstream.nodes[1].node).toEqual({
      name: '/srv/shared/ext.txt',
      digest: 'md5:764efa883dda1e11db47671c4a3bbd9e',
    });
  });
});

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
