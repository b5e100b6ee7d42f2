// An mlflow.db, the SQLite file of a tracking server, as a store.

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
import type { ImportReport } from '../../import/report.ts';
import { BATCH_SIZE, POINTS_PER_CHUNK, type StoreTotals } from '../../import/tracker-store.ts';
import { DatasetRecords } from '../dataset-record.ts';
import type { ExperimentOfRun } from '../run-record.ts';
import type { MlflowStore } from '../store.ts';
import { readDatasets, readExperiments } from './database-experiments.ts';
import { DatabasePoints } from './database-points.ts';
import { DatabaseRegistry } from './database-registry.ts';
import { countRest } from './database-rest.ts';
import { DatabaseRuns } from './database-runs.ts';
import type { SourceDatabase } from './source-database.ts';

export class DatabaseStore implements MlflowStore {
  readonly kind = 'database';
  /** Null for one that is left out, with its runs. */
  private readonly experimentsById = new Map<string, ExperimentOfRun | null>();
  private readonly datasetRecords: DatasetRecords;
  private readonly registry: DatabaseRegistry;

  constructor(
    readonly path: string,
    private readonly database: SourceDatabase,
    private readonly report: ImportReport,
  ) {
    this.datasetRecords = new DatasetRecords(report);
    this.registry = new DatabaseRegistry(database, report);
  }

  totals(): StoreTotals {
    const count = (table: string) => {
      try {
        return this.database.count(table);
      } catch {
        // A damaged table is reported when it is read.
        return 0;
      }
    };
    return {
      experiments: count('experiments'),
      runs: count('runs'),
      points: count('metrics'),
      models: count('registered_models'),
      versions: count('model_versions'),
    };
  }

  experiments(): AsyncGenerator<ImportedExperiment[]> {
    return batchesOf(this.readExperiments(), BATCH_SIZE);
  }

  datasets(): AsyncGenerator<ImportedDataset[]> {
    return batchesOf(readDatasets(this.database, this.datasetRecords, this.report), BATCH_SIZE);
  }

  async *runs(): AsyncGenerator<ImportedRun[]> {
    yield* new DatabaseRuns(this.database, this.experimentsById, this.datasetRecords, this.report).batches(BATCH_SIZE);
  }

  points(batch: readonly ImportedRun[]): AsyncGenerator<ImportedPoint[]> {
    return batchesOf(new DatabasePoints(this.database, this.report).of(batch), POINTS_PER_CHUNK);
  }

  models(): AsyncGenerator<ImportedModel[]> {
    return batchesOf(this.registry.models(), BATCH_SIZE);
  }

  versions(): AsyncGenerator<ImportedVersion[]> {
    return batchesOf(this.registry.versions(), BATCH_SIZE);
  }

  aliases(): AsyncGenerator<ImportedAlias[]> {
    return batchesOf(this.registry.aliases(), BATCH_SIZE);
  }

  async countRest(): Promise<void> {
    countRest(this.database, this.report);
  }

  close(): void {
    this.database.close();
  }

  private *readExperiments(): Generator<ImportedExperiment> {
    for (const record of readExperiments(this.database, this.report, (id) => this.experimentsById.set(id, null))) {
      const { sourceId, createdAt, deletedAt } = record;
      this.experimentsById.set(sourceId, { sourceId, createdAt, deletedAt });
      yield record;
    }
  }
}
