// Imports an MLflow store into the registry, a batch a transaction, so that it can be cut off anywhere and run again.
//
// What is there already, found by what names it in its tracker, stays as it is:
// - an experiment or a model by its name, a tombstone by its name and time of creation;
// - a run by its id, a version by its model and number, a dataset by name and digest, an alias by its model.
// What belongs to one of these (params, tags, inputs, the stage of a version) is written in the transaction that adds it,
// so it is there whole or not at all. Points and parents are the exceptions: see import-runs.ts.

import { RunImport } from '../import/import-runs.ts';
import { type ImportOptions, ImportSession, type ImportTarget } from '../import/import-session.ts';
import { importDatasets, importExperiments } from '../import/import-tracking.ts';
import type { ImportReport } from '../import/report.ts';
import { importAliases, importModels, importVersions } from './import-registry.ts';
import type { MlflowStore } from './store.ts';

/**
 * Imports everything that a store holds. What cannot be read is in the report, and the rest is imported.
 * @throws ImportStopped where it was asked to end, Unavailable where the database went away; what was committed until
 *   then stays, and the next import goes on from there
 */
export async function importMlflowStore(
  store: MlflowStore,
  report: ImportReport,
  target: ImportTarget,
  options: ImportOptions = {},
): Promise<void> {
  const session = new ImportSession(store, report, target, options);
  const experimentPks = await importExperiments(session);
  await importDatasets(session);
  await new RunImport(session, experimentPks).run();
  const modelPks = await importModels(session);
  const leftOut = await importVersions(session, modelPks);
  await importAliases(session, modelPks, leftOut);
  await store.countRest();
}
