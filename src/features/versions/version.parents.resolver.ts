// What versions add to the models and runs that they come from.

import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { Clock } from '../../core/clock.ts';
import type { RequestContext } from '../../core/context.ts';
import { pastMoment } from '../../core/moment.ts';
import { type Columns, Needs } from '../../core/needed-columns.ts';
import { ForwardPageArgs, ITEM_PATHS } from '../../core/pagination.ts';
import { DateTime } from '../../core/scalars.ts';
import { exactlyOne } from '../../core/selector.ts';
import { checkText } from '../../core/text.ts';
import { pksOf, ResolvedTogether } from '../../core/together.ts';
import { Model } from '../models/model.entity.ts';
import { Run } from '../runs/run.entity.ts';
import { ModelAlias } from './alias.entity.ts';
import { AliasLoaders } from './alias.loaders.ts';
import { ModelVersion } from './version.entity.ts';
import { VersionLoaders, versionColumns } from './version.loaders.ts';
import { aliasReference, type VersionReference } from './version.reference.ts';
import { ModelVersionConnection, VersionListArgs, VersionOfModelBy } from './version.types.ts';

@Resolver(() => Model)
export class VersionsOfModelResolver {
  constructor(private readonly clock: Clock) {}

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => ModelVersionConnection, { description: 'Its versions.' })
  async versions(
    @Root() models: readonly Model[],
    @Args(() => VersionListArgs) args: VersionListArgs,
    @Ctx() { loaders }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ModelVersionConnection[]> {
    const request: [VersionListArgs, Columns] = [args, versionColumns(info, ITEM_PATHS)];
    const pages = await loaders.of(VersionLoaders).ofModel.loadAll(request, pksOf(models));
    return pages.map((page) => new ModelVersionConnection(page));
  }

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => ModelVersion, { nullable: true, description: 'One of its versions; null where there is none.' })
  version(
    @Root() models: readonly Model[],
    @Arg('by', () => VersionOfModelBy, { description: 'Which one.' }) by: VersionOfModelBy,
    @Ctx() { loaders }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly (ModelVersion | undefined)[]> {
    return loaders
      .of(VersionLoaders)
      .ofModelByReference.loadAll([referenceOf(by), versionColumns(info)], pksOf(models));
  }

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => ModelVersion, { nullable: true, description: 'Its version with the highest number.' })
  latestVersion(
    @Root() models: readonly Model[],
    @Ctx() { loaders }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly (ModelVersion | undefined)[]> {
    const request: [VersionReference, Columns] = [{ isLatest: true }, versionColumns(info)];
    return loaders.of(VersionLoaders).ofModelByReference.loadAll(request, pksOf(models));
  }

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => [ModelAlias], { description: 'Its aliases, A–Z; with `at`, as they were at that moment.' })
  aliases(
    @Root() models: readonly Model[],
    @Arg('at', () => DateTime, { nullable: true, description: 'A moment in the past; now by default.' }) at:
      | number
      | undefined,
    @Ctx() { loaders }: RequestContext,
  ): Promise<readonly ModelAlias[][]> {
    return loaders.of(AliasLoaders).ofModel.loadAll(pastMoment(this.clock, at), pksOf(models));
  }
}

@Resolver(() => Run)
export class VersionsOfRunResolver {
  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => ModelVersionConnection, { description: 'The versions that it made, newest first.' })
  async versions(
    @Root() runs: readonly Run[],
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Ctx() { loaders }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ModelVersionConnection[]> {
    const request: [ForwardPageArgs, Columns] = [args, versionColumns(info, ITEM_PATHS)];
    const pages = await loaders.of(VersionLoaders).ofRun.loadAll(request, pksOf(runs));
    return pages.map((page) => new ModelVersionConnection(page));
  }
}

function referenceOf({ number, alias, stage }: VersionOfModelBy): VersionReference {
  const [selector, value] = exactlyOne({ number, alias, stage }, 'by');
  if (selector === 'number') return { number: value };
  return selector === 'stage' ? { stage: value } : aliasReference(checkText(value, 'by.alias', 'alias'));
}
