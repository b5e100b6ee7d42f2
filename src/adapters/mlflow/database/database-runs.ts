// The runs of an mlflow.db, a batch at a time with their params, tags and inputs by range queries.

import type { RawEntry } from '../../import/readable-entries.ts';
import type { ImportedRun, ImportedRunInput } from '../../import/records.ts';
import type { ImportReport } from '../../import/report.ts';
import { quoted } from '../../import/text.ts';
import { CONTEXT_TAG, contextOf, type DatasetRecords } from '../dataset-record.ts';
import { type ExperimentOfRun, runRecord } from '../run-record.ts';
import { type Row, reasonOf, type SourceDatabase } from './source-database.ts';

const COLUMNS = [
  'run_uuid',
  'name',
  'experiment_id',
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
];
const ENTRY_COLUMNS = ['run_uuid', 'key', 'value'];

/** Ids of runs that follow one another in the table; rows of other runs between them are none of its own. */
type RunIds = readonly string[];

export class DatabaseRuns {
  constructor(
    private readonly database: SourceDatabase,
    /** Null for one that is left out, with its runs. */
    private readonly experiments: ReadonlyMap<string, ExperimentOfRun | null>,
    private readonly datasets: DatasetRecords,
    private readonly report: ImportReport,
  ) {}

  /** Yields the runs that can be read, by id, `size` rows of the table at a time. */
  *batches(size: number): Generator<ImportedRun[]> {
    if (!this.database.hasTable('runs')) return;
    let after = '';
    for (;;) {
      const ids = this.idsAfter(after, size);
      const last = ids.at(-1);
      if (last === undefined) return;
      const records = this.records(ids);
      if (records.length > 0) yield records;
      after = last;
    }
  }

  private idsAfter(after: string, size: number): RunIds {
    try {
      const sql = `SELECT run_uuid FROM runs WHERE run_uuid > ? ORDER BY run_uuid LIMIT ${size}`;
      return this.database.all(sql, after).map((row) => String(row.run_uuid));
    } catch (error) {
      this.report.addUnreadable(
        `runs after ${quoted(after)}`,
        `${reasonOf(error)}; the runs from there on are left out`,
      );
      return [];
    }
  }

  private records(ids: RunIds): ImportedRun[] {
    const rows = new Map<string, Row>();
    this.readRanges('runs', ids, (from, upTo) => {
      const sql = `SELECT ${this.database.columns('runs', COLUMNS)} FROM runs WHERE run_uuid >= ? AND run_uuid <= ?`;
      for (const row of this.database.all(sql, from, upTo)) rows.set(String(row.run_uuid), row);
    });
    const params = this.entries('params', ids);
    const tags = this.entries('tags', ids);
    const inputs = this.inputs(ids);
    const records: ImportedRun[] = [];
    for (const runId of ids) {
      const row = rows.get(runId);
      if (!row) continue;
      const place = `runs ${runId}`;
      const experiment = this.experiments.get(String(row.experiment_id));
      if (experiment === undefined) {
        this.report.addUnreadable(place, `there is no experiment ${row.experiment_id}; the run is left out`);
      }
      if (!experiment) continue;
      const record = runRecord(
        {
          place,
          runId,
          fields: { ...row, run_name: row.name },
          params: params.get(runId) ?? [],
          tags: tags.get(runId) ?? [],
          inputs: inputs.get(runId) ?? [],
          placeOf: (kind, key) => `${kind} ${runId} ${quoted(key)}`,
        },
        experiment,
        this.report,
      );
      if (record) records.push(record);
    }
    return records;
  }

  private entries(table: 'params' | 'tags', ids: RunIds): ReadonlyMap<string, RawEntry[]> {
    const byRun = new Map<string, RawEntry[]>();
    if (!this.database.hasTable(table)) return byRun;
    this.readRanges(table, ids, (from, upTo) => {
      const { select, from: source } = this.database.byRun(table, ENTRY_COLUMNS);
      const sql = `SELECT ${select} FROM ${source} WHERE run_uuid >= ? AND run_uuid <= ? ORDER BY run_uuid, "key"`;
      collect(byRun, this.database.iterate(sql, from, upTo), ([, key, value]) => ({ key: String(key), value }));
    });
    return byRun;
  }

  private inputs(ids: RunIds): ReadonlyMap<string, ImportedRunInput[]> {
    const byRun = new Map<string, ImportedRunInput[]>();
    if (!this.database.hasTable('inputs')) return byRun;
    const context = this.database.hasTable('input_tags')
      ? `(SELECT value FROM input_tags t WHERE t.input_uuid = i.input_uuid AND t.name = '${CONTEXT_TAG}')`
      : 'NULL';
    const sql = `SELECT i.destination_id, i.source_id, i.input_uuid, ${context} FROM inputs i
      WHERE i.destination_type = 'RUN' AND i.source_type = 'DATASET' AND i.destination_id >= ? AND i.destination_id <= ?
      ORDER BY i.destination_id, i.source_id`;
    this.readRanges('inputs', ids, (from, upTo) => {
      collect(byRun, this.database.iterate(sql, from, upTo), ([, source, input, contextValue]) => {
        const place = `inputs ${input}`;
        const key = this.datasets.keyOf(String(source));
        if (key === undefined) this.report.addUnreadable(place, `there is no dataset ${source}; the input is left out`);
        return key ? { ...key, context: contextOf(contextValue, place, this.report) } : undefined;
      });
    });
    return byRun;
  }

  /** Reads the rows of all runs at once; where a page is damaged, run by run, so that it costs only the runs on it. */
  private readRanges(table: string, ids: RunIds, read: (from: string, upTo: string) => void): void {
    try {
      read(ids[0] ?? '', ids.at(-1) ?? '');
    } catch {
      for (const id of ids) {
        try {
          read(id, id);
        } catch (error) {
          this.report.addUnreadable(`${table} ${id}`, reasonOf(error));
        }
      }
    }
  }
}

/** Sorts rows by the run that their first column names; a second reading of a run replaces what the first has left. */
function collect<T>(
  byRun: Map<string, T[]>,
  rows: Iterable<unknown[]>,
  itemOf: (row: unknown[]) => T | undefined,
): void {
  let current: { readonly runId: string; readonly items: T[] } | undefined;
  for (const row of rows) {
    const runId = String(row[0]);
    if (current?.runId !== runId) {
      current = { runId, items: [] };
      byRun.set(runId, current.items);
    }
    const item = itemOf(row);
    if (item !== undefined) current.items.push(item);
  }
}
