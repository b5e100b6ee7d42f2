// Batched loads of aliases.

import { BatchedByArguments, batched, inOrderOf } from '../../core/batching.ts';
import type { RequestContext } from '../../core/context.ts';
import type { ModelAlias } from './alias.entity.ts';
import type { AliasQueries } from './alias.queries.ts';

export class AliasLoaders {
  constructor(private readonly queries: AliasQueries) {}

  /** By row number, those that no longer hold included. */
  readonly byPk = batched<number, ModelAlias | undefined>(async (pks) =>
    inOrderOf(pks, await this.queries.byPks(pks), (alias) => alias.pk),
  );

  /** Of a model, now or at an instant. */
  readonly ofModel = new BatchedByArguments<number | null, number, ModelAlias[]>((at, pks) =>
    this.queries.ofModels(pks, at),
  );

  /** Of a version, now or at an instant. */
  readonly ofVersion = new BatchedByArguments<number | null, number, ModelAlias[]>((at, pks) =>
    this.queries.ofVersions(pks, at),
  );
}

/** An alias that is known to have existed. */
export async function loadAlias({ loaders }: RequestContext, pk: number): Promise<ModelAlias> {
  const alias = await loaders.of(AliasLoaders).byPk.load(pk);
  if (!alias) throw new Error(`The alias with the row number ${pk} is gone.`);
  return alias;
}
