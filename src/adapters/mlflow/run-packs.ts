// Packs the runs of a batch with their points into transactions of a bearable size.

import type { ImportedPoint, ImportedRun } from './records.ts';

/** More points than this have their run written with the first of them only. */
export const POINTS_PER_TRANSACTION = 20_000;

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

export class RunPacks {
  /** By run id; those that no pack has taken yet. */
  private readonly waiting: Map<string, ImportedRun>;
  private readonly byId: ReadonlyMap<string, ImportedRun>;
  private runs: ImportedRun[] = [];
  private points: ImportedPoint[] = [];
  private open: OpenRun | undefined;

  /** @param isComplete whether a run of so many points has them all in the registry already */
  constructor(
    batch: readonly ImportedRun[],
    private readonly isComplete: (runId: string, points: number) => boolean,
  ) {
    this.byId = new Map(batch.map((run) => [run.runId, run]));
    this.waiting = new Map(this.byId);
  }

  /** Takes points, grouped by run. Yields the packs that are full. */
  *add(points: readonly ImportedPoint[]): Generator<Pack> {
    for (const point of points) {
      if (point.runId !== this.open?.run.runId) {
        yield* this.close();
        this.open = { run: this.runOf(point), points: [], isSplit: false };
      }
      const { open } = this;
      if (!open) continue;
      open.points.push(point);
      if (open.points.length < POINTS_PER_TRANSACTION) continue;
      yield* this.flush();
      yield { runs: [open.run], points: open.points };
      this.waiting.delete(open.run.runId);
      open.points = [];
      open.isSplit = true;
    }
  }

  /** Yields what is left, runs without points included. */
  *finish(): Generator<Pack> {
    yield* this.close();
    this.runs.push(...this.waiting.values());
    yield* this.flush();
  }

  private *close(): Generator<Pack> {
    const { open } = this;
    this.open = undefined;
    if (!open || open.points.length === 0) return;
    // Known whole: it waits for the last pack, which finds it where it is.
    if (!open.isSplit && this.isComplete(open.run.runId, open.points.length)) return;
    if (this.points.length + open.points.length > POINTS_PER_TRANSACTION) yield* this.flush();
    this.waiting.delete(open.run.runId);
    this.runs.push(open.run);
    for (const point of open.points) this.points.push(point);
  }

  private *flush(): Generator<Pack> {
    if (this.runs.length > 0) yield { runs: this.runs, points: this.points };
    this.runs = [];
    this.points = [];
  }

  private runOf({ runId }: ImportedPoint): ImportedRun {
    const run = this.byId.get(runId);
    if (!run) throw new Error(`Points of run ${runId} came with a batch of others.`);
    return run;
  }
}
