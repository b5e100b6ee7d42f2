// Batched loads of experiments and what hangs on them.

import { batched, inOrderOf } from '../../core/batching.ts';
import type { RequestContext } from '../../core/context.ts';
import type { Tag } from '../tags/tag.types.ts';
import type { Experiment } from './experiment.entity.ts';
import type { ExperimentQueries } from './experiment.queries.ts';

export class ExperimentLoaders {
  constructor(private readonly queries: ExperimentQueries) {}

  /** By row number, tombstones included. */
  readonly byPk = batched<number, Experiment | undefined>(async (pks) =>
    inOrderOf(pks, await this.queries.byPks(pks), (experiment) => experiment.pk),
  );

  /** By name, without tombstones. */
  readonly byName = batched<string, Experiment | undefined>(async (names) =>
    inOrderOf(names, await this.queries.byNames(names), (experiment) => experiment.name),
  );

  readonly tags = batched<number, Tag[]>((pks) => this.queries.tags(pks));
}

/** An experiment that is known to exist. */
export async function loadExperiment(context: RequestContext, pk: number): Promise<Experiment> {
  const [experiment] = await loadExperiments(context, [pk]);
  return experiment as Experiment;
}

/** Experiments that are known to exist, in the order of their row numbers. */
export async function loadExperiments({ loaders }: RequestContext, pks: readonly number[]): Promise<Experiment[]> {
  const experiments = await loaders.of(ExperimentLoaders).byPk.loadAll(pks);
  return experiments.map((experiment, index) => {
    if (!experiment) throw new Error(`The experiment with the row number ${pks[index]} is gone.`);
    return experiment;
  });
}
