// An mlruns folder as a store: one folder an experiment, one a run, one file a param, tag or metric.

import { batchesOf } from '../../import/batches.ts';
import type {
  ImportedAlias,
  ImportedDataset,
  ImportedExperiment,
  ImportedModel,
  ImportedPoint,
  ImportedRun,
  ImportedVersion,
} from '../../import/records.ts';
import { ImportReport } from '../../import/report.ts';
import { BATCH_SIZE, POINTS_PER_CHUNK, type StoreTotals } from '../../import/tracker-store.ts';
import { DatasetRecords } from '../dataset-record.ts';
import type { MlflowStore } from '../store.ts';
import {
  type ExperimentFolder,
  experimentFolders,
  readDatasets,
  readExperiments,
  runFoldersOf,
} from './file-experiments.ts';
import {
  type ModelFolder,
  modelFolders,
  readAliases,
  readModels,
  readVersions,
  versionFoldersOf,
} from './file-registry.ts';
import { type FileRun, readPoints, readRuns } from './file-runs.ts';
import { StoreFolder } from './store-folder.ts';

export class FileStore implements MlflowStore {
  readonly kind = 'files';
  private readonly store: StoreFolder;
  private readonly datasetRecords: DatasetRecords;
  private readonly readableExperiments: ExperimentFolder[] = [];
  private readonly readableModels: ModelFolder[] = [];
  /** Where the runs lie that a caller still holds. */
  private readonly folders = new WeakMap<ImportedRun, FileRun>();

  /** @param path the mlruns folder */
  constructor(
    readonly path: string,
    report: ImportReport,
  ) {
    this.store = new StoreFolder(path, report);
    this.datasetRecords = new DatasetRecords(report);
  }

  totals(): StoreTotals {
    // A listing that fails is reported when the folder is read, so what is found here is thrown away.
    const store = new StoreFolder(this.path, new ImportReport());
    const experiments = experimentFolders(store);
    const models = modelFolders(store);
    return {
      experiments: experiments.length,
      runs: experiments.reduce((sum, { folder }) => sum + runFoldersOf(store, folder).length, 0),
      points: null,
      models: models.length,
      versions: models.reduce((sum, folder) => sum + versionFoldersOf(store, folder).length, 0),
    };
  }

  experiments(): AsyncGenerator<ImportedExperiment[]> {
    return batchesOf(this.readExperiments(), BATCH_SIZE);
  }

  datasets(): AsyncGenerator<ImportedDataset[]> {
    return batchesOf(this.readDatasets(), BATCH_SIZE);
  }

  runs(): AsyncGenerator<ImportedRun[]> {
    return batchesOf(this.readRuns(), BATCH_SIZE);
  }

  points(batch: readonly ImportedRun[]): AsyncGenerator<ImportedPoint[]> {
    return batchesOf(this.readPoints(batch), POINTS_PER_CHUNK);
  }

  models(): AsyncGenerator<ImportedModel[]> {
    return batchesOf(this.readModels(), BATCH_SIZE);
  }

  versions(): AsyncGenerator<ImportedVersion[]> {
    return batchesOf(this.readVersions(), BATCH_SIZE);
  }

  aliases(): AsyncGenerator<ImportedAlias[]> {
    return batchesOf(this.readAliases(), BATCH_SIZE);
  }

  /** The artifacts of a run are counted with the run; here the folders of an experiment that hold no runs. */
  async countRest(): Promise<void> {
    for (const { folder } of this.readableExperiments) {
      this.store.report.addNotKept('loggedModels', this.store.entries(`${folder}/models`).folders.length);
      for (const trace of this.store.entries(`${folder}/traces`).folders) {
        this.store.report.addNotKept('traces');
        const { files } = this.store.entries(`${folder}/traces/${trace}/assessments`);
        this.store.report.addNotKept('assessments', files.length);
      }
    }
  }

  close(): void {}

  private *readExperiments(): Generator<ImportedExperiment> {
    for (const { folder, record } of readExperiments(this.store)) {
      const { sourceId, createdAt, deletedAt } = record;
      this.readableExperiments.push({ folder, experiment: { sourceId, createdAt, deletedAt } });
      yield record;
    }
  }

  private *readDatasets(): Generator<ImportedDataset> {
    for (const { folder } of this.readableExperiments) yield* readDatasets(this.store, folder, this.datasetRecords);
  }

  private *readRuns(): Generator<ImportedRun> {
    const seen = new Set<string>();
    for (const parent of this.readableExperiments) {
      for (const run of readRuns(this.store, parent, this.datasetRecords, seen)) {
        this.folders.set(run.record, run);
        yield run.record;
      }
    }
  }

  private *readPoints(batch: readonly ImportedRun[]): Generator<ImportedPoint> {
    for (const record of batch) {
      const run = this.folders.get(record);
      if (!run) throw new Error(`Run ${record.runId} is not one that this store has yielded.`);
      for (const point of readPoints(this.store, run)) {
        this.store.report.count('points');
        yield point;
      }
    }
  }

  private *readModels(): Generator<ImportedModel> {
    for (const { folder, record } of readModels(this.store)) {
      this.readableModels.push({ folder, name: record.name, createdAt: record.createdAt, liveNumbers: new Set() });
      yield record;
    }
  }

  private *readVersions(): Generator<ImportedVersion> {
    for (const model of this.readableModels) yield* readVersions(this.store, model);
  }

  private *readAliases(): Generator<ImportedAlias> {
    for (const model of this.readableModels) yield* readAliases(this.store, model);
  }
}
