// Imports a repository that uses DVC and GTO into the registry.
//
// What is there already stays as it is, and is found again by what names it in the repository: a run by what it executed,
// a dataset by name and state, a version by the git tag that made it, a stage change by its git tag. So a second import of
// the same commit changes nothing, and one after new commits and tags adds what is new.

import { LineageKind } from '../../features/lineage/lineage.types.ts';
import { RunImport } from '../import/import-runs.ts';
import { type ImportOptions, ImportSession, type ImportTarget } from '../import/import-session.ts';
import { importDatasets, importExperiments } from '../import/import-tracking.ts';
import { linkToDatasets } from '../import/link-datasets.ts';
import type { ImportReport } from '../import/report.ts';
import type { Derivation, DvcStore } from './dvc-store.ts';
import { importArtifacts } from './gto/import-artifacts.ts';
import type { DvcSource } from './read-repository.ts';

const DERIVATIONS_PER_TRANSACTION = 1_000;

/**
 * Imports everything that was read.
 * @throws ImportStopped where it was asked to end, Unavailable where the database went away; what was committed until
 *   then stays, and the next import goes on from there
 */
export async function importDvcRepository(
  { store, artifacts }: DvcSource,
  report: ImportReport,
  target: ImportTarget,
  options: ImportOptions = {},
): Promise<void> {
  const session = new ImportSession(store, report, target, options);
  const experimentPks = await importExperiments(session);
  await importDatasets(session);
  await importDerivations(session);
  await new RunImport(session, experimentPks).run();
  await importArtifacts(session, artifacts);
}

async function importDerivations(session: ImportSession<DvcStore>): Promise<void> {
  const { report, imports } = session;
  const { derivations } = session.store;
  report.count('derivations', derivations.length);
  for (let start = 0; start < derivations.length; start += DERIVATIONS_PER_TRANSACTION) {
    const batch = derivations.slice(start, start + DERIVATIONS_PER_TRANSACTION);
    await session.write(
      'experiments',
      async (tx) => {
        const origins = await imports.datasets.pksOf(
          tx,
          batch.map(({ from }) => from),
        );
        const edges = batch.flatMap(({ to, at }: Derivation, index) => {
          const pk = origins[index];
          return pk === undefined ? [] : { from: { kind: LineageKind.DATASET, pk }, to, createdAt: at };
        });
        return linkToDatasets(imports, tx, 'DERIVED_FROM', edges);
      },
      (added) => report.countImported('derivations', added),
    );
  }
}
