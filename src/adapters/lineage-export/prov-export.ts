// Lineage as W3C PROV-JSON: datasets and versions are entities, runs activities, actors agents.
// https://www.w3.org/submissions/prov-json/

import { globalId } from '../../core/ids.ts';
import type { ExportQueries } from './export.queries.ts';
import type { ExportedDerivation, ExportedRun, ExportedThing, ExportScope } from './export.types.ts';

const NAMESPACE = 'urn:modelgraph:';

type Record_ = readonly [id: string, attributes: Readonly<Record<string, unknown>>];
type Section = readonly [name: string, records: AsyncIterable<Record_>];

/** The document in pieces, section by section: each reads the lineage anew, and none of them is held in memory. */
export async function* provChunks(queries: ExportQueries, scope: ExportScope): AsyncGenerator<string> {
  yield `{\n"prefix": ${JSON.stringify({ modelgraph: NAMESPACE })}`;
  for (const [name, records] of sections(queries, scope)) {
    yield `,\n${JSON.stringify(name)}: {`;
    let separator = '\n';
    for await (const [id, attributes] of records) {
      yield `${separator}${JSON.stringify(id)}: ${JSON.stringify(attributes)}`;
      separator = ',\n';
    }
    yield '\n}';
  }
  yield '\n}\n';
}

function sections(queries: ExportQueries, scope: ExportScope): Section[] {
  const runs = () => queries.runs(scope);
  const things = () => thingsOf(queries, scope);
  return [
    ['entity', each(things(), ({ thing }) => [entityOf(thing)])],
    ['activity', each(runs(), (run) => [activityOf(run)])],
    ['agent', agents(runs())],
    ['used', each(runs(), usedBy)],
    ['wasGeneratedBy', each(runs(), generatedBy)],
    ['wasDerivedFrom', each(things(), derivedFrom)],
    ['wasAssociatedWith', each(runs(), (run) => [associationOf(run)])],
  ];
}

async function* thingsOf(queries: ExportQueries, scope: ExportScope): AsyncGenerator<ExportedDerivation> {
  yield* queries.datasets(scope);
  yield* queries.versions(scope);
}

async function* each<T>(items: AsyncIterable<T>, records: (item: T) => Iterable<Record_>): AsyncGenerator<Record_> {
  for await (const item of items) yield* records(item);
}

/** Each actor once: their names are all that is kept in memory. */
async function* agents(runs: AsyncIterable<ExportedRun>): AsyncGenerator<Record_> {
  const known = new Set<string>();
  for await (const { createdByName } of runs) {
    if (known.has(createdByName)) continue;
    known.add(createdByName);
    yield [agentId(createdByName), { 'prov:label': createdByName }];
  }
}

function entityOf(thing: ExportedThing): Record_ {
  if (thing.kind === 'MODEL_VERSION') {
    const { modelName, number } = thing;
    const attributes = { 'modelgraph:model': modelName, 'modelgraph:number': number };
    return [
      thingId(thing),
      { 'prov:label': `${modelName} ${number}`, 'prov:type': typeOf('ModelVersion'), ...attributes },
    ];
  }
  const { name, digest, source } = thing;
  const attributes = {
    'modelgraph:name': name,
    'modelgraph:digest': digest,
    ...(source && { 'modelgraph:source': source }),
  };
  return [thingId(thing), { 'prov:label': name, 'prov:type': typeOf('Dataset'), ...attributes }];
}

function activityOf(run: ExportedRun): Record_ {
  const { name, startedAt, endedAt, runId, status, experimentName, gitCommit, gitRepository, entryPoint, parent } = run;
  const known = {
    'modelgraph:gitCommit': gitCommit,
    'modelgraph:gitRepository': gitRepository,
    'modelgraph:entryPoint': entryPoint,
    'modelgraph:parentRunId': parent?.runId ?? null,
  };
  return [
    runIdOf(run),
    {
      'prov:startTime': timeOf(startedAt),
      ...(endedAt !== null && { 'prov:endTime': timeOf(endedAt) }),
      'prov:label': name,
      'prov:type': typeOf('Run'),
      'modelgraph:runId': runId,
      'modelgraph:status': status,
      'modelgraph:experiment': experimentName,
      ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null)),
    },
  ];
}

function usedBy(run: ExportedRun): Record_[] {
  return run.inputs.map(({ thing, since }) => [
    `_:used-${thing.kind === 'DATASET' ? 'd' : 'v'}${thing.pk}-${run.pk}`,
    { 'prov:activity': runIdOf(run), 'prov:entity': thingId(thing), 'prov:time': timeOf(since) },
  ]);
}

function generatedBy(run: ExportedRun): Record_[] {
  return run.outputs.map(({ thing, since }) => [
    `_:generated-${run.pk}-${thing.kind === 'DATASET' ? 'd' : 'v'}${thing.pk}`,
    { 'prov:entity': thingId(thing), 'prov:activity': runIdOf(run), 'prov:time': timeOf(since) },
  ]);
}

function derivedFrom({ thing, origins }: ExportedDerivation): Record_[] {
  return origins.map(({ thing: origin }) => [
    `_:derived-${thing.kind === 'DATASET' ? 'd' : 'v'}${origin.pk}-${thing.pk}`,
    { 'prov:generatedEntity': thingId(thing), 'prov:usedEntity': thingId(origin) },
  ]);
}

function associationOf(run: ExportedRun): Record_ {
  return [`_:associated-${run.pk}`, { 'prov:activity': runIdOf(run), 'prov:agent': agentId(run.createdByName) }];
}

function thingId(thing: ExportedThing): string {
  return `modelgraph:${globalId(thing.kind === 'DATASET' ? 'Dataset' : 'ModelVersion', thing.pk)}`;
}

function runIdOf({ pk }: ExportedRun): string {
  return `modelgraph:${globalId('Run', pk)}`;
}

function agentId(name: string): string {
  return `modelgraph:actor-${Buffer.from(name, 'utf8').toString('base64url')}`;
}

function typeOf(name: string) {
  return { $: `modelgraph:${name}`, type: 'prov:QUALIFIED_NAME' };
}

function timeOf(instant: number): string {
  return new Date(instant).toISOString();
}
