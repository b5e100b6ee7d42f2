// The metric points of a batch of runs, streamed by one range query.

import { metricValueOf } from '../../import/metric-value.ts';
import type { ImportedPoint, ImportedRun } from '../../import/records.ts';
import type { ImportReport } from '../../import/report.ts';
import { keyProblem, MAX_ENTRIES, quoted } from '../../import/text.ts';
import { integerOf, timeOf } from '../values.ts';
import { reasonOf, type SourceDatabase } from './source-database.ts';

const COLUMNS = ['run_uuid', 'key', 'step', 'timestamp', 'value', 'is_nan'];

/** MLflow writes an infinity as the largest double, of its sign, since its databases hold no infinity. */
function finiteOrInfinite(value: number): number {
  return Math.abs(value) === Number.MAX_VALUE ? value * 2 : value;
}

export class DatabasePoints {
  constructor(
    private readonly database: SourceDatabase,
    private readonly report: ImportReport,
  ) {}

  /** Yields the points of runs that follow one another in the table, by run, key, step and time. */
  *of(batch: readonly ImportedRun[]): Generator<ImportedPoint> {
    if (!this.database.hasTable('metrics')) return;
    const ids = batch.map((run) => run.runId).sort();
    const [first, last] = [ids[0], ids.at(-1)];
    if (first === undefined || last === undefined) return;
    const reader = new PointReader(new Set(ids), this.report);
    try {
      yield* reader.read(this.rows(first, last));
    } catch {
      // Part of the table is damaged: run by run, so that one bad page costs only the runs on it.
      for (const id of ids) {
        if (id < reader.lastRunId) continue;
        const taken = id === reader.lastRunId ? reader.rowsOfLastRun : 0;
        try {
          yield* reader.read(skipped(this.rows(id, id), taken));
        } catch (error) {
          this.report.addUnreadable(`metrics ${id}`, `${reasonOf(error)}; the rest of its points is left out`);
        }
      }
    }
  }

  private rows(from: string, upTo: string): IterableIterator<unknown[]> {
    const { select, from: source } = this.database.byRun('metrics', COLUMNS);
    return this.database.iterate(
      `SELECT ${select} FROM ${source} WHERE run_uuid >= ? AND run_uuid <= ? ORDER BY run_uuid, "key", step, timestamp, value`,
      from,
      upTo,
    );
  }
}

/** Judges rows in order, knowing the run and key of the row before. */
class PointReader {
  lastRunId = '';
  rowsOfLastRun = 0;
  private key: string | undefined;
  private isKeyReadable = false;
  private isRunWanted = false;
  private keysOfRun = 0;

  constructor(
    private readonly runIds: ReadonlySet<string>,
    private readonly report: ImportReport,
  ) {}

  *read(rows: Iterable<unknown[]>): Generator<ImportedPoint> {
    for (const [runRaw, keyRaw, stepRaw, timeRaw, valueRaw, isNan] of rows) {
      const runId = String(runRaw);
      if (runId !== this.lastRunId) this.beginRun(runId);
      this.rowsOfLastRun += 1;
      if (!this.isRunWanted) continue;
      const key = String(keyRaw);
      if (key !== this.key) this.beginKey(key);
      if (!this.isKeyReadable) continue;
      const step = integerOf(stepRaw ?? 0);
      const at = timeOf(timeRaw);
      const value = isNan || valueRaw === null ? Number.NaN : valueRaw;
      if (step === undefined || at === undefined || typeof value !== 'number') {
        const row = `time ${quoted(String(timeRaw))}, value ${quoted(String(valueRaw))}, step ${quoted(String(stepRaw))}`;
        this.report.addUnreadable(`metrics ${runId} ${quoted(key)}`, `is no point: ${row}`);
        continue;
      }
      this.report.count('points');
      yield { runId, key, step, at, ...metricValueOf(finiteOrInfinite(value)) };
    }
  }

  private beginRun(runId: string): void {
    this.lastRunId = runId;
    this.rowsOfLastRun = 0;
    this.key = undefined;
    this.keysOfRun = 0;
    this.isRunWanted = this.runIds.has(runId);
  }

  private beginKey(key: string): void {
    this.key = key;
    this.keysOfRun += 1;
    const problem = keyProblem(key);
    this.isKeyReadable = problem === null && this.keysOfRun <= MAX_ENTRIES;
    if (problem) this.report.addUnreadable(`metrics ${this.lastRunId} ${quoted(key)}`, problem);
    if (this.keysOfRun === MAX_ENTRIES + 1) {
      const most = MAX_ENTRIES.toLocaleString('en');
      this.report.addUnreadable(
        `metrics ${this.lastRunId}`,
        `more than ${most} metrics; those from ${quoted(key)} on are left out`,
      );
    }
  }
}

function* skipped<T>(items: Iterable<T>, number: number): Generator<T> {
  let left = number;
  for (const item of items) {
    if (left > 0) left -= 1;
    else yield item;
  }
}
