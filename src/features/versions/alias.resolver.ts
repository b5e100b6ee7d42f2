// Aliases in the graph.

import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { ResolvedTogether } from '../../core/together.ts';
import { Model } from '../models/model.entity.ts';
import { loadModel, loadModels } from '../models/model.loaders.ts';
import { ModelAlias } from './alias.entity.ts';
import { loadAlias } from './alias.loaders.ts';
import type { AliasService } from './alias.service.ts';
import { RemoveAliasInput, RemoveAliasPayload, SetAliasInput, SetAliasPayload } from './alias.types.ts';
import { ModelVersion } from './version.entity.ts';
import { loadVersions } from './version.loaders.ts';

@Resolver(() => ModelAlias)
export class AliasResolver {
  constructor(private readonly service: AliasService) {}

  @Mutation(() => SetAliasPayload, { description: 'Sets an alias of a model, or moves it to another version.' })
  async setAlias(
    @Arg('input', () => SetAliasInput, { description: 'The alias and its version.' }) input: SetAliasInput,
    @Ctx() context: RequestContext,
  ): Promise<SetAliasPayload> {
    return { alias: await loadAlias(context, await this.service.set(context.actor, input)) };
  }

  @Mutation(() => RemoveAliasPayload, { description: 'Removes an alias of a model.' })
  async removeAlias(
    @Arg('input', () => RemoveAliasInput, { description: 'Which alias.' }) input: RemoveAliasInput,
    @Ctx() context: RequestContext,
  ): Promise<RemoveAliasPayload> {
    return { model: await loadModel(context, await this.service.remove(context.actor, input)) };
  }

  @ResolvedTogether()
  @FieldResolver(() => Model, { description: 'The model whose alias it is.' })
  model(@Root() aliases: readonly ModelAlias[], @Ctx() context: RequestContext): Promise<Model[]> {
    return loadModels(
      context,
      aliases.map((alias) => alias.modelPk),
    );
  }

  @ResolvedTogether()
  @FieldResolver(() => ModelVersion, { description: 'The version that it stands for.' })
  version(@Root() aliases: readonly ModelAlias[], @Ctx() context: RequestContext): Promise<ModelVersion[]> {
    return loadVersions(
      context,
      aliases.map((alias) => alias.versionPk),
    );
  }
}
