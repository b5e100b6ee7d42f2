// What an mlflow.db holds that the graph has no place for: whole tables, rows of runs that are gone, and columns.

import type { ImportReport } from '../../import/report.ts';
import { identifier, reasonOf, type SourceDatabase } from './source-database.ts';

/** Tables that are read, that repeat what is read, or that hold no one's data. */
const ACCOUNTED_FOR: ReadonlySet<string> = new Set([
  'experiments',
  'experiment_tags',
  'runs',
  'params',
  'tags',
  'metrics',
  'latest_metrics',
  'datasets',
  'inputs',
  'input_tags',
  'registered_models',
  'registered_model_tags',
  'registered_model_aliases',
  'model_versions',
  'model_version_tags',
  'alembic_version',
  'scheduler_leases',
  'job_locks',
]);

/** What people call the rows of a table, where that is not its name. */
const KINDS: Readonly<Record<string, string>> = {
  trace_info: 'traces',
  trace_request_metadata: 'traceMetadata',
};

const RUN_TABLES = ['params', 'tags', 'metrics'];

/** Columns of the tables that are read; a newer MLflow may have more. */
const KNOWN_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  experiments: [
    'experiment_id',
    'name',
    'artifact_location',
    'lifecycle_stage',
    'creation_time',
    'last_update_time',
    'workspace',
  ],
  runs: [
    ...[
      'run_uuid',
      'name',
      'source_type',
      'source_name',
      'entry_point_name',
      'user_id',
      'status',
      'start_time',
      'end_time',
    ],
    ...['source_version', 'lifecycle_stage', 'artifact_uri', 'experiment_id', 'deleted_time'],
  ],
  metrics: ['key', 'value', 'timestamp', 'run_uuid', 'step', 'is_nan'],
  datasets: [
    ...['dataset_uuid', 'experiment_id', 'name', 'digest', 'dataset_source_type', 'dataset_source', 'dataset_schema'],
    'dataset_profile',
  ],
  registered_models: ['name', 'creation_time', 'last_updated_time', 'description', 'workspace'],
  model_versions: [
    ...[
      'name',
      'version',
      'creation_time',
      'last_updated_time',
      'description',
      'user_id',
      'current_stage',
      'source',
      'run_id',
    ],
    ...['status', 'status_message', 'run_link', 'storage_location', 'workspace'],
  ],
};

/** Counts it all in the report. A table that cannot even be counted is reported as unreadable. */
export function countRest(database: SourceDatabase, report: ImportReport): void {
  const count = (kind: string, table: string, where = '') => {
    try {
      report.addNotKept(kind, database.number(`SELECT count(*) FROM ${identifier(table)} ${where}`));
    } catch (error) {
      report.addUnreadable(table, `${reasonOf(error)}; it is not counted`);
    }
  };
  for (const table of database.tables) {
    if (table === 'workspaces') count('workspaces', table, `WHERE name <> 'default'`);
    else if (!ACCOUNTED_FOR.has(table) && !table.startsWith('sqlite_')) count(KINDS[table] ?? camelCase(table), table);
  }
  if (database.hasTable('inputs')) {
    const isOutput = `(destination_type = 'MODEL_OUTPUT' OR source_type = 'RUN_OUTPUT')`;
    const isDataset = `(destination_type = 'RUN' AND source_type = 'DATASET')`;
    count('modelOutputs', 'inputs', `WHERE ${isOutput}`);
    count('modelInputs', 'inputs', `WHERE NOT ${isOutput} AND NOT ${isDataset}`);
    count('rowsWithoutRun', 'inputs', `WHERE ${isDataset} AND destination_id NOT IN (SELECT run_uuid FROM runs)`);
  }
  if (database.hasTable('input_tags')) count('inputTags', 'input_tags', `WHERE name <> 'mlflow.data.context'`);
  for (const table of RUN_TABLES) {
    if (!database.hasTable(table) || !database.hasTable('runs')) continue;
    count('rowsWithoutRun', table, 'WHERE run_uuid NOT IN (SELECT run_uuid FROM runs)');
  }
  for (const [table, known] of Object.entries(KNOWN_COLUMNS)) {
    for (const column of database.columnsOf(table)) {
      if (known.includes(column)) continue;
      const before = report.notKept('otherFields');
      count('otherFields', table, `WHERE ${identifier(column)} IS NOT NULL`);
      if (report.notKept('otherFields') > before) {
        report.addNote(`A column that the graph has no place for: ${column}`, table);
      }
    }
  }
}

function camelCase(table: string): string {
  return table.replace(/_+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
}
