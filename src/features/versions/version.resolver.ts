// Versions in the graph.

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
import { Model } from '../models/model.entity.ts';
import { loadModels, ModelLoaders } from '../models/model.loaders.ts';
import { Run } from '../runs/run.entity.ts';
import { loadSelectedRuns } from '../runs/run.loaders.ts';
import { Tag } from '../tags/tag.types.ts';
import { ModelAlias } from './alias.entity.ts';
import { AliasLoaders } from './alias.loaders.ts';
import { ModelVersion } from './version.entity.ts';
import { loadVersion, VersionLoaders, versionColumns } from './version.loaders.ts';
import type { VersionQueries } from './version.queries.ts';
import { parseVersionUri, versionUri } from './version.reference.ts';
import type { VersionService } from './version.service.ts';
import {
  DeleteVersionInput,
  DeleteVersionPayload,
  ModelVersionBy,
  ModelVersionConnection,
  RegisterVersionInput,
  RegisterVersionPayload,
  UpdateVersionInput,
  UpdateVersionPayload,
  VersionListArgs,
} from './version.types.ts';

@Resolver(() => ModelVersion)
export class VersionResolver {
  constructor(
    private readonly service: VersionService,
    private readonly queries: VersionQueries,
    private readonly clock: Clock,
  ) {}

  @Query(() => ModelVersion, {
    nullable: true,
    description: 'One version; null where there is none, or it was deleted.',
  })
  async modelVersion(
    @Arg('by', () => ModelVersionBy, { description: 'Which one.' }) by: ModelVersionBy,
    @Ctx() { loaders }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ModelVersion | null> {
    const [selector, value] = exactlyOne({ id: by.id, uri: by.uri }, 'by');
    if (selector === 'id') {
      const version = await loaders.of(VersionLoaders).byPk.load(pkOf('ModelVersion', value, 'by.id'));
      return version && version.deletedAt === null ? version : null;
    }
    const { modelName, reference } = parseVersionUri(value, 'by.uri');
    const model = await loaders.of(ModelLoaders).byName.load(modelName);
    if (!model) return null;
    const versions = loaders.of(VersionLoaders).ofModelByReference;
    return (await versions.load([reference, versionColumns(info)], model.pk)) ?? null;
  }

  @Query(() => ModelVersionConnection, { description: 'The versions of all models.' })
  async modelVersions(
    @Args(() => VersionListArgs) args: VersionListArgs,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ModelVersionConnection> {
    return new ModelVersionConnection(await this.queries.list(args, versionColumns(info, ITEM_PATHS)));
  }

  @Mutation(() => RegisterVersionPayload, { description: 'Registers the next version of a model.' })
  async registerVersion(
    @Arg('input', () => RegisterVersionInput, { description: 'The version.' }) input: RegisterVersionInput,
    @Ctx() context: RequestContext,
  ): Promise<RegisterVersionPayload> {
    return { version: await loadVersion(context, await this.service.register(context.actor, input)) };
  }

  @Mutation(() => UpdateVersionPayload, { description: "Changes a version's description, status and tags." })
  async updateVersion(
    @Arg('input', () => UpdateVersionInput, { description: 'What to change.' }) input: UpdateVersionInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateVersionPayload> {
    return { version: await loadVersion(context, await this.service.update(context.actor, input)) };
  }

  @Mutation(() => DeleteVersionPayload, {
    description: 'Deletes a version with its aliases. A tombstone stays; the number is never given again.',
  })
  async deleteVersion(
    @Arg('input', () => DeleteVersionInput, { description: 'Which version.' }) input: DeleteVersionInput,
    @Ctx() { actor }: RequestContext,
  ): Promise<DeleteVersionPayload> {
    return { deletedId: await this.service.delete(actor, input) };
  }

  @ResolvedTogether()
  @Needs('modelPk')
  @FieldResolver(() => Model, { description: 'The model it is a version of.' })
  model(@Root() versions: readonly ModelVersion[], @Ctx() context: RequestContext): Promise<Model[]> {
    return loadModels(
      context,
      versions.map((version) => version.modelPk),
    );
  }

  @ResolvedTogether()
  @Needs('modelPk', 'number')
  @FieldResolver(() => String, { description: '`models:/<name>/<number>`, with the name percent-encoded.' })
  async uri(@Root() versions: readonly ModelVersion[], @Ctx() context: RequestContext): Promise<string[]> {
    const models = await this.model(versions, context);
    return versions.map((version, index) => versionUri((models[index] as Model).name, version.number));
  }

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => [Tag], { description: 'Its tags, A–Z by key; with `at`, as they were at that moment.' })
  tags(
    @Root() versions: readonly ModelVersion[],
    @Arg('at', () => DateTime, { nullable: true, description: 'A moment in the past; now by default.' }) at:
      | number
      | undefined,
    @Ctx() { loaders }: RequestContext,
  ): Promise<readonly Tag[][]> {
    return loaders.of(VersionLoaders).tags.loadAll(pastMoment(this.clock, at), pksOf(versions));
  }

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => [ModelAlias], {
    description: 'The aliases that stand for it, A–Z; with `at`, those that did at that moment.',
  })
  aliases(
    @Root() versions: readonly ModelVersion[],
    @Arg('at', () => DateTime, { nullable: true, description: 'A moment in the past; now by default.' }) at:
      | number
      | undefined,
    @Ctx() { loaders }: RequestContext,
  ): Promise<readonly ModelAlias[][]> {
    return loaders.of(AliasLoaders).ofVersion.loadAll(pastMoment(this.clock, at), pksOf(versions));
  }

  @ResolvedTogether()
  @Needs('runPk')
  @FieldResolver(() => Run, { nullable: true, description: 'The run that made it, where one is known.' })
  run(
    @Root() versions: readonly ModelVersion[],
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<(Run | null)[]> {
    const pks = versions.map((version) => version.runPk);
    return loadSelectedRuns(context, pks, info);
  }
}
