// Packs runs with their points into transactions of a bearable size: large ones write far less to the disk than small
// ones, since rows next to one another in an index then share the writing of a page.

import type { ImportedPoint, ImportedRun } from './records.ts';

/** Points, params, tags, inputs and outputs. A run with more points than this is written with the first of them only. */
export const ROWS_PER_TRANSACTION = 3_000;

/** What goes into one transaction: runs, and points of these runs. */
export interface Pack {
  readonly runs: readonly ImportedRun[];
  readonly points: readonly ImportedPoint[];
}

/** A run whose points are coming in. */
interface OpenRun {
  readonly run: ImportedRun;
  points: ImportedPoint[];
  /** Whether some of its points were packed already. */
  isSplit: boolean;
}

/** Whether a run of so many points has them all in the registry already. */
export type IsComplete = (runId: string, points: number) => boolean;

export class RunPacks {
  /** The runs of the batch by run id, and those of them that no pack has taken yet. */
  private batch: ReadonlyMap<string, ImportedRun> = new Map();
  private waiting = new Map<string, ImportedRun>();
  private isComplete: IsComplete = () => false;
  private open: OpenRun | undefined;
  private runs: ImportedRun[] = [];
  private points: ImportedPoint[] = [];
  private rows = 0;

  /** Begins with the next batch of runs. */
  begin(batch: readonly ImportedRun[], isComplete: IsComplete): void {
    this.batch = new Map(batch.map((run) => [run.runId, run]));
    this.waiting = new Map(this.batch);
    this.isComplete = isComplete;
  }

  /** Takes points of the batch, grouped by run. Yields the packs that are full. */
  *add(points: readonly ImportedPoint[]): Generator<Pack> {
    for (const point of points) {
      if (point.runId !== this.open?.run.runId) {
        yield* this.close();
        this.open = { run: this.runOf(point), points: [], isSplit: false };
      }
      const { open } = this;
      if (!open) continue;
      open.points.push(point);
      if (open.points.length < ROWS_PER_TRANSACTION) continue;
      yield* this.flush();
      yield { runs: [open.run], points: open.points };
      this.waiting.delete(open.run.runId);
      open.points = [];
      open.isSplit = true;
    }
  }

  /** Takes the runs of the batch that had no points. Yields the packs that are full. */
  *end(): Generator<Pack> {
    yield* this.close();
    for (const run of this.waiting.values()) yield* this.take(run, []);
  }

  /** Yields what is left after the last batch. */
  *flush(): Generator<Pack> {
    if (this.runs.length > 0) yield { runs: this.runs, points: this.points };
    this.runs = [];
    this.points = [];
    this.rows = 0;
  }

  private *close(): Generator<Pack> {
    const { open } = this;
    this.open = undefined;
    if (!open || open.points.length === 0) return;
    // A run that is known whole waits for the others without points.
    if (!open.isSplit && this.isComplete(open.run.runId, open.points.length)) return;
    this.waiting.delete(open.run.runId);
    yield* this.take(open.run, open.points);
  }

  private *take(run: ImportedRun, points: readonly ImportedPoint[]): Generator<Pack> {
    const rows = 1 + points.length + run.params.length + run.tags.length + run.inputs.length + run.outputs.length;
    if (this.rows + rows > ROWS_PER_TRANSACTION) yield* this.flush();
    this.rows += rows;
    this.runs.push(run);
    for (const point of points) this.points.push(point);
  }

  private runOf({ runId }: ImportedPoint): ImportedRun {
    const run = this.batch.get(runId);
    if (!run) throw new Error(`Points of run ${runId} came with a batch of others.`);
    return run;
  }
}
