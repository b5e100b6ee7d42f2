// Checks an event against the OpenLineage specification 2-0-2, and against what can be stored here.

import { digestOf } from '../../core/canonical.ts';
import { Invalid } from '../../core/errors.ts';
import { checkName, type TextKind } from '../../core/text.ts';
import { DATASET_FACETS, type FacetChecks, JOB_FACETS, RUN_FACETS } from './check-facets.ts';
import { originsOf } from './dataset-state.ts';
import { EVENT_TYPES, type EventKind, type Facets, type LineageEvent, type ObservedDataset } from './event.types.ts';
import { isDeeperThan, type JsonObject, JsonReader, type Problem } from './json-reader.ts';
import { joinName, type QualifiedName } from './names.ts';
import { readRunId, readTime } from './values.ts';
import { UNVERSIONED } from './versions.ts';

/** Real events are at most about ten levels deep. */
const DEEPEST = 100;
const MOST_DATASETS = 2_000;
/** What a job event makes of its inputs and outputs. */
const MOST_DERIVATIONS = 10_000;
const NO_FACETS: FacetChecks = {};

/** An event that is not as it should be. Its details list the problems. */
export class InvalidEvent extends Invalid {
  constructor(readonly problems: readonly Problem[]) {
    const shown = problems.map(({ pointer, message }) => `${pointer || 'the event'} ${message}`);
    super('', `This is no OpenLineage event: ${shown.join('; ')}.`, { problems });
  }
}

/** @throws InvalidEvent */
export function checkEvent(value: unknown): LineageEvent {
  const reader = new JsonReader(value);
  if (isDeeperThan(DEEPEST, value)) {
    throw new InvalidEvent([{ pointer: '', message: `is nested more than ${DEEPEST} levels deep` }]);
  }
  const event = reader.object() ? readEvent(reader) : undefined;
  if (!event || reader.found.length > 0) throw new InvalidEvent(reader.found);
  return event;
}

function readEvent(reader: JsonReader): LineageEvent | undefined {
  const at = readTime(reader.at('eventTime'));
  reader.at('producer').text();
  reader.at('schemaURL').text();
  const digest = digestOf(reader.value);
  if (reader.at('run').isGiven) return { kind: 'run', at, digest, ...readRun(reader) };
  if (reader.at('dataset').isGiven) {
    return { kind: 'dataset', at, digest, dataset: readDataset(reader.at('dataset'), 'facets') };
  }
  if (reader.at('job').isGiven) return { kind: 'job', at, digest, ...readJobEvent(reader) };
  reader.report('has neither `run` and `job`, nor `job`, nor `dataset`: it is an event of nothing');
  return undefined;
}

function readRun(reader: JsonReader) {
  const run = reader.at('run');
  run.object();
  return {
    eventType: readEventType(reader.at('eventType')),
    runId: readRunId(run.at('runId')),
    runFacets: readFacets(run.at('facets'), RUN_FACETS),
    ...readJobAndDatasets(reader),
  };
}

function readJobEvent(reader: JsonReader) {
  const event = readJobAndDatasets(reader);
  const derivations = event.inputs.length * event.outputs.length;
  if (derivations > MOST_DERIVATIONS) {
    reader.report(`derives ${derivations} outputs from inputs; at most ${MOST_DERIVATIONS} are allowed`);
  }
  return event;
}

function readJobAndDatasets(reader: JsonReader) {
  const job = reader.at('job');
  job.object();
  const name = readName(job);
  checkStorable(job, joinName(name), 'experimentName');
  return {
    job: { ...name, facets: readFacets(job.at('facets'), JOB_FACETS) },
    inputs: readDatasets(reader.at('inputs'), 'inputFacets'),
    outputs: readDatasets(reader.at('outputs'), 'outputFacets'),
  };
}

function readEventType(reader: JsonReader): EventKind {
  const text = reader.optionalText() ?? 'OTHER';
  const eventType = EVENT_TYPES.find((one) => one === text);
  if (!eventType) reader.report(`must be one of ${EVENT_TYPES.join(', ')}`);
  return eventType ?? 'OTHER';
}

function readDatasets(reader: JsonReader, useFacets: string): ObservedDataset[] {
  const items = reader.items();
  if (items.length > MOST_DATASETS) {
    reader.report(`has ${items.length} datasets; at most ${MOST_DATASETS} are allowed`);
    return [];
  }
  return items.map((item) => readDataset(item, useFacets));
}

/** @param useFacets the property with what is said of it as an input or output */
function readDataset(reader: JsonReader, useFacets: string): ObservedDataset {
  reader.object();
  const name = readName(reader);
  const joinedName = joinName(name);
  checkStorable(reader, joinedName, 'datasetName');
  const facets = readFacets(reader.at('facets'), DATASET_FACETS);
  const digest = versionOf(facets) ?? UNVERSIONED;
  checkStorable(reader.at('facets').at('version').at('datasetVersion'), digest, 'datasetDigest');
  checkOrigins(reader.at('facets'), facets);
  return {
    ...name,
    joinedName,
    digest,
    facets,
    useFacets: useFacets === 'facets' ? {} : readFacets(reader.at(useFacets), NO_FACETS),
  };
}

/** Origins are datasets too, which are recorded where they are not there yet. */
function checkOrigins(reader: JsonReader, facets: Facets): void {
  const origins = originsOf(facets);
  if (origins.length > MOST_DATASETS) {
    reader.report(`names ${origins.length} origins; at most ${MOST_DATASETS} are allowed`);
    return;
  }
  for (const { namespace, name, version } of origins) {
    if (typeof namespace !== 'string' || typeof name !== 'string') continue;
    checkStorable(reader, joinName({ namespace, name }), 'datasetName');
    if (typeof version === 'string' && version !== '') checkStorable(reader, version, 'datasetDigest');
  }
}

function versionOf({ version }: Facets): string | null {
  const text = version?.datasetVersion;
  return typeof text === 'string' && text !== '' && version?._deleted !== true ? text : null;
}

function readName(reader: JsonReader): QualifiedName {
  const part = (key: string): string => {
    const text = reader.at(key).text();
    if (reader.at(key).value === '') reader.at(key).report('is empty');
    return text;
  };
  return { namespace: part('namespace'), name: part('name') };
}

function readFacets(reader: JsonReader, checks: FacetChecks): Facets {
  const facets: [string, JsonObject][] = [];
  for (const [name, facet] of reader.entries()) {
    const object = facet.object();
    if (!object) continue;
    facet.at('_producer').text();
    facet.at('_schemaURL').text();
    // A facet that is taken back says nothing else.
    if (object._deleted !== true && Object.hasOwn(checks, name)) checks[name]?.(facet);
    facets.push([name, object]);
  }
  return Object.fromEntries(facets);
}

/** Reports a name that could not be stored. */
function checkStorable(reader: JsonReader, text: string, kind: TextKind): void {
  try {
    checkName(text, 'The name', kind);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    reader.report(`cannot be stored: ${error.message}`);
  }
}
