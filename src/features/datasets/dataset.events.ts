// The facts that datasets record.

import type { Fact } from '../../database/transaction.ts';
import type { Dataset } from './dataset.entity.ts';

/** A dataset never changes, so that there is no other event about it to keep an order with. */
const FIRST_AND_ONLY = 1;

export const datasetRecorded = (dataset: Dataset): Fact => ({
  type: 'DATASET_RECORDED',
  subject: { type: 'Dataset', pk: dataset.pk, name: dataset.name, sequence: FIRST_AND_ONLY },
  at: dataset.createdAt,
  payload: { datasetPk: dataset.pk, datasetName: dataset.name, digest: dataset.digest },
});
