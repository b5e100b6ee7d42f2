// A repository that uses DVC as a store to import: one experiment, a run for each stage, a dataset for each tracked state.

import { batchesOf } from '../import/batches.ts';
import type { ImportedDataset, ImportedExperiment, ImportedPoint, ImportedRun } from '../import/records.ts';
import type { ImportReport } from '../import/report.ts';
import { nameProblem, textProblem } from '../import/text.ts';
import { BATCH_SIZE, POINTS_PER_CHUNK, type StoreTotals, type TrackerStore } from '../import/tracker-store.ts';
import { type DatasetKey, datasetName, datasetOf } from './dataset-names.ts';
import type { TrackedEntry } from './files/tracked-entry.ts';
import { Recordings } from './recorded-by.ts';
import type { Repository } from './repository/open-repository.ts';
import { isWithin, type ReadStage, type Snapshot, type TrackedData } from './snapshot.ts';
import { stageMetrics } from './stage-metrics.ts';
import { runIdOf, stageRun } from './stage-run.ts';

/** That a dataset came of another: a file that was imported from elsewhere. */
export interface Derivation {
  readonly from: DatasetKey;
  readonly to: DatasetKey;
  readonly at: number;
}

/** The state of a path in a snapshot, and the run that made it where one did. */
export interface Origin {
  readonly digest: string | null;
  readonly runId: string | null;
}

/** There is one experiment, and nothing else that its id would have to be told from. */
const EXPERIMENT_ID = 'repository';

export class DvcStore implements TrackerStore {
  readonly path: string;
  private readonly derivationsByKey = new Map<string, Derivation>();
  private readonly datasetsByKey = new Map<string, ImportedDataset>();
  private readonly runsById = new Map<string, ImportedRun>();
  private readonly pointsByRun = new Map<string, readonly ImportedPoint[]>();
  private readonly recordings: Recordings;

  private constructor(
    private readonly repository: Repository,
    private readonly experimentName: string,
    private readonly report: ImportReport,
    private readonly counts: Pick<StoreTotals, 'models' | 'versions'>,
  ) {
    this.path = repository.path;
    this.recordings = new Recordings(repository);
  }

  /** Reads snapshots into records. A run that several of them hold is the one of the first. */
  static async of(
    repository: Repository,
    snapshots: readonly Snapshot[],
    experimentName: string,
    report: ImportReport,
    counts: Pick<StoreTotals, 'models' | 'versions'>,
  ): Promise<DvcStore> {
    const store = new DvcStore(repository, experimentName, report, counts);
    for (const snapshot of snapshots) await store.take(snapshot);
    return store;
  }

  totals(): StoreTotals {
    const points = [...this.pointsByRun.values()].reduce((sum, { length }) => sum + length, 0);
    return { experiments: this.hasRuns ? 1 : 0, runs: this.runsById.size, points, ...this.counts };
  }

  experiments(): AsyncGenerator<ImportedExperiment[]> {
    return batchesOf(this.hasRuns ? [this.experiment()] : [], BATCH_SIZE);
  }

  datasets(): AsyncGenerator<ImportedDataset[]> {
    return batchesOf(this.datasetsByKey.values(), BATCH_SIZE);
  }

  runs(): AsyncGenerator<ImportedRun[]> {
    return batchesOf(this.runsById.values(), BATCH_SIZE);
  }

  points(batch: readonly ImportedRun[]): AsyncGenerator<ImportedPoint[]> {
    const ofBatch = batch.flatMap(({ runId }) => this.pointsByRun.get(runId) ?? []);
    return batchesOf(ofBatch, POINTS_PER_CHUNK);
  }

  get derivations(): readonly Derivation[] {
    return [...this.derivationsByKey.values()];
  }

  /** Where the content of a path came from in a snapshot, or that of a path within it. */
  originOf(snapshot: Snapshot, path: string): Origin {
    for (const stage of snapshot.stages) {
      const out = stage.outs.find((one) => isWithin(path, one.path));
      if (out) return { digest: out.path === path ? out.digest : null, runId: runIdOf(this.repository, stage) };
    }
    const outs = snapshot.tracked.flatMap((data) => data.outs);
    return { digest: outs.find((out) => out.path === path)?.digest ?? null, runId: null };
  }

  private get hasRuns(): boolean {
    return this.runsById.size > 0;
  }

  private experiment(): ImportedExperiment {
    this.report.count('experiments');
    const createdAt = this.repository.beganAt ?? Math.min(...[...this.runsById.values()].map((run) => run.startedAt));
    const url = this.repository.address?.url ?? null;
    const tags = url !== null && textProblem(url, 'value') === null ? [{ key: 'dvc.repository', value: url }] : [];
    this.report.count('tags', tags.length);
    return {
      sourceId: EXPERIMENT_ID,
      name: this.experimentName,
      description: null,
      artifactLocation: null,
      tags,
      createdAt,
      updatedAt: createdAt,
      deletedAt: null,
    };
  }

  private async take(snapshot: Snapshot): Promise<void> {
    for (const stage of snapshot.stages) {
      if (!this.runsById.has(runIdOf(this.repository, stage))) await this.takeStage(snapshot, stage);
    }
    for (const data of snapshot.tracked) await this.takeTracked(snapshot, data);
  }

  private async takeStage({ commit, tree }: Snapshot, stage: ReadStage): Promise<void> {
    const place = `${stage.file}: ${stage.name}`;
    const recording = await this.recordings.of(stage.file, commit, tree);
    if (recording.isCommitted === false) {
      this.report.addNote(
        'A stage is in a lock file that is not committed as it stands, and is marked with that',
        place,
      );
    }
    const data = { inputs: this.keysOf(stage.deps, place), outputs: this.keysOf(stage.outs, place) };
    const run = stageRun(this.repository, stage, recording, data, EXPERIMENT_ID, this.report);
    this.runsById.set(run.runId, run);
    const points = await stageMetrics(stage, tree, { runId: run.runId, at: recording.at }, this.report);
    if (points.length > 0) this.pointsByRun.set(run.runId, points);
  }

  private async takeTracked({ commit, tree }: Snapshot, { file, outs, deps }: TrackedData): Promise<void> {
    const made = this.keysOf(outs, file);
    if (deps.length === 0) return;
    const { at } = await this.recordings.of(file, commit, tree);
    // What was imported has the content of its source, whose own hash is not always known.
    const digest = outs.length === 1 ? (outs[0]?.digest ?? null) : null;
    const sources = deps.map((dep) => (dep.digest === null ? { ...dep, digest } : dep));
    for (const from of this.keysOf(sources, file)) {
      for (const to of made) {
        if (keyText(from) !== keyText(to)) this.derivationsByKey.set(keyText(from) + keyText(to), { from, to, at });
      }
    }
  }

  /** The datasets that entries are, each once; those that cannot be told are reported. */
  private keysOf(entries: readonly TrackedEntry[], place: string): DatasetKey[] {
    const keys = new Map<string, DatasetKey>();
    for (const entry of entries) {
      const { digest } = entry;
      const name = datasetName(entry, this.repository);
      const problem =
        digest === null ? 'has no hash' : (nameProblem(name, 'datasetName') ?? textProblem(digest, 'datasetDigest'));
      if (problem || digest === null) {
        this.report.addUnreadable(`${place}: ${entry.path}`, `${problem}; it is left out`);
        continue;
      }
      const key = { name, digest };
      keys.set(keyText(key), key);
      if (this.datasetsByKey.has(keyText(key))) continue;
      this.report.count('datasets');
      this.datasetsByKey.set(keyText(key), datasetOf({ ...entry, digest }, this.repository));
    }
    return [...keys.values()];
  }
}

function keyText({ name, digest }: DatasetKey): string {
  return JSON.stringify([name, digest]);
}
