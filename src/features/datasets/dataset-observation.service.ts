// Datasets that another system tells of while its runs go on, and what these used.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import { Dataset, type InputKind, RunInputRow } from './dataset.entity.ts';
import { datasetRecorded } from './dataset.events.ts';
import { type DatasetIdentity, datasetKey, findDatasets } from './dataset.lookup.ts';

/** What a dataset is described by, already checked. */
export type ObservedDatasetColumns = Pick<Dataset, 'sourceType' | 'source' | 'schemaText' | 'profile'>;

/** That a run used something from a time on. */
export interface ObservedInput {
  readonly kind: InputKind;
  readonly inputPk: number;
  readonly usedAt: number;
}

/** A version of a model by the name of the model and its number. */
export interface VersionKey {
  readonly modelName: string;
  readonly number: number;
}

export class DatasetObservationService {
  /** Finds datasets, and records those that are not there yet. @returns their row numbers, in the same order */
  async record(tx: Transaction, datasets: readonly (DatasetIdentity & ObservedDatasetColumns)[]): Promise<number[]> {
    const known = await findDatasets(tx, datasets);
    const fresh = new Map(datasets.filter((one) => !known.has(datasetKey(one))).map((one) => [datasetKey(one), one]));
    await tx.insert(
      Dataset,
      [...fresh.values()].map((one) => ({ ...one, sequence: 1, createdAt: tx.startedAt })),
    );
    const added = await findDatasets(tx, [...fresh.values()]);
    for (const [key, one] of fresh) {
      const pk = added.get(key) as number;
      tx.record(datasetRecorded(Dataset.from({ ...one, pk, sequence: 1, createdAt: tx.startedAt })));
    }
    return datasets.map((one) => (known.get(datasetKey(one)) ?? added.get(datasetKey(one))) as number);
  }

  /** Writes what is known by now of a dataset that was recorded before more was told of it. */
  async describe(tx: Transaction, pk: number, columns: ObservedDatasetColumns): Promise<void> {
    await tx.update('datasets', { ...columns }, sql`pk = ${pk}`);
  }

  /** Adds what a run used; something that it used before was used from the earlier of the two times on. */
  async addInputs(tx: Transaction, runPk: number, inputs: readonly ObservedInput[]): Promise<void> {
    const { onConflict, least } = tx.dialect;
    await tx.insert(
      RunInputRow,
      inputs.map(({ kind, inputPk, usedAt }) => ({ runPk, kind, inputPk, context: '', createdAt: usedAt })),
      { onConflict: onConflict(['runPk', 'kind', 'inputPk', 'context'], { createdAt: least }, 'run_inputs') },
    );
  }

  /** The row numbers of live versions; undefined for one that is not here. */
  async findVersions(tx: Transaction, keys: readonly VersionKey[]): Promise<(number | undefined)[]> {
    if (keys.length === 0) return [];
    const { inList } = tx.dialect;
    const names = [...new Set(keys.map((key) => key.modelName))];
    const numbers = [...new Set(keys.map((key) => key.number))];
    const rows = await tx.query<{ pk: number; name: string; number: number }>(
      sql`SELECT v.pk AS pk, m.name AS name, v.number AS number FROM models m JOIN model_versions v ON v.modelPk = m.pk WHERE ${inList(sql`m.name`, names)} AND m.deletedAt IS NULL AND ${inList(sql`v.number`, numbers)} AND v.deletedAt IS NULL`,
    );
    const pks = new Map(rows.map(({ pk, name, number }) => [`${number} ${name}`, pk]));
    return keys.map(({ modelName, number }) => pks.get(`${number} ${modelName}`));
  }
}
