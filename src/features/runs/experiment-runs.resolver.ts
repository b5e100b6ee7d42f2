// The runs of an experiment in the graph.

import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import type { Columns } from '../../core/needed-columns.ts';
import { ITEM_PATHS } from '../../core/pagination.ts';
import { pksOf, ResolvedTogether } from '../../core/together.ts';
import { Experiment } from '../experiments/experiment.entity.ts';
import { RunLoaders, runColumns } from './run.loaders.ts';
import { RunConnection, RunListArgs } from './run.types.ts';

@Resolver(() => Experiment)
export class ExperimentRunsResolver {
  @ResolvedTogether()
  @FieldResolver(() => RunConnection, { description: 'Its runs; with `deleted`, the deleted ones instead.' })
  async runs(
    @Root() experiments: readonly Experiment[],
    @Args(() => RunListArgs) args: RunListArgs,
    @Ctx() { loaders }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RunConnection[]> {
    const request: [RunListArgs, Columns] = [args, runColumns(info, ITEM_PATHS)];
    const pages = await loaders.of(RunLoaders).ofExperiment.loadAll(request, pksOf(experiments));
    return pages.map((page) => new RunConnection(page));
  }
}
