// Stages in the graph.

import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Clock } from '../../core/clock.ts';
import type { RequestContext } from '../../core/context.ts';
import { pastMoment } from '../../core/moment.ts';
import { type Columns, Needs } from '../../core/needed-columns.ts';
import { ITEM_PATHS, PageArgs } from '../../core/pagination.ts';
import { DateTime } from '../../core/scalars.ts';
import { pksOf, ResolvedTogether } from '../../core/together.ts';
import { loadGate } from '../gates/gate.loaders.ts';
import { Model } from '../models/model.entity.ts';
import { Stage } from '../models/stage.types.ts';
import { ModelVersion } from '../versions/version.entity.ts';
import { loadVersion, loadVersions, versionColumns } from '../versions/version.loaders.ts';
import { ModelVersionConnection } from '../versions/version.types.ts';
import { loadStageChange, StageLoaders } from './stage.loaders.ts';
import type { StageAt, StageQueries } from './stage.queries.ts';
import type { BlockedPromotion, StageService } from './stage.service.ts';
import {
  InStageArgs,
  InStagePageArgs,
  PromoteVersionInput,
  PromoteVersionResult,
  PromotionBlocked,
  StageChangeConnection,
  VersionPromoted,
} from './stage.types.ts';
import { StageChange } from './stage-change.entity.ts';

@Resolver(() => ModelVersion)
export class StageResolver {
  constructor(
    private readonly service: StageService,
    private readonly queries: StageQueries,
    private readonly clock: Clock,
  ) {}

  @Query(() => ModelVersionConnection, {
    description:
      'What is in a stage, over all models, newest first; with `at`, what was in it then, those that were deleted since included.',
  })
  async versionsInStage(
    @Args(() => InStagePageArgs) args: InStagePageArgs,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ModelVersionConnection> {
    const stageAt = { stage: args.stage, at: pastMoment(this.clock, args.at) };
    return new ModelVersionConnection(await this.queries.inStage(stageAt, args, versionColumns(info, ITEM_PATHS)));
  }

  @Mutation(() => PromoteVersionResult, {
    description: 'Moves a version to a stage, unless a gate of the stage does not hold.',
  })
  async promoteVersion(
    @Arg('input', () => PromoteVersionInput, { description: 'The version and its stage.' }) input: PromoteVersionInput,
    @Ctx() context: RequestContext,
  ): Promise<PromoteVersionResult> {
    const outcome = await this.service.promote(context.actor, input);
    if ('failures' in outcome) return blocked(context, outcome);
    const { versionPk, changePk, archivedPks } = outcome;
    const [change, archived] = await Promise.all([
      changePk === null ? null : loadStageChange(context, changePk),
      Promise.all(archivedPks.map((pk) => loadStageChange(context, pk))),
    ]);
    return new VersionPromoted(versionPk, change, archived);
  }

  @ResolvedTogether()
  @Needs('pk', 'stageName')
  @FieldResolver(() => Stage, {
    description:
      'The stage it is in; with `at`, the one it was in at that moment. `NONE` before it existed and once it is deleted.',
  })
  stage(
    @Root() versions: readonly ModelVersion[],
    @Arg('at', () => DateTime, { nullable: true, description: 'A moment in the past; now by default.' }) at:
      | number
      | undefined,
    @Ctx() { loaders }: RequestContext,
  ): readonly Stage[] | Promise<readonly Stage[]> {
    const moment = pastMoment(this.clock, at);
    if (moment === null) return versions.map((version) => version.stageName);
    return loaders.of(StageLoaders).stageAt.loadAll(moment, pksOf(versions));
  }

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => StageChangeConnection, { description: 'The history of its stages, newest first.' })
  async stageChanges(
    @Root() versions: readonly ModelVersion[],
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: RequestContext,
  ): Promise<StageChangeConnection[]> {
    const pages = await loaders.of(StageLoaders).changesOfVersion.loadAll(args, pksOf(versions));
    return pages.map((page) => new StageChangeConnection(page));
  }
}

@Resolver(() => StageChange)
export class StageChangeResolver {
  @ResolvedTogether()
  @FieldResolver(() => ModelVersion, { description: 'The version that was moved.' })
  version(@Root() changes: readonly StageChange[], @Ctx() context: RequestContext): Promise<ModelVersion[]> {
    return loadVersions(
      context,
      changes.map((change) => change.versionPk),
    );
  }
}

@Resolver(() => Model)
export class StagesOfModelResolver {
  constructor(private readonly clock: Clock) {}

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => [ModelVersion], {
    description: 'The versions in a stage, newest first, at most 500; with `at`, as it stood at that moment.',
  })
  versionsInStage(
    @Root() models: readonly Model[],
    @Args(() => InStageArgs) { stage, at }: InStageArgs,
    @Ctx() { loaders }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly (readonly ModelVersion[])[]> {
    const request: [StageAt, Columns] = [{ stage, at: pastMoment(this.clock, at) }, versionColumns(info)];
    return loaders.of(StageLoaders).inStageOfModel.loadAll(request, pksOf(models));
  }

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => StageChangeConnection, {
    description: 'The history of the stages of all its versions, newest first.',
  })
  async stageChanges(
    @Root() models: readonly Model[],
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: RequestContext,
  ): Promise<StageChangeConnection[]> {
    const pages = await loaders.of(StageLoaders).changesOfModel.loadAll(args, pksOf(models));
    return pages.map((page) => new StageChangeConnection(page));
  }
}

async function blocked(context: RequestContext, { versionPk, failures }: BlockedPromotion): Promise<PromotionBlocked> {
  const [version, ...shown] = await Promise.all([
    loadVersion(context, versionPk),
    ...failures.map(async ({ gatePk, ...reason }) => ({ gate: await loadGate(context, gatePk), ...reason })),
  ]);
  return new PromotionBlocked(version, shown);
}
