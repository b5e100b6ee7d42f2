// The registered models of an import, with their versions, stages and aliases.

import type { ImportSession } from '../import/import-session.ts';
import type { ImportedAlias, ImportedVersion } from '../import/records.ts';
import type { MlflowStore } from './store.ts';

const STAGE_COMMENT = 'Imported from MLflow, which keeps no history of stages.';

/** Why a version is left out. */
const LEFT_OUT = {
  NUMBER_TAKEN: 'A version is left out, since another one has its number',
  MODEL_DELETED: 'A version is left out, since its model was deleted in the registry',
} as const;

/** Row numbers of models by the names that the source gives them. */
type ModelPks = ReadonlyMap<string, number>;

export async function importModels(session: ImportSession<MlflowStore>): Promise<ModelPks> {
  const { store, report, imports } = session;
  const pks = new Map<string, number>();
  for await (const batch of store.models()) {
    await session.write(
      'models',
      (tx) => imports.models.add(tx, batch),
      (rows) =>
        rows.forEach(({ pk, isNew, isNamesake }, index) => {
          const model = batch[index];
          if (!model) return;
          pks.set(model.name, pk);
          if (isNamesake) report.addNote('Versions go into a model of the same name that was there before', model.name);
          if (!isNew) return;
          report.countImported('models', 1);
          report.countImported('tags', model.tags.length);
        }),
    );
  }
  return pks;
}

/** @returns the places of those that are left out, since the registry has its own ideas of them */
export async function importVersions(session: ImportSession<MlflowStore>, modelPks: ModelPks): Promise<Set<string>> {
  const { store, report, imports } = session;
  const leftOut = new Set<string>();
  for await (const batch of store.versions()) {
    const versions = batch.map((version) => ({ ...version, modelPk: pkOf(modelPks, version.modelName) }));
    await session.write(
      'versions',
      async (tx) => {
        const landings = await imports.versions.add(tx, versions);
        const stages = landings.flatMap((landing, index) => {
          const { stage = 'NONE' } = versions[index] ?? {};
          return landing.outcome === 'NEW' ? { ...landing, stage } : [];
        });
        return { landings, refused: await imports.stages.add(tx, stages, STAGE_COMMENT) };
      },
      ({ landings, refused }) => {
        landings.forEach((landing, index) => {
          const version = versions[index];
          if (!version || landing.outcome === 'THERE_ALREADY') return;
          const place = placeOf(version);
          if (landing.outcome !== 'NEW') {
            leftOut.add(place);
            report.addNote(LEFT_OUT[landing.outcome], place);
            return;
          }
          report.countImported('versions', 1);
          report.countImported('tags', version.tags.length);
          if (landing.lacksRun) report.addNote('The run of a version is not there', `${place} → ${version.runId}`);
        });
        for (const { model, version, stage } of refused) {
          const place = placeOf({ modelName: model.name, number: version.number });
          report.addNote('A version is in no stage, since its model lets only one have it', `${place} → ${stage}`);
        }
      },
    );
  }
  return leftOut;
}

/** @param leftOut the places of versions that are not there */
export async function importAliases(
  session: ImportSession<MlflowStore>,
  modelPks: ModelPks,
  leftOut: ReadonlySet<string>,
): Promise<void> {
  const { store, report, imports } = session;
  const without = (alias: ImportedAlias) =>
    report.addNote('An alias of a version that is not there is left out', `${alias.alias} → ${placeOf(alias)}`);
  for await (const batch of store.aliases()) {
    batch.filter((alias) => leftOut.has(placeOf(alias))).forEach(without);
    const aliases = batch
      .filter((alias) => !leftOut.has(placeOf(alias)))
      .map((alias) => ({ ...alias, modelPk: pkOf(modelPks, alias.modelName) }));
    await session.write(
      'models',
      (tx) => imports.aliases.add(tx, aliases),
      (landings) =>
        aliases.forEach((alias, index) => {
          if (landings[index] === 'NEW') report.countImported('aliases', 1);
          if (landings[index] === 'VERSION_MISSING') without(alias);
        }),
    );
  }
}

function pkOf(modelPks: ModelPks, name: string): number {
  const pk = modelPks.get(name);
  if (pk === undefined) throw new Error(`The store has yielded no model ${name}.`);
  return pk;
}

function placeOf({ modelName, number }: Pick<ImportedVersion, 'modelName' | 'number'>): string {
  return `${modelName}/${number}`;
}
