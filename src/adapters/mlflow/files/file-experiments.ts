// The experiments of a file store and the datasets that lie in their folders.

import type { ImportedDataset, ImportedExperiment } from '../../import/records.ts';
import type { DatasetRecords } from '../dataset-record.ts';
import { experimentRecord } from '../experiment-record.ts';
import type { ExperimentOfRun } from '../run-record.ts';
import { UniqueNames } from '../unique-names.ts';
import { timeOf } from '../values.ts';
import { readText } from './folders.ts';
import { META, type StoreFolder } from './store-folder.ts';

/** Where the model registry lies, among the experiments. */
export const REGISTRY = 'models';
const TRASH = '.trash';

/** Folders of an experiment that are no runs. */
export const RESERVED_FOLDERS: ReadonlySet<string> = new Set(['tags', 'datasets', 'traces', 'models']);

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'experiment_id',
  'name',
  'artifact_location',
  'lifecycle_stage',
  'creation_time',
  'last_update_time',
  'tags',
  'workspace',
]);

/** Where an experiment lies, relative to the store, and what its runs need to know of it. */
export interface ExperimentFolder {
  readonly folder: string;
  readonly experiment: ExperimentOfRun;
}

/** The folders of all experiments, the deleted ones last. */
export function experimentFolders(store: StoreFolder): { folder: string; isInTrash: boolean }[] {
  const live = store.entries('').folders.filter((name) => name !== REGISTRY && !name.startsWith('.'));
  const deleted = store.entries(TRASH).folders.map((name) => ({ folder: `${TRASH}/${name}`, isInTrash: true }));
  return [...live.map((folder) => ({ folder, isInTrash: false })), ...deleted];
}

/** The folders of an experiment that are runs, or should be. */
export function runFoldersOf(store: StoreFolder, experimentFolder: string): string[] {
  return store
    .entries(experimentFolder)
    .folders.filter((name) => !RESERVED_FOLDERS.has(name) && !name.startsWith('.'))
    .map((name) => `${experimentFolder}/${name}`);
}

/** Yields every experiment that can be read; the others are reported, with how many runs are left out with them. */
export function* readExperiments(store: StoreFolder): Generator<{ folder: string; record: ImportedExperiment }> {
  const names = new UniqueNames(store.report);
  for (const { folder, isInTrash } of experimentFolders(store)) {
    const { folders, files } = store.entries(folder);
    if (folders.length === 0 && files.length === 0) continue;
    const runs = runFoldersOf(store, folder);
    const consequence = `the experiment and the ${runs.length} runs in it are left out`;
    const meta = store.meta(folder, consequence);
    if (!meta) continue;
    const place = `${folder}/${META}`;
    const id = folder.slice(folder.indexOf('/') + 1);
    if (meta.experiment_id && meta.experiment_id !== id) {
      store.report.addUnreadable(
        place,
        `is of experiment ${meta.experiment_id}, in the folder of ${id}; ${consequence}`,
      );
      continue;
    }
    const record = experimentRecord(
      {
        place,
        sourceId: id,
        fields: meta,
        tags: store.rawEntries(`${folder}/tags`),
        placeOfTag: (key) => `${folder}/tags/${key}`,
        qualifier: id,
        isInTrash,
        earliestTime: () => earliestStart(store, runs) ?? store.modifiedAt(place),
      },
      names,
      store.report,
    );
    if ('problem' in record) {
      store.report.addUnreadable(place, `${record.problem}; ${consequence}`);
      continue;
    }
    store.countOtherFields(folder, meta, KNOWN_FIELDS);
    yield { folder, record };
  }
}

/** Yields each dataset of an experiment that no experiment had before. */
export function* readDatasets(
  store: StoreFolder,
  experimentFolder: string,
  datasets: DatasetRecords,
): Generator<ImportedDataset> {
  const parent = `${experimentFolder}/datasets`;
  for (const name of store.entries(parent).folders) {
    const id = `${parent}/${name}`;
    const meta = store.meta(id, 'the dataset and the inputs that name it are left out');
    if (!meta) {
      datasets.leaveOut(id);
      continue;
    }
    const record = datasets.record({ id, place: `${id}/${META}`, fields: meta });
    if (record) yield record;
  }
}

/** Read without YAML: it serves only stores so old that experiments had no times, and reads every run once more. */
function earliestStart(store: StoreFolder, runFolders: readonly string[]): number | undefined {
  let earliest: number | undefined;
  for (const folder of runFolders) {
    try {
      const start = timeOf(/^start_time: *([0-9]+) *$/m.exec(readText(store.path(`${folder}/${META}`)))?.[1]);
      if (start !== undefined && (earliest === undefined || start < earliest)) earliest = start;
    } catch {
      // The run is reported when its turn comes.
    }
  }
  return earliest;
}
