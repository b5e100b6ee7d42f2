// The registered models of an import, with their versions, stages and aliases.

import type { ImportSession } from './import-session.ts';
import type { ImportedVersion } from './records.ts';

const STAGE_COMMENT = 'Imported from MLflow, which keeps no history of stages.';

/** Row numbers of models by the names that the source gives them. */
type ModelPks = ReadonlyMap<string, number>;

export async function importModels(session: ImportSession): Promise<ModelPks> {
  const { store, report, imports } = session;
  const pks = new Map<string, number>();
  for await (const batch of store.models()) {
    await session.write(
      'models',
      (tx) => imports.models.add(tx, batch),
      (rows) =>
        rows.forEach(({ pk, isNew }, index) => {
          const model = batch[index];
          if (!model) return;
          pks.set(model.name, pk);
          if (!isNew) return;
          report.countImported('models', 1);
          report.countImported('tags', model.tags.length);
        }),
    );
  }
  return pks;
}

export async function importVersions(session: ImportSession, modelPks: ModelPks): Promise<void> {
  const { store, report, imports } = session;
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
          if (!version) return;
          const place = placeOf(version);
          if (landing.outcome === 'MODEL_DELETED')
            report.addNote('A version whose model was deleted in the registry is left out', place);
          if (landing.outcome !== 'NEW') return;
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
}

export async function importAliases(session: ImportSession, modelPks: ModelPks): Promise<void> {
  const { store, report, imports } = session;
  for await (const batch of store.aliases()) {
    const aliases = batch.map((alias) => ({ ...alias, modelPk: pkOf(modelPks, alias.modelName) }));
    await session.write(
      'models',
      (tx) => imports.aliases.add(tx, aliases),
      (landings) =>
        landings.forEach((landing, index) => {
          const alias = aliases[index];
          if (landing === 'NEW') report.countImported('aliases', 1);
          if (alias && landing === 'VERSION_MISSING')
            report.addNote(
              'An alias whose version was deleted in the registry is left out',
              `${placeOf(alias)} ← ${alias.alias}`,
            );
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
