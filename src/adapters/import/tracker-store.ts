// The interface through which an import reads the experiments, datasets and runs of any tracker.

import type { ImportedDataset, ImportedExperiment, ImportedPoint, ImportedRun } from './records.ts';

/** Records a batch holds at most. */
export const BATCH_SIZE = 100;

/** Points a chunk holds at most; a run with more comes in several. Small enough to be garbage before the heap grows for it. */
export const POINTS_PER_CHUNK = 2_000;

/** How much there is to read, for a progress display; null where only reading would tell. */
export interface StoreTotals {
  readonly experiments: number;
  readonly runs: number;
  readonly points: number | null;
  readonly models: number;
  readonly versions: number;
}

/**
 * A store that is open for reading. It writes nothing, holds a batch at a time in memory, and reports what it cannot read
 * instead of throwing. Each sequence is read once, in the order of the members here: runs are judged by the experiments
 * before them.
 */
export interface TrackerStore {
  readonly path: string;
  totals(): StoreTotals;
  experiments(): AsyncGenerator<ImportedExperiment[]>;
  /** Each name and digest once. */
  datasets(): AsyncGenerator<ImportedDataset[]>;
  runs(): AsyncGenerator<ImportedRun[]>;
  /** The points of runs of one batch, grouped by run and key; within a key the order is the source's own. */
  points(batch: readonly ImportedRun[]): AsyncGenerator<ImportedPoint[]>;
}
