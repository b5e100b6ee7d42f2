// Importing a store into a registry of a test, and what its tables hold then.

import type { ImportOptions } from '../../../src/adapters/import/import-session.ts';
import { ImportReport } from '../../../src/adapters/import/report.ts';
import { importMlflowStore } from '../../../src/adapters/mlflow/import.ts';
import { openMlflowStore } from '../../../src/adapters/mlflow/open-store.ts';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';

export async function importStore(
  registry: TestRegistry,
  path: string,
  options?: ImportOptions,
): Promise<ImportReport> {
  const report = new ImportReport();
  const store = openMlflowStore(path, report);
  try {
    await importMlflowStore(store, report, registry.app, options);
    return report;
  } finally {
    store.close();
  }
}

/** Runs a test with an empty registry. */
export async function withRegistry<T>(test: (registry: TestRegistry) => Promise<T>): Promise<T> {
  const registry = await startRegistry();
  try {
    return await test(registry);
  } finally {
    await registry.stop();
  }
}

const TABLES = [
  'models',
  'model_tags',
  'model_versions',
  'version_tags',
  'stage_changes',
  'model_aliases',
  'experiments',
  'experiment_tags',
  'runs',
  'run_tags',
  'params',
  'metrics',
  'metric_points',
  'datasets',
  'run_inputs',
  'lineage_edges',
  'events',
];

/** Every row of every table, as texts in order; without the positions of events, which are given to them in passing. */
export async function rowsOf({ app }: TestRegistry): Promise<Record<string, string[]>> {
  const rows: Record<string, string[]> = {};
  for (const table of TABLES) {
    const all = await app.db.read({ text: `SELECT * FROM ${table}`, values: [] });
    rows[table] = all.map((row) => JSON.stringify({ ...row, position: undefined })).sort();
  }
  return rows;
}

/** How many rows each table has. */
export async function sizesOf(registry: TestRegistry): Promise<Record<string, number>> {
  return Object.fromEntries(Object.entries(await rowsOf(registry)).map(([table, rows]) => [table, rows.length]));
}
