// Runs in the graph.

import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Clock } from '../../core/clock.ts';
import type { RequestContext } from '../../core/context.ts';
import { Invalid } from '../../core/errors.ts';
import { pkOf } from '../../core/ids.ts';
import { type Columns, Needs } from '../../core/needed-columns.ts';
import { ForwardPageArgs, ITEM_PATHS } from '../../core/pagination.ts';
import { SafeInt } from '../../core/scalars.ts';
import { exactlyOne } from '../../core/selector.ts';
import { pksOf, ResolvedTogether } from '../../core/together.ts';
import { Experiment } from '../experiments/experiment.entity.ts';
import { loadExperiments } from '../experiments/experiment.loaders.ts';
import { MOST_KEYS, Tag } from '../tags/tag.types.ts';
import { Param } from './param.types.ts';
import { Run } from './run.entity.ts';
import {
  DeleteRunInput,
  DeleteRunPayload,
  EndRunInput,
  EndRunPayload,
  RestoreRunInput,
  RestoreRunPayload,
  ResumeRunInput,
  ResumeRunPayload,
  StartRunInput,
  StartRunPayload,
  UpdateRunInput,
  UpdateRunPayload,
} from './run.inputs.types.ts';
import { loadChangedRun, RunLoaders, runColumns } from './run.loaders.ts';
import type { RunQueries } from './run.queries.ts';
import type { RunService } from './run.service.ts';
import { RunBy, RunConnection, RunListArgs } from './run.types.ts';

@Resolver(() => Run)
export class RunResolver {
  constructor(
    private readonly service: RunService,
    private readonly queries: RunQueries,
    private readonly clock: Clock,
  ) {}

  @Query(() => Run, { nullable: true, description: 'One run; null where there is none, or it was deleted.' })
  async run(
    @Arg('by', () => RunBy, { description: 'Which one.' }) by: RunBy,
    @Ctx() { loaders }: RequestContext,
  ): Promise<Run | null> {
    const [selector, value] = exactlyOne({ id: by.id, runId: by.runId }, 'by');
    if (selector === 'runId') return (await loaders.of(RunLoaders).byRunId.load(value)) ?? null;
    const run = await loaders.of(RunLoaders).byPk.load(pkOf('Run', value, 'by.id'));
    return run && run.deletedAt === null ? run : null;
  }

  @Query(() => RunConnection, { description: 'Runs of all experiments; with `deleted`, the deleted ones instead.' })
  async runs(@Args(() => RunListArgs) args: RunListArgs, @Info() info: GraphQLResolveInfo): Promise<RunConnection> {
    return new RunConnection(await this.queries.list(args, runColumns(info, ITEM_PATHS)));
  }

  @Mutation(() => StartRunPayload, { description: 'Starts a run in an experiment.' })
  async startRun(
    @Arg('input', () => StartRunInput, { description: 'The run.' }) input: StartRunInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<StartRunPayload> {
    return { run: await loadChangedRun(context, await this.service.start(context.actor, input), info) };
  }

  @Mutation(() => EndRunPayload, {
    description:
      'Ends a run. One that has ended already takes another status or end where they differ; else nothing changes.',
  })
  async endRun(
    @Arg('input', () => EndRunInput, { description: 'Which run, and how it ended.' }) input: EndRunInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<EndRunPayload> {
    return { run: await loadChangedRun(context, await this.service.end(context.actor, input), info) };
  }

  @Mutation(() => ResumeRunPayload, {
    description: 'Lets a run that ended run again: it has no end any more. One that runs stays as it is.',
  })
  async resumeRun(
    @Arg('input', () => ResumeRunInput, { description: 'Which run.' }) input: ResumeRunInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ResumeRunPayload> {
    return { run: await loadChangedRun(context, await this.service.resume(context.actor, input), info) };
  }

  @Mutation(() => UpdateRunPayload, { description: "Changes a run's name, description and tags." })
  async updateRun(
    @Arg('input', () => UpdateRunInput, { description: 'What to change.' }) input: UpdateRunInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UpdateRunPayload> {
    return { run: await loadChangedRun(context, await this.service.update(context.actor, input), info) };
  }

  @Mutation(() => DeleteRunPayload, {
    description: 'Deletes a run, unless it made a version that is there. A tombstone stays and can be restored.',
  })
  async deleteRun(
    @Arg('input', () => DeleteRunInput, { description: 'Which run.' }) input: DeleteRunInput,
    @Ctx() { actor }: RequestContext,
  ): Promise<DeleteRunPayload> {
    return { deletedId: await this.service.delete(actor, input) };
  }

  @Mutation(() => RestoreRunPayload, {
    description: 'Brings back a deleted run, if its experiment is there. One that is not deleted stays as it is.',
  })
  async restoreRun(
    @Arg('input', () => RestoreRunInput, { description: 'Which run.' }) input: RestoreRunInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RestoreRunPayload> {
    return { run: await loadChangedRun(context, await this.service.restore(context.actor, input), info) };
  }

  @ResolvedTogether()
  @Needs('experimentPk')
  @FieldResolver(() => Experiment, { description: 'The experiment it belongs to.' })
  experiment(@Root() runs: readonly Run[], @Ctx() context: RequestContext): Promise<Experiment[]> {
    return loadExperiments(
      context,
      runs.map((run) => run.experimentPk),
    );
  }

  @Needs('startedAt', 'endedAt')
  @FieldResolver(() => SafeInt, { description: 'Milliseconds from start to end; of a running one, so far.' })
  durationMs(@Root() { startedAt, endedAt }: Run): number {
    // A tracker's clock may be ahead of this one.
    return Math.max(0, (endedAt ?? this.clock.now()) - startedAt);
  }

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => [Tag], { description: 'Its tags, A–Z by key.' })
  tags(@Root() runs: readonly Run[], @Ctx() { loaders }: RequestContext): Promise<readonly Tag[][]> {
    return loaders.of(RunLoaders).tags.loadAll(pksOf(runs));
  }

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => [Param], { description: 'Its params, A–Z by key.' })
  params(
    @Root() runs: readonly Run[],
    @Arg('keys', () => [String], { nullable: true, description: 'Only those with these keys; all by default.' })
    keys: string[] | null | undefined,
    @Ctx() { loaders }: RequestContext,
  ): Promise<readonly Param[][]> {
    if (keys && keys.length > MOST_KEYS) {
      throw new Invalid('keys', `\`keys\` has ${keys.length} keys; at most ${MOST_KEYS} are allowed.`);
    }
    return loaders.of(RunLoaders).params.loadAll(keys ?? null, pksOf(runs));
  }

  @ResolvedTogether()
  @Needs('parentPk')
  @FieldResolver(() => Run, { nullable: true, description: 'The run that it is a part of.' })
  parent(@Root() runs: readonly Run[], @Ctx() { loaders }: RequestContext): Promise<(Run | null)[]> {
    return loaders.of(RunLoaders).byPk.loadKnown(runs.map((run) => run.parentPk));
  }

  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => RunConnection, { description: 'The runs that are parts of it, newest first.' })
  async children(
    @Root() runs: readonly Run[],
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Ctx() { loaders }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RunConnection[]> {
    const request: [RunListArgs, Columns] = [{ ...args, deleted: false }, runColumns(info, ITEM_PATHS)];
    const pages = await loaders.of(RunLoaders).children.loadAll(request, pksOf(runs));
    return pages.map((page) => new RunConnection(page));
  }
}
