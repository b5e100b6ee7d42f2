// Datasets and the inputs of runs in the graph.

import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { pkOf } from '../../core/ids.ts';
import { ForwardPageArgs } from '../../core/pagination.ts';
import { exactlyOne } from '../../core/selector.ts';
import { pksOf, ResolvedTogether } from '../../core/together.ts';
import { RunConnection } from '../runs/run.types.ts';
import { Dataset } from './dataset.entity.ts';
import { DatasetLoaders } from './dataset.loaders.ts';
import type { DatasetQueries } from './dataset.queries.ts';
import type { DatasetService } from './dataset.service.ts';
import {
  DatasetBy,
  DatasetConnection,
  DatasetListArgs,
  RecordDatasetInput,
  RecordDatasetPayload,
} from './dataset.types.ts';

@Resolver(() => Dataset)
export class DatasetResolver {
  constructor(
    private readonly service: DatasetService,
    private readonly queries: DatasetQueries,
  ) {}

  @Query(() => Dataset, { nullable: true, description: 'One dataset; null where there is none.' })
  async dataset(
    @Arg('by', () => DatasetBy, { description: 'Which one.' }) by: DatasetBy,
    @Ctx() { loaders }: RequestContext,
  ): Promise<Dataset | null> {
    const [selector, value] = exactlyOne({ id: by.id, key: by.key }, 'by');
    const datasets = loaders.of(DatasetLoaders);
    if (selector === 'key') return (await datasets.byKey(value)) ?? null;
    return (await datasets.byPk.load(pkOf('Dataset', value, 'by.id'))) ?? null;
  }

  @Query(() => DatasetConnection, { description: 'The datasets that were recorded.' })
  async datasets(@Args(() => DatasetListArgs) args: DatasetListArgs): Promise<DatasetConnection> {
    return new DatasetConnection(await this.queries.list(args));
  }

  @Mutation(() => RecordDatasetPayload, {
    description: 'Records a dataset, or finds the one that was recorded before under the same name and digest.',
  })
  async recordDataset(
    @Arg('input', () => RecordDatasetInput, { description: 'The dataset.' }) input: RecordDatasetInput,
    @Ctx() { actor, loaders }: RequestContext,
  ): Promise<RecordDatasetPayload> {
    const dataset = await loaders.of(DatasetLoaders).byPk.load(await this.service.record(actor, input));
    if (!dataset) throw new Error('The dataset that was recorded is gone.');
    return { dataset };
  }

  @ResolvedTogether()
  @FieldResolver(() => RunConnection, { description: 'The runs that used it, newest first.' })
  async runs(
    @Root() datasets: readonly Dataset[],
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Ctx() { loaders }: RequestContext,
  ): Promise<RunConnection[]> {
    const pages = await loaders.of(DatasetLoaders).runs.loadAll(args, pksOf(datasets));
    return pages.map((page) => new RunConnection(page));
  }
}
