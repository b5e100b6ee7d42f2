// What the graph holds, read through GraphQL page by page, in the shape of an expected.json.

import type { TestRegistry } from '../../support/registry.ts';
import {
  countsOf,
  type ExpectedModel,
  type ExpectedNumber,
  type ExpectedPoint,
  type ExpectedRun,
  type StoreContents,
} from './store-contents.ts';

/** Small, so that several pages are read. */
const PAGE = 7;
const POINTS_PER_PAGE = 25;

interface Entry {
  readonly key: string;
  readonly value: string;
}

interface Point {
  readonly value: number | null;
  readonly special: keyof typeof SPECIAL | null;
  readonly step: number;
  readonly at: string;
}

const SPECIAL = { NAN: 'NaN', POSITIVE_INFINITY: 'Infinity', NEGATIVE_INFINITY: '-Infinity' } as const;
const POINT = 'value special step at';

// biome-ignore lint/suspicious/noExplicitAny: nodes of an arbitrary query; what is read of them is asserted
type Node = any;

/** The part that is not deleted; checks that every list says how long it is. */
export async function graphContents(registry: TestRegistry): Promise<StoreContents> {
  const experiments = await nodesOf(registry, 'experiments', 'id name tags { key value }');
  const runs: ExpectedRun[] = [];
  const runFields = `id runId name status startedAt endedAt description experiment { name } parent { runId }
    params { key value } tags { key value } inputs { dataset { name digest } context } metrics { key count ${POINT} }`;
  for (const run of await nodesOf(registry, 'runs', runFields)) runs.push(await expectedRun(registry, run));
  const models: ExpectedModel[] = [];
  const modelFields = 'id name description tags { key value } aliases { alias version { number } }';
  for (const model of await nodesOf(registry, 'models', modelFields)) {
    const versionFields = `number stage status run { runId } source description tags { key value }`;
    const versions = await nodesOf(
      registry,
      'modelVersions',
      versionFields,
      `filter: {model: {eq: ${text(model.name)}}},`,
    );
    models.push({
      name: model.name,
      description: model.description,
      tags: byKey(model.tags),
      aliases: Object.fromEntries(model.aliases.map((one: Node) => [one.alias, one.version.number])),
      versions: versions.map((version) => ({
        ...version,
        run: version.run?.runId ?? null,
        tags: byKey(version.tags),
      })),
    });
  }
  const contents = {
    experiments: experiments.map(({ id, name, tags }) => ({ id, name, tags: byKey(tags) })),
    runs,
    models,
  };
  return { ...contents, counts: countsOf(contents) };
}

/** All nodes of a list of the root, page by page. */
export async function nodesOf(registry: TestRegistry, list: string, fields: string, args = ''): Promise<Node[]> {
  const nodes: Node[] = [];
  let after: string | null = null;
  for (;;) {
    const { [list]: page }: { [list: string]: Node } = await registry.ask(
      `query($after: String) { ${list}(${args} first: ${PAGE}, after: $after) {
        nodes { ${fields} } totalCount pageInfo { hasNextPage endCursor } } }`,
      { after },
    );
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) {
      if (nodes.length !== page.totalCount) throw new Error(`${list} has ${nodes.length} nodes of ${page.totalCount}.`);
      return nodes;
    }
    after = page.pageInfo.endCursor;
  }
}

async function expectedRun(registry: TestRegistry, run: Node): Promise<ExpectedRun> {
  const history: Record<string, ExpectedPoint[]> = {};
  for (const metric of run.metrics) {
    const points = await historyOf(registry, run.id, metric.key);
    if (points.length !== metric.count)
      throw new Error(`${metric.key} has ${points.length} points of ${metric.count}.`);
    history[metric.key] = points;
  }
  return {
    id: run.runId,
    experiment: run.experiment.name,
    name: run.name,
    status: run.status,
    startedAt: Date.parse(run.startedAt),
    endedAt: run.endedAt === null ? null : Date.parse(run.endedAt),
    parent: run.parent?.runId ?? null,
    note: run.description,
    params: byKey(run.params),
    tags: byKey(run.tags.filter((tag: Entry) => !tag.key.startsWith('mlflow.'))),
    inputs: run.inputs.map(({ dataset, context }: Node) => [dataset.name, dataset.digest, context] as const),
    latest: Object.fromEntries(run.metrics.map((metric: Point & { key: string }) => [metric.key, numberOf(metric)])),
    history,
  };
}

async function historyOf(registry: TestRegistry, run: string, key: string): Promise<ExpectedPoint[]> {
  const points: ExpectedPoint[] = [];
  let after: string | null = null;
  for (;;) {
    const { run: found }: Node = await registry.ask(
      `query($run: ID!, $key: String!, $after: String) { run(by: {id: $run}) { metrics(keys: [$key]) {
        history(first: ${POINTS_PER_PAGE}, after: $after) { nodes { ${POINT} } pageInfo { hasNextPage endCursor } } } } }`,
      { run, key, after },
    );
    const { nodes, pageInfo } = found.metrics[0].history;
    for (const point of nodes) points.push([point.step, Date.parse(point.at), numberOf(point)]);
    if (!pageInfo.hasNextPage) return points;
    after = pageInfo.endCursor;
  }
}

function numberOf({ value, special }: Point): ExpectedNumber {
  return special === null ? (value as number) : SPECIAL[special];
}

function byKey(entries: readonly Entry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

function text(value: string): string {
  return JSON.stringify(value);
}
