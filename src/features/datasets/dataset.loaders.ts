// Batched loads of datasets and of what runs used.

import { BatchedByArguments, batched, inOrderOf } from '../../core/batching.ts';
import type { ForwardPageArgs, Page } from '../../core/pagination.ts';
import type { Run } from '../runs/run.entity.ts';
import type { Dataset } from './dataset.entity.ts';
import type { DatasetQueries } from './dataset.queries.ts';
import type { DatasetKey } from './dataset.types.ts';
import { RunInput } from './input.types.ts';

export class DatasetLoaders {
  constructor(private readonly queries: DatasetQueries) {}

  /** By row number. */
  readonly byPk = batched<number, Dataset | undefined>(async (pks) =>
    inOrderOf(pks, await this.queries.byPks(pks), (dataset) => dataset.pk),
  );

  private readonly bySignature = batched<string, Dataset | undefined>(async (signatures) => {
    const datasets = await this.queries.byKeys(signatures.map((signature) => JSON.parse(signature) as DatasetKey));
    return inOrderOf(signatures, datasets, signatureOf);
  });

  /** By the row number of the dataset. */
  readonly runs = new BatchedByArguments<ForwardPageArgs, number, Page<Run>>((args, pks) =>
    this.queries.runs(pks, args),
  );

  /** By the row number of the run. */
  readonly inputs = batched<number, RunInput[]>(async (runPks) =>
    (await this.queries.inputs(runPks)).map((rows) => rows.map((row) => new RunInput(row))),
  );

  byKey(key: DatasetKey): Promise<Dataset | undefined> {
    return this.bySignature.load(signatureOf(key));
  }
}

function signatureOf({ name, digest }: DatasetKey): string {
  return JSON.stringify({ name, digest });
}
