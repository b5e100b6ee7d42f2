// The runs of an experiment in the graph.

import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { Experiment } from '../experiments/experiment.entity.ts';
import { RunLoaders } from './run.loaders.ts';
import { RunConnection, RunListArgs } from './run.types.ts';

@Resolver(() => Experiment)
export class ExperimentRunsResolver {
  @FieldResolver(() => RunConnection, { description: 'Its runs; with `deleted`, the deleted ones instead.' })
  async runs(
    @Root() experiment: Experiment,
    @Args(() => RunListArgs) args: RunListArgs,
    @Ctx() { loaders }: RequestContext,
  ): Promise<RunConnection> {
    return new RunConnection(await loaders.of(RunLoaders).ofExperiment.load(args, experiment.pk));
  }
}
