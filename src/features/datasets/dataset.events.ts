// The facts that datasets record.

import type { Fact } from '../../database/transaction.ts';
import type { Dataset } from './dataset.entity.ts';

export const datasetRecorded = (dataset: Dataset): Fact => ({
  type: 'DATASET_RECORDED',
  subject: { type: 'Dataset', pk: dataset.pk, name: dataset.name, sequence: dataset.sequence },
  at: dataset.createdAt,
  payload: { datasetPk: dataset.pk, datasetName: dataset.name, digest: dataset.digest },
});
