// Lineage as OpenLineage events (2-0-2), one a line: sent to a registry that is empty, they make the same graph there.
//
// A run is its START, an event of its end, and between them others at the times at which it used or made something. Datasets
// that no run touched, and what was derived without a run, are told of by events about datasets; an experiment without runs
// by an event about its job. Versions of models are datasets in a namespace of their own.

import { DatasetState, describeFacets } from '../openlineage/dataset-state.ts';
import type { EventKind } from '../openlineage/event.types.ts';
import type { JsonObject } from '../openlineage/json-reader.ts';
import { joinName, MODEL_NAMESPACE, splitName } from '../openlineage/names.ts';
import { RunState } from '../openlineage/run-state.ts';
import { toUuid } from '../openlineage/values.ts';
import { UNVERSIONED } from '../openlineage/versions.ts';
import type { ExportQueries } from './export.queries.ts';
import type {
  ExportedDataset,
  ExportedDerivation,
  ExportedRun,
  ExportedThing,
  ExportScope,
  Linked,
} from './export.types.ts';

const PRODUCER = 'urn:modelgraph';
const SPECIFICATION = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs';
const FACETS = 'https://openlineage.io/spec/facets';

const END_OF: Readonly<Partial<Record<ExportedRun['status'], EventKind>>> = {
  FINISHED: 'COMPLETE',
  FAILED: 'FAIL',
  KILLED: 'ABORT',
};

type Event = Readonly<Record<string, unknown>>;

/** Each line with its end. */
export async function* openLineageLines(queries: ExportQueries, scope: ExportScope): AsyncGenerator<string> {
  for await (const event of events(queries, scope)) yield `${JSON.stringify(event)}\n`;
}

async function* events(queries: ExportQueries, scope: ExportScope): AsyncGenerator<Event> {
  if (scope === 'ALL') {
    for await (const { name, createdAt } of queries.experimentsWithoutRuns()) {
      yield { ...base('JobEvent', createdAt), job: { ...splitName(name), facets: {} }, inputs: [], outputs: [] };
    }
  }
  for await (const run of queries.runs(scope)) yield* runEvents(run);
  for await (const dataset of queries.datasets(scope)) yield* datasetEvents(dataset);
  for await (const version of queries.versions(scope)) if (version.origins.length > 0) yield* datasetEvents(version);
}

function* runEvents(run: ExportedRun): Generator<Event> {
  const { startedAt, endedAt, status, inputs, outputs } = run;
  const { runFacets, jobFacets, ofUse } = facetsOf(run);
  const event = (eventType: EventKind, at: number, linksIn: readonly Linked[], linksOut: readonly Linked[]): Event => ({
    ...base('RunEvent', at),
    eventType,
    run: { runId: toUuid(run.runId), facets: runFacets },
    job: { ...splitName(run.experimentName), facets: jobFacets },
    inputs: linksIn.map(({ thing }) => ({ ...datasetOf(thing), inputFacets: ofUse('input', thing) })),
    outputs: linksOut.map(({ thing }) => ({ ...datasetOf(thing), outputFacets: ofUse('output', thing) })),
  });
  const by = (at: number, links: readonly Linked[]) => links.filter(({ since }) => since <= at);
  const end = END_OF[status];
  const endAt = endedAt ?? startedAt;
  yield event(status === 'SCHEDULED' ? 'OTHER' : 'START', startedAt, by(startedAt, inputs), by(startedAt, outputs));
  const told = end ? [startedAt, endAt] : [startedAt];
  const others = new Set([...inputs, ...outputs].map(({ since }) => since).filter((since) => !told.includes(since)));
  for (const at of [...others].sort((a, b) => a - b)) {
    const then = (links: readonly Linked[]) => links.filter(({ since }) => since === at);
    // A run of which nothing else is known starts with its first event.
    const shownAt = status === 'SCHEDULED' ? Math.max(at, startedAt) : at;
    yield event('OTHER', shownAt, then(inputs), then(outputs));
  }
  if (end) yield event(end, endAt, by(endAt, inputs), by(endAt, outputs));
}

/** What events said of the run before, and what is known of it here. */
function facetsOf(run: ExportedRun) {
  const { facets } = RunState.from(run.said);
  const { gitRepository, gitCommit, entryPoint, notebook, description, tags, parent } = run;
  const own = { name: run.name, ...present({ gitCommit, entryPoint, notebook }) };
  const runFacets: Record<string, JsonObject> = {
    ...facets.run,
    modelgraph_run: facet('urn:modelgraph:facets:run', own),
  };
  const jobFacets: Record<string, JsonObject> = { ...facets.job };
  if (parent) {
    const job = splitName(parent.experimentName);
    runFacets.parent = standardFacet('1-2-0/ParentRunFacet', { run: { runId: toUuid(parent.runId) }, job });
  }
  if (tags.length > 0) runFacets.tags = standardFacet('1-0-0/TagsRunFacet', { tags });
  if (gitRepository !== null && !jobFacets.sourceCodeLocation) {
    const location = present({ path: entryPoint, version: gitCommit });
    jobFacets.sourceCodeLocation = standardFacet('1-1-0/SourceCodeLocationJobFacet', {
      type: 'git',
      url: gitRepository,
      repoUrl: gitRepository,
      ...location,
    });
  }
  if (description !== null) {
    jobFacets.documentation = standardFacet('1-1-0/DocumentationJobFacet', { description });
  }
  const ofUse = (direction: 'input' | 'output', thing: ExportedThing) => {
    const { namespace, name, version } = identityOf(thing);
    return facets.ofUse(direction, joinName({ namespace, name }), version ?? UNVERSIONED);
  };
  return { runFacets, jobFacets, ofUse };
}

function* datasetEvents({ thing, origins, hasRuns }: ExportedDerivation): Generator<Event> {
  if (origins.length === 0) {
    if (!hasRuns) yield { ...base('DatasetEvent', thing.createdAt), dataset: datasetOf(thing) };
    return;
  }
  for (const [at, group] of Map.groupBy(origins, ({ since }) => since)) {
    const named = group.map(({ thing: origin }) => identityOf(origin));
    const inputs = named.map(({ namespace, name }) => ({ namespace, name, type: 'DATASET' }));
    const derivedFrom = named.map(({ version, ...name }) => ({ ...name, version: version ?? '' }));
    const { facets, ...identity } = datasetOf(thing);
    const derivation = {
      lineage: standardFacet('1-0-0/LineageFacet', { inputs }, 'LineageDatasetFacet'),
      modelgraph_derivation: facet('urn:modelgraph:facets:derivation', { derivedFrom }),
    };
    yield { ...base('DatasetEvent', at), dataset: { ...identity, facets: { ...facets, ...derivation } } };
  }
}

function datasetOf(thing: ExportedThing) {
  const { namespace, name, version } = identityOf(thing);
  const versionFacet = version && {
    version: standardFacet('1-0-1/DatasetVersionDatasetFacet', { datasetVersion: version }),
  };
  return { namespace, name, facets: { ...(thing.kind === 'DATASET' && describingFacets(thing)), ...versionFacet } };
}

/** What events said of the dataset; where they do not say all that is known here, a facet of our own does. */
function describingFacets(dataset: ExportedDataset): Readonly<Record<string, JsonObject>> {
  const { sourceType, source, schemaText, profile } = dataset;
  const { facets } = DatasetState.from(dataset.said);
  const described = describeFacets(dataset.name, facets);
  const isTold =
    described.sourceType === sourceType &&
    described.source === source &&
    described.schemaText === schemaText &&
    described.profile === profile;
  if (isTold) return facets;
  const own = present({ sourceType, source, schema: schemaText, profile });
  return { ...facets, modelgraph_dataset: facet('urn:modelgraph:facets:dataset', own) };
}

function identityOf(thing: ExportedThing): { namespace: string; name: string; version: string | null } {
  if (thing.kind === 'MODEL_VERSION') {
    return { namespace: MODEL_NAMESPACE, name: thing.modelName, version: String(thing.number) };
  }
  return { ...splitName(thing.name), version: thing.digest === UNVERSIONED ? null : thing.digest };
}

function base(type: string, at: number) {
  return { eventTime: new Date(at).toISOString(), producer: PRODUCER, schemaURL: `${SPECIFICATION}/${type}` };
}

/** @param path the version and name of the specification */
function standardFacet(path: string, values: JsonObject, name = path.split('/')[1]): JsonObject {
  return facet(`${FACETS}/${path}.json#/$defs/${name}`, values);
}

function facet(schemaUrl: string, values: JsonObject): JsonObject {
  return { _producer: PRODUCER, _schemaURL: schemaUrl, ...values };
}

/** Without what is null. */
function present(values: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null));
}
