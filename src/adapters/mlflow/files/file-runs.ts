// The runs of a file store, and the points of one run.

import type { RawEntry } from '../../import/readable-entries.ts';
import type { ImportedPoint, ImportedRun, ImportedRunInput } from '../../import/records.ts';
import { keyProblem, MAX_ENTRIES } from '../../import/text.ts';
import { CONTEXT_TAG, contextOf, type DatasetRecords } from '../dataset-record.ts';
import { isRunId, runRecord } from '../run-record.ts';
import { type ExperimentFolder, runFoldersOf } from './file-experiments.ts';
import { reasonOf } from './folders.ts';
import { type MetaFields, mappingOf } from './meta-yaml.ts';
import { linesOf, parseMetricLine } from './metric-file.ts';
import { META, type StoreFolder } from './store-folder.ts';

const LEFT_OUT = 'the run is left out';

const KNOWN_ENTRIES: ReadonlySet<string> = new Set([
  META,
  'params',
  'tags',
  'metrics',
  'inputs',
  'outputs',
  'artifacts',
]);

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'run_id',
  'run_uuid',
  'experiment_id',
  'run_name',
  'name',
  'status',
  'start_time',
  'end_time',
  'deleted_time',
  'lifecycle_stage',
  'artifact_uri',
  'user_id',
  'source_type',
  'source_name',
  'source_version',
  'entry_point_name',
  'tags',
]);

export interface FileRun {
  readonly folder: string;
  readonly record: ImportedRun;
}

/**
 * Yields every run of an experiment that can be read.
 * @param seen the ids of all runs so far, since a folder may have been copied
 */
export function* readRuns(
  store: StoreFolder,
  { folder: parent, experiment }: ExperimentFolder,
  datasets: DatasetRecords,
  seen: Set<string>,
): Generator<FileRun> {
  for (const folder of runFoldersOf(store, parent)) {
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    const entries = store.entries(folder);
    if (!entries.files.includes(META) && !looksLikeRun(name, entries.folders)) {
      // The files of an experiment may lie in its own folder.
      if (entries.folders.length + entries.files.length > 0) store.report.addNotKept('otherFiles');
      continue;
    }
    const meta = store.meta(folder, LEFT_OUT);
    if (!meta) continue;
    const problem = identityProblem(meta, name, experiment.sourceId) ?? (seen.has(name) ? 'is there twice' : null);
    if (problem) {
      store.report.addUnreadable(`${folder}/${META}`, `${problem}; ${LEFT_OUT}`);
      continue;
    }
    const record = runRecord(
      {
        place: `${folder}/${META}`,
        runId: name,
        fields: { ...meta, run_name: meta.run_name ?? meta.name },
        params: store.rawEntries(`${folder}/params`),
        tags: tagsOf(store, folder, meta),
        inputs: readInputs(store, folder, `${parent}/datasets`, datasets),
        placeOf: (kind, key) => `${folder}/${kind}/${key}`,
      },
      experiment,
      store.report,
    );
    if (!record) continue;
    seen.add(name);
    store.countOtherFields(folder, meta, KNOWN_FIELDS);
    store.countOtherEntries(folder, entries, KNOWN_ENTRIES);
    store.report.addNotKept('modelOutputs', store.entries(`${folder}/outputs`).folders.length);
    if (entries.folders.includes('artifacts')) {
      const { folders, files } = store.entries(`${folder}/artifacts`);
      if (folders.length + files.length > 0) store.report.addNotKept('artifactFolders');
    }
    yield { folder, record };
  }
}

/** Yields the points of a run, file by file, in the order of their lines. */
export function* readPoints(store: StoreFolder, run: FileRun): Generator<ImportedPoint> {
  const parent = `${run.folder}/metrics`;
  const keys = store.keysBelow(parent);
  if (keys.length > MAX_ENTRIES) {
    const [given, most] = [keys.length.toLocaleString('en'), MAX_ENTRIES.toLocaleString('en')];
    store.report.addUnreadable(
      parent,
      `holds ${given} metrics; ${most} is the most, the last in order of key are left out`,
    );
  }
  for (const key of keys.slice(0, MAX_ENTRIES)) {
    const place = `${parent}/${key}`;
    const problem = keyProblem(key);
    if (problem) {
      store.report.addUnreadable(place, problem);
      continue;
    }
    try {
      for (const { number, text } of linesOf(store.path(place))) {
        const point = text === null ? { problem: 'is too long for a point' } : parseMetricLine(text);
        if ('problem' in point) {
          store.report.addUnreadable(`${place}:${number}`, point.problem);
          continue;
        }
        if (point.hasDataset) store.report.addNotKept('datasetsOfPoints');
        yield {
          runId: run.record.runId,
          key,
          step: point.step,
          at: point.at,
          value: point.value,
          special: point.special,
        };
      }
    } catch (error) {
      store.report.addUnreadable(place, reasonOf(error));
    }
  }
}

function looksLikeRun(name: string, folders: readonly string[]): boolean {
  return isRunId(name) || ['params', 'metrics', 'tags'].some((part) => folders.includes(part));
}

/** As MLflow itself, which takes no run whose folder and meta.yaml disagree. */
function identityProblem(meta: MetaFields, folderName: string, experimentId: string): string | null {
  const runId = meta.run_id ?? meta.run_uuid;
  if (runId && runId !== folderName) return `is of run ${runId}, in the folder of ${folderName}`;
  if (meta.experiment_id && meta.experiment_id !== experimentId) {
    return `is of experiment ${meta.experiment_id}, in the folder of ${experimentId}`;
  }
  return null;
}

/** The files in `tags`; before there were such files, tags stood in the meta.yaml. */
function tagsOf(store: StoreFolder, folder: string, meta: MetaFields): RawEntry[] {
  const tags = store.rawEntries(`${folder}/tags`);
  const keys = new Set(tags.map((tag) => tag.key));
  const old = Array.isArray(meta.tags) ? meta.tags.map(mappingOf) : [];
  for (const { key, value } of old) if (typeof key === 'string' && !keys.has(key)) tags.push({ key, value });
  return tags;
}

function readInputs(
  store: StoreFolder,
  runFolder: string,
  datasetsFolder: string,
  datasets: DatasetRecords,
): ImportedRunInput[] {
  const inputs: ImportedRunInput[] = [];
  const parent = `${runFolder}/inputs`;
  for (const name of store.entries(parent).folders) {
    const meta = store.meta(`${parent}/${name}`, 'the input is left out');
    if (!meta) continue;
    if (meta.source_type !== 'DATASET') {
      store.report.addNotKept('modelInputs');
      continue;
    }
    const place = `${parent}/${name}/${META}`;
    const key = datasets.keyOf(`${datasetsFolder}/${meta.source_id}`);
    if (key === undefined)
      store.report.addUnreadable(place, `there is no dataset ${meta.source_id}; the input is left out`);
    if (!key) continue;
    const { [CONTEXT_TAG]: context, ...otherTags } = mappingOf(meta.tags);
    store.report.addNotKept('inputTags', Object.keys(otherTags).length);
    inputs.push({ ...key, context: contextOf(context, place, store.report) });
  }
  return inputs;
}
