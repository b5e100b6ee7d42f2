// Models in the graph.

import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Clock } from '../../core/clock.ts';
import type { RequestContext } from '../../core/context.ts';
import { pkOf } from '../../core/ids.ts';
import { pastMoment } from '../../core/moment.ts';
import { Needs } from '../../core/needed-columns.ts';
import { ITEM_PATHS } from '../../core/pagination.ts';
import { DateTime } from '../../core/scalars.ts';
import { exactlyOne } from '../../core/selector.ts';
import { pksOf, ResolvedTogether } from '../../core/together.ts';
import { Tag } from '../tags/tag.types.ts';
import { MODEL_PARTS, Model } from './model.entity.ts';
import { loadModel, ModelLoaders } from './model.loaders.ts';
import type { ModelQueries } from './model.queries.ts';
import type { ModelService } from './model.service.ts';
import {
  DeleteModelInput,
  DeleteModelPayload,
  ModelBy,
  ModelConnection,
  ModelListArgs,
  RegisterModelInput,
  RegisterModelPayload,
  RenameModelInput,
  RenameModelPayload,
  UpdateModelInput,
  UpdateModelPayload,
} from './model.types.ts';

@Resolver(() => Model)
export class ModelResolver {
  constructor(
    private readonly service: ModelService,
    private readonly queries: ModelQueries,
    private readonly clock: Clock,
  ) {}

  @Query(() => Model, { nullable: true, description: 'One model; null where there is none, or it was deleted.' })
  async model(
    @Arg('by', () => ModelBy, { description: 'Which one.' }) by: ModelBy,
    @Ctx() { loaders }: RequestContext,
  ): Promise<Model | null> {
    const [selector, value] = exactlyOne({ id: by.id, name: by.name }, 'by');
    if (selector === 'name') return (await loaders.of(ModelLoaders).byName.load(value)) ?? null;
    const model = await loaders.of(ModelLoaders).byPk.load(pkOf('Model', value, 'by.id'));
    return model && model.deletedAt === null ? model : null;
  }

  @Query(() => ModelConnection, { description: 'The models of the registry.' })
  async models(
    @Args(() => ModelListArgs) args: ModelListArgs,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ModelConnection> {
    const columns = MODEL_PARTS.neededBy(info, ITEM_PATHS);
    return new ModelConnection(await this.queries.list(args, columns));
  }

  @Mutation(() => RegisterModelPayload, { description: 'Registers a model.' })
  async registerModel(
    @Arg('input', () => RegisterModelInput, { description: 'The model.' }) input: RegisterModelInput,
    @Ctx() context: RequestContext,
  ): Promise<RegisterModelPayload> {
    return { model: await loadModel(context, await this.service.register(context.actor, input)) };
  }

  @Mutation(() => UpdateModelPayload, { description: "Changes a model's description, exclusive stages and tags." })
  async updateModel(
    @Arg('input', () => UpdateModelInput, { description: 'What to change.' }) input: UpdateModelInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateModelPayload> {
    return { model: await loadModel(context, await this.service.update(context.actor, input)) };
  }

  @Mutation(() => RenameModelPayload, { description: 'Gives a model another name; its id, versions and history stay.' })
  async renameModel(
    @Arg('input', () => RenameModelInput, { description: 'The model and its new name.' }) input: RenameModelInput,
    @Ctx() context: RequestContext,
  ): Promise<RenameModelPayload> {
    return { model: await loadModel(context, await this.service.rename(context.actor, input)) };
  }

  @Mutation(() => DeleteModelPayload, {
    description: 'Deletes a model with its versions and aliases. A tombstone stays; the name is free again.',
  })
  async deleteModel(
    @Arg('input', () => DeleteModelInput, { description: 'Which model.' }) input: DeleteModelInput,
    @Ctx() { actor }: RequestContext,
  ): Promise<DeleteModelPayload> {
    return { deletedId: await this.service.delete(actor, input) };
  }

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => [Tag], { description: 'Its tags, A–Z by key; with `at`, as they were at that moment.' })
  tags(
    @Root() models: readonly Model[],
    @Arg('at', () => DateTime, { nullable: true, description: 'A moment in the past; now by default.' }) at:
      | number
      | undefined,
    @Ctx() { loaders }: RequestContext,
  ): Promise<readonly Tag[][]> {
    return loaders.of(ModelLoaders).tags.loadAll(pastMoment(this.clock, at), pksOf(models));
  }
}
