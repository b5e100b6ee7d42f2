// The page that is measured: 50 models, 5 versions of each, the run of each, and 3 metrics of that.

import type { Filling } from '../fill.ts';

export const PAGE = `query Page { models(first: 50) { nodes { id name createdAt
  versions(first: 5) { nodes { number stage createdAt run { name status startedAt metrics { key value step } } } } } } }`;

export const PAGE_DATA: Filling = {
  models: 50,
  versionsPerModel: 5,
  experiments: 5,
  runs: 250,
  metrics: ['accuracy', 'loss', 'f1'],
  params: ['depth'],
};
