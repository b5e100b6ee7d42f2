// Experiments in the graph.

import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { pkOf } from '../../core/ids.ts';
import { exactlyOne } from '../../core/selector.ts';
import { pksOf, ResolvedTogether } from '../../core/together.ts';
import { Tag } from '../tags/tag.types.ts';
import { Experiment } from './experiment.entity.ts';
import { ExperimentLoaders, loadExperiment } from './experiment.loaders.ts';
import type { ExperimentQueries } from './experiment.queries.ts';
import type { ExperimentService } from './experiment.service.ts';
import {
  CreateExperimentInput,
  CreateExperimentPayload,
  DeleteExperimentInput,
  DeleteExperimentPayload,
  ExperimentBy,
  ExperimentConnection,
  ExperimentListArgs,
  RestoreExperimentInput,
  RestoreExperimentPayload,
  UpdateExperimentInput,
  UpdateExperimentPayload,
} from './experiment.types.ts';

@Resolver(() => Experiment)
export class ExperimentResolver {
  constructor(
    private readonly service: ExperimentService,
    private readonly queries: ExperimentQueries,
  ) {}

  @Query(() => Experiment, {
    nullable: true,
    description: 'One experiment; null where there is none, or it was deleted.',
  })
  async experiment(
    @Arg('by', () => ExperimentBy, { description: 'Which one.' }) by: ExperimentBy,
    @Ctx() { loaders }: RequestContext,
  ): Promise<Experiment | null> {
    const [selector, value] = exactlyOne({ id: by.id, name: by.name }, 'by');
    if (selector === 'name') return (await loaders.of(ExperimentLoaders).byName.load(value)) ?? null;
    const experiment = await loaders.of(ExperimentLoaders).byPk.load(pkOf('Experiment', value, 'by.id'));
    return experiment && experiment.deletedAt === null ? experiment : null;
  }

  @Query(() => ExperimentConnection, { description: 'The experiments; with `deleted`, the deleted ones instead.' })
  async experiments(@Args(() => ExperimentListArgs) args: ExperimentListArgs): Promise<ExperimentConnection> {
    return new ExperimentConnection(await this.queries.list(args));
  }

  @Mutation(() => CreateExperimentPayload, { description: 'Creates an experiment.' })
  async createExperiment(
    @Arg('input', () => CreateExperimentInput, { description: 'The experiment.' }) input: CreateExperimentInput,
    @Ctx() context: RequestContext,
  ): Promise<CreateExperimentPayload> {
    return { experiment: await loadExperiment(context, await this.service.create(context.actor, input)) };
  }

  @Mutation(() => UpdateExperimentPayload, { description: "Changes an experiment's name, description and tags." })
  async updateExperiment(
    @Arg('input', () => UpdateExperimentInput, { description: 'What to change.' }) input: UpdateExperimentInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateExperimentPayload> {
    return { experiment: await loadExperiment(context, await this.service.update(context.actor, input)) };
  }

  @Mutation(() => DeleteExperimentPayload, {
    description: 'Deletes an experiment with its runs. A tombstone stays and can be restored; the name is free again.',
  })
  async deleteExperiment(
    @Arg('input', () => DeleteExperimentInput, { description: 'Which experiment.' }) input: DeleteExperimentInput,
    @Ctx() { actor }: RequestContext,
  ): Promise<DeleteExperimentPayload> {
    return { deletedId: await this.service.delete(actor, input) };
  }

  @Mutation(() => RestoreExperimentPayload, {
    description:
      'Brings back a deleted experiment with the runs that were deleted with it, and no others. One that is not deleted stays as it is.',
  })
  async restoreExperiment(
    @Arg('input', () => RestoreExperimentInput, { description: 'Which experiment.' }) input: RestoreExperimentInput,
    @Ctx() context: RequestContext,
  ): Promise<RestoreExperimentPayload> {
    return { experiment: await loadExperiment(context, await this.service.restore(context.actor, input)) };
  }

  @ResolvedTogether()
  @FieldResolver(() => [Tag], { description: 'Its tags, A–Z by key.' })
  tags(@Root() experiments: readonly Experiment[], @Ctx() { loaders }: RequestContext): Promise<readonly Tag[][]> {
    return loaders.of(ExperimentLoaders).tags.loadAll(pksOf(experiments));
  }
}
