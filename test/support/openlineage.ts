// Events as OpenLineage clients send them, and what became of them in the graph.

import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { sql } from '../../src/database/sql.ts';
import { idOf } from '../../src/features/lineage/lineage.nodes.ts';
import { FOREVER } from '../../src/features/tags/tag.service.ts';
import type { TestRegistry } from './registry.ts';

const PRODUCER = 'https://example.org/pipeline';

type Json = Record<string, unknown>;

export interface DatasetSpec {
  readonly name: string;
  readonly namespace?: string;
  readonly version?: string;
  readonly facets?: Json;
  readonly inputFacets?: Json;
  readonly outputFacets?: Json;
}

export interface RunEventSpec {
  readonly runId?: string;
  readonly type?: string | null;
  /** ISO 8601. */
  readonly at?: string;
  readonly job?: string;
  readonly namespace?: string;
  readonly parent?: { readonly runId: string; readonly job?: string };
  readonly inputs?: readonly DatasetSpec[];
  readonly outputs?: readonly DatasetSpec[];
  readonly runFacets?: Json;
  readonly jobFacets?: Json;
}

/** A facet with what every facet has. */
export function facet(name: string, values: Json): Json {
  return { _producer: PRODUCER, _schemaURL: `https://openlineage.io/spec/facets/1-0-0/${name}.json`, ...values };
}

export function datasetOf({ name, namespace = 's3://lake', version, facets = {}, ...rest }: DatasetSpec): Json {
  const versioned = version && { version: facet('DatasetVersionDatasetFacet', { datasetVersion: version }) };
  return { namespace, name, facets: { ...versioned, ...facets }, ...rest };
}

export function runEvent(spec: RunEventSpec = {}): Json {
  const { runId = randomUUID(), type = 'START', at = '2026-05-01T12:00:00.000Z', job = 'train' } = spec;
  const { namespace = 'nightly', parent, inputs = [], outputs = [], runFacets = {}, jobFacets = {} } = spec;
  const parentFacet = parent && {
    parent: facet('ParentRunFacet', { run: { runId: parent.runId }, job: { namespace, name: parent.job ?? 'dag' } }),
  };
  return {
    ...(type && { eventType: type }),
    eventTime: at,
    producer: PRODUCER,
    schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
    run: { runId, facets: { ...parentFacet, ...runFacets } },
    job: { namespace, name: job, facets: jobFacets },
    inputs: inputs.map(datasetOf),
    outputs: outputs.map(datasetOf),
  };
}

/** An event about a dataset alone, or about a job without a run. */
export function staticEvent(about: Json, at = '2026-05-01T12:00:00.000Z'): Json {
  return {
    eventTime: at,
    producer: PRODUCER,
    schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent',
    ...about,
  };
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: compared with what it should be
  readonly body: any;
}

export interface PostOptions {
  readonly isBatch?: boolean;
  readonly isGzip?: boolean;
  readonly headers?: Record<string, string>;
}

/** Sends an event, a list of them, or a text as it is. */
export async function post(url: string, event: unknown, options: PostOptions = {}): Promise<Answer> {
  const { isBatch = false, isGzip = false, headers = {} } = options;
  const text = typeof event === 'string' || event instanceof Uint8Array ? event : JSON.stringify(event);
  const response = await fetch(`${url}/api/v1/lineage${isBatch ? '/batch' : ''}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(isGzip && { 'content-encoding': 'gzip' }), ...headers },
    body: isGzip ? gzipSync(text) : text,
  });
  const body = await response.text();
  return { status: response.status, body: body === '' ? null : JSON.parse(body) };
}

/** Sends events one after the other; each has to be taken in. */
export async function sendAll(url: string, events: readonly unknown[]): Promise<void> {
  for (const event of events) {
    const { status, body } = await post(url, event);
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  }
}

const LISTS = {
  experiments: 'name',
  runs: `id runId name description status startedAt endedAt experiment { name } parent { runId }
    source { gitCommit gitRepository entryPoint notebook } tags { key value }
    inputs { context dataset { name digest } version { number } }`,
  datasets: 'id name digest schema source sourceType profile',
  models: 'name versions(first: 500) { nodes { id number } }',
};

/** All of a list, page by page. */
// biome-ignore lint/suspicious/noExplicitAny: what was selected
async function allOf(registry: TestRegistry, list: keyof typeof LISTS): Promise<any[]> {
  const nodes: unknown[] = [];
  for (let after: string | null = null; ; ) {
    const page: { nodes: unknown[]; pageInfo: { hasNextPage: boolean; endCursor: string } } = (
      await registry.ask(
        `query($after: String) { ${list}(first: 500, after: $after) { nodes { ${LISTS[list]} } pageInfo { hasNextPage endCursor } } }`,
        { after },
      )
    )[list];
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return nodes;
    after = page.pageInfo.endCursor;
  }
}

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** The same events, each at a time of its own: which of two at one time counts, their digests decide. */
export function atDistinctTimes(events: readonly Json[]): Json[] {
  return events.map((event, place) => ({
    ...event,
    eventTime: new Date(Date.parse(String(event.eventTime)) + place).toISOString(),
  }));
}

/** Events as they would be in another world: none of their names and ids is in any other. */
export function inWorld<T>(events: readonly T[], world: number): T[] {
  const mark = markOf(world);
  const text = JSON.stringify(events).replaceAll('nightly', `nightly-${mark}`).replaceAll('//lake', `//lake-${mark}`);
  return JSON.parse(text.replaceAll(/"(\d)1111111-1111/g, `"$1${mark}-1111`)) as T[];
}

/** Seven hexadecimal digits that no name or id of another world has in it. */
function markOf(world: number): string {
  return `f${String(world).padStart(5, '0')}e`;
}

/** What {@link graphOf} says of one world, as if it were the only one. */
export async function graphOfWorld(registry: TestRegistry, world: number): Promise<Json> {
  const mark = markOf(world);
  const graph = await graphOf(registry);
  const own = Object.entries(graph).map(([kind, items]) => [
    kind,
    (items as unknown[]).map((item) => JSON.stringify(item)).filter((text) => text.includes(mark)),
  ]);
  return Object.fromEntries(
    own.map(([kind, texts]) => [kind, (texts as string[]).map((text) => text.replaceAll(mark, '*')).sort()]),
  );
}

/** All that lineage says, without ids and in an order of its own. */
export async function graphOf(registry: TestRegistry): Promise<Json> {
  const [experiments, runs, datasets, models] = [
    await allOf(registry, 'experiments'),
    await allOf(registry, 'runs'),
    await allOf(registry, 'datasets'),
    await allOf(registry, 'models'),
  ];
  const names = new Map<string, string>();
  for (const { id, ...run } of runs) names.set(id, `run ${run.runId}`);
  for (const { id, name, digest } of datasets) names.set(id, `dataset ${name} ${digest}`);
  for (const { name, versions } of models) {
    for (const { id, number } of versions.nodes) names.set(id, `version ${name} ${number}`);
  }
  const edges = await registry.app.db.read<{ fromNode: number; toNode: number; since: number }>(
    sql`SELECT e.fromNode AS fromNode, e.toNode AS toNode, e.since AS since FROM lineage_edges e WHERE e.until = ${FOREVER}`,
  );
  const nameOf = (node: number) => names.get(idOf(Number(node)));
  const withoutIds = (nodes: readonly Json[]) =>
    nodes
      .map(({ id, inputs, ...rest }) => ({ ...rest, inputs: (inputs as Json[] | undefined)?.sort(byText) }))
      .sort(byText);
  return {
    experiments: experiments.sort(byText),
    runs: withoutIds(runs),
    datasets: withoutIds(datasets),
    edges: edges
      .map(
        ({ fromNode, toNode, since }) =>
          `${nameOf(fromNode)} -> ${nameOf(toNode)} ${new Date(Number(since)).toISOString()}`,
      )
      .sort(),
  };
}
