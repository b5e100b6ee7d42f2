// Brings in many datasets at once, and what runs used them for.

import type { Transaction } from '../../database/transaction.ts';
import type { LineageRecordService } from '../lineage/lineage-record.service.ts';
import { Dataset, InputKind, RunInputRow } from './dataset.entity.ts';
import { type DatasetIdentity, datasetKey, findDatasets } from './dataset.lookup.ts';
import { edgeOfInput } from './input.edges.ts';

/** A dataset as its tracker knows it, already checked. */
export interface DatasetToImport {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string | null;
  readonly source: string | null;
  readonly schema: string | null;
  readonly profile: string | null;
}

/** That a run, imported a moment ago, used a dataset. */
export interface InputToImport {
  readonly runPk: number;
  readonly name: string;
  readonly digest: string;
  readonly context: string | null;
  readonly usedAt: number;
}

export class DatasetImportService {
  constructor(private readonly lineage: LineageRecordService) {}

  /**
   * Adds those whose name and digest are not there yet; the others stay as they are. Records no facts.
   * @returns how many were added
   */
  async add(tx: Transaction, datasets: readonly DatasetToImport[]): Promise<number> {
    const known = await findDatasets(tx, datasets);
    const fresh = datasets.filter((dataset) => !known.has(datasetKey(dataset)));
    await tx.insert(
      Dataset,
      fresh.map(({ name, digest, sourceType, source, schema, profile }) => ({
        name,
        digest,
        sourceType,
        source,
        schemaText: schema,
        profile,
        sequence: 1,
        createdAt: tx.startedAt,
      })),
    );
    return fresh.length;
  }

  /** Adds what runs used, of datasets that are there, with the edges of that. @returns how many were added */
  async addInputs(tx: Transaction, inputs: readonly InputToImport[]): Promise<number> {
    const datasets = await findDatasets(tx, inputs);
    const rows = inputs.flatMap((input) => {
      const inputPk = datasets.get(datasetKey(input));
      if (inputPk === undefined) return [];
      const { runPk, context, usedAt } = input;
      return { runPk, kind: InputKind.DATASET, inputPk, context: context ?? '', createdAt: usedAt };
    });
    const { affected } = await tx.insert(RunInputRow, rows, { ignoreExisting: true });
    await this.lineage.record(tx, rows.map(edgeOfInput));
    return affected;
  }

  /** The row numbers of datasets, in their order; undefined for those that are not here. */
  async pksOf(tx: Transaction, sought: readonly DatasetIdentity[]): Promise<(number | undefined)[]> {
    const found = await findDatasets(tx, sought);
    return sought.map((dataset) => found.get(datasetKey(dataset)));
  }
}
