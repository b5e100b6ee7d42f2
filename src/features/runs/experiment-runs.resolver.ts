// The runs of an experiment in the graph.

import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { pksOf, ResolvedTogether } from '../../core/together.ts';
import { Experiment } from '../experiments/experiment.entity.ts';
import { RunLoaders } from './run.loaders.ts';
import { RunConnection, RunListArgs } from './run.types.ts';

@Resolver(() => Experiment)
export class ExperimentRunsResolver {
  @ResolvedTogether()
  @FieldResolver(() => RunConnection, { description: 'Its runs; with `deleted`, the deleted ones instead.' })
  async runs(
    @Root() experiments: readonly Experiment[],
    @Args(() => RunListArgs) args: RunListArgs,
    @Ctx() { loaders }: RequestContext,
  ): Promise<RunConnection[]> {
    const pages = await loaders.of(RunLoaders).ofExperiment.loadAll(args, pksOf(experiments));
    return pages.map((page) => new RunConnection(page));
  }
}
