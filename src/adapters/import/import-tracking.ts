// The experiments and datasets of an import.

import type { ImportSession } from './import-session.ts';

/** Imports all experiments. @returns their row numbers by the ids that the source knows them by */
export async function importExperiments(session: ImportSession): Promise<Map<string, number>> {
  const { store, report, imports } = session;
  const pks = new Map<string, number>();
  for await (const batch of store.experiments()) {
    await session.write(
      'experiments',
      (tx) => imports.experiments.add(tx, batch),
      (rows) =>
        rows.forEach(({ pk, isNew, isNamesake }, index) => {
          const experiment = batch[index];
          if (!experiment) return;
          pks.set(experiment.sourceId, pk);
          if (isNamesake)
            report.addNote('Runs go into an experiment of the same name that was there before', experiment.name);
          if (!isNew) return;
          report.countImported('experiments', 1);
          report.countImported('tags', experiment.tags.length);
        }),
    );
  }
  return pks;
}

/** Imports all datasets; what runs used them for comes with the runs. */
export async function importDatasets(session: ImportSession): Promise<void> {
  const { store, report, imports } = session;
  for await (const batch of store.datasets()) {
    await session.write(
      'experiments',
      (tx) => imports.datasets.add(tx, batch),
      (added) => report.countImported('datasets', added),
    );
  }
}
