// Gates in the graph.

import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { Needs } from '../../core/needed-columns.ts';
import { pksOf, ResolvedTogether } from '../../core/together.ts';
import { Model } from '../models/model.entity.ts';
import { loadModel } from '../models/model.loaders.ts';
import { PromotionGate } from './gate.entity.ts';
import { GateLoaders, loadGate } from './gate.loaders.ts';
import type { GateService } from './gate.service.ts';
import {
  AddPromotionGateInput,
  AddPromotionGatePayload,
  RemovePromotionGateInput,
  RemovePromotionGatePayload,
} from './gate.types.ts';

@Resolver(() => Model)
export class GateResolver {
  constructor(private readonly service: GateService) {}

  @Mutation(() => AddPromotionGatePayload, {
    description:
      'Puts a gate before a stage of a model; it judges promotions from then on. One that asks what another of the stage does changes nothing.',
  })
  async addPromotionGate(
    @Arg('input', () => AddPromotionGateInput, { description: 'The stage and what to ask.' })
    input: AddPromotionGateInput,
    @Ctx() context: RequestContext,
  ): Promise<AddPromotionGatePayload> {
    return { gate: await loadGate(context, await this.service.add(context.actor, input)) };
  }

  @Mutation(() => RemovePromotionGatePayload, { description: 'Removes a gate of a model.' })
  async removePromotionGate(
    @Arg('input', () => RemovePromotionGateInput, { description: 'Which gate.' }) input: RemovePromotionGateInput,
    @Ctx() context: RequestContext,
  ): Promise<RemovePromotionGatePayload> {
    return { model: await loadModel(context, await this.service.remove(context.actor, input)) };
  }

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => [PromotionGate], {
    description: 'What versions must fulfil to enter its stages, in the order in which the gates were added.',
  })
  promotionGates(
    @Root() models: readonly Model[],
    @Ctx() { loaders }: RequestContext,
  ): Promise<readonly PromotionGate[][]> {
    return loaders.of(GateLoaders).ofModel.loadAll(pksOf(models));
  }
}
