// Batched loads of gates.

import { batched, inOrderOf } from '../../core/batching.ts';
import type { RequestContext } from '../../core/context.ts';
import type { PromotionGate } from './gate.entity.ts';
import type { GateQueries } from './gate.queries.ts';

export class GateLoaders {
  constructor(private readonly queries: GateQueries) {}

  /** By row number, removed ones included. */
  readonly byPk = batched<number, PromotionGate | undefined>(async (pks) =>
    inOrderOf(pks, await this.queries.byPks(pks), (gate) => gate.pk),
  );

  /** Of a model, in the order in which they were added. */
  readonly ofModel = batched<number, PromotionGate[]>((modelPks) => this.queries.ofModels(modelPks));
}

/** A gate that is known to have existed. */
export async function loadGate({ loaders }: RequestContext, pk: number): Promise<PromotionGate> {
  const gate = await loaders.of(GateLoaders).byPk.load(pk);
  if (!gate) throw new Error(`The gate with the row number ${pk} is gone.`);
  return gate;
}
