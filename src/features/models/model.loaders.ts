// Batched loads of models and what hangs on them.

import { BatchedByArguments, batched, inOrderOf } from '../../core/batching.ts';
import type { RequestContext } from '../../core/context.ts';
import type { Tag } from '../tags/tag.types.ts';
import type { Model } from './model.entity.ts';
import type { ModelQueries } from './model.queries.ts';

export class ModelLoaders {
  constructor(private readonly queries: ModelQueries) {}

  /** By row number, tombstones included. */
  readonly byPk = batched<number, Model | undefined>(async (pks) =>
    inOrderOf(pks, await this.queries.byPks(pks), (model) => model.pk),
  );

  /** By name, without tombstones. */
  readonly byName = batched<string, Model | undefined>(async (names) =>
    inOrderOf(names, await this.queries.byNames(names), (model) => model.name),
  );

  readonly tags = new BatchedByArguments<number | null, number, Tag[]>((at, pks) => this.queries.tags(pks, at));
}

/** A model that is known to exist. */
export async function loadModel(context: RequestContext, pk: number): Promise<Model> {
  const [model] = await loadModels(context, [pk]);
  return model as Model;
}

/** Models that are known to exist, in the order of their row numbers. */
export async function loadModels({ loaders }: RequestContext, pks: readonly number[]): Promise<Model[]> {
  const models = await loaders.of(ModelLoaders).byPk.loadAll(pks);
  return models.map((model, index) => {
    if (!model) throw new Error(`The model with the row number ${pks[index]} is gone.`);
    return model;
  });
}
