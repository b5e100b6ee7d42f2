// Metrics in the graph: of runs, of the versions they made, and their points.

import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Resolver, Root, Subscription } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { Invalid } from '../../core/errors.ts';
import { pkOf } from '../../core/ids.ts';
import { type Columns, Needs, neededColumns } from '../../core/needed-columns.ts';
import { mapPage } from '../../core/pagination.ts';
import { pksOf, ResolvedTogether } from '../../core/together.ts';
import { Param } from '../runs/param.types.ts';
import { Run } from '../runs/run.entity.ts';
import { loadChangedRun, RunLoaders } from '../runs/run.loaders.ts';
import { ModelVersion } from '../versions/version.entity.ts';
import { MetricLoaders } from './metric.loaders.ts';
import type { MetricService } from './metric.service.ts';
import {
  HistoryArgs,
  LogBatchInput,
  LogBatchPayload,
  METRIC_COLUMNS,
  Metric,
  MetricPoint,
  MetricPointConnection,
  MetricsLogged,
  SampledArgs,
} from './metric.types.ts';
import { MetricFeed } from './metric-feed.service.ts';
import { FEWEST_SAMPLED, MOST_SAMPLED } from './sampling.ts';

const SHOWN_COLUMNS: ReadonlySet<string> = new Set(METRIC_COLUMNS);

@Resolver()
export class LogBatchResolver {
  constructor(private readonly service: MetricService) {}

  @Mutation(() => LogBatchPayload, {
    description:
      'Logs points, params and tags of a run, all of them or nothing. A point that is there already changes nothing.',
  })
  async logBatch(
    @Arg('input', () => LogBatchInput, { description: 'What to log.' }) input: LogBatchInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<LogBatchPayload> {
    return { run: await loadChangedRun(context, await this.service.logBatch(context.actor, input), info) };
  }
}

interface MetricsLoggedArgs {
  readonly run: string;
  readonly keys?: readonly string[] | null;
}

@Resolver()
export class MetricsLoggedResolver {
  @Subscription(() => MetricsLogged, {
    description:
      'New points of a run as they are committed, from now on. A slow reader gets fewer, larger messages, and no point twice.',
    subscribe: ({ args, context }: { args: MetricsLoggedArgs; context: RequestContext }) =>
      context.loaders.of(MetricFeed).follow(pkOf('Run', args.run, 'run'), args.keys ?? null),
  })
  metricsLogged(
    @Root() logged: MetricsLogged,
    @Arg('run', () => ID, { description: 'The run; it may have ended.' }) _run: string,
    @Arg('keys', () => [String], { nullable: true, description: 'Only points of these metrics; of all by default.' })
    _keys: string[] | undefined,
  ): MetricsLogged {
    return logged;
  }
}

@Resolver(() => Run)
export class RunMetricsResolver {
  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => [Metric], { description: 'The latest point of each key, with its extremes, A–Z by key.' })
  metrics(
    @Root() runs: readonly Run[],
    @Arg('keys', () => [String], { nullable: true, description: 'Only these; all by default.' }) keys:
      | string[]
      | undefined,
    @Ctx() { loaders }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly Metric[][]> {
    return loaders.of(MetricLoaders).ofRun.loadAll({ keys: keys ?? null, columns: columnsIn(info) }, pksOf(runs));
  }
}

@Resolver(() => ModelVersion)
export class VersionMetricsResolver {
  @ResolvedTogether()
  @Needs('runPk')
  @FieldResolver(() => [Metric], {
    description: 'The metrics of the run that made it, A–Z by key; none without a run.',
  })
  async metrics(
    @Root() versions: readonly ModelVersion[],
    @Arg('keys', () => [String], { nullable: true, description: 'Only these; all by default.' }) keys:
      | string[]
      | undefined,
    @Ctx() { loaders }: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Metric[][]> {
    const request = { keys: keys ?? null, columns: columnsIn(info) };
    const metrics = await loaders.of(MetricLoaders).ofRun.loadKnown(request, runPksOf(versions));
    return metrics.map((ofRun) => ofRun ?? []);
  }

  @ResolvedTogether()
  @Needs('runPk')
  @FieldResolver(() => [Param], { description: 'The params of the run that made it, A–Z by key; none without a run.' })
  async params(
    @Root() versions: readonly ModelVersion[],
    @Arg('keys', () => [String], { nullable: true, description: 'Only these; all by default.' }) keys:
      | string[]
      | undefined,
    @Ctx() { loaders }: RequestContext,
  ): Promise<Param[][]> {
    const params = await loaders.of(RunLoaders).params.loadKnown(keys ?? null, runPksOf(versions));
    return params.map((ofRun) => ofRun ?? []);
  }
}

/** The columns that are selected of metrics. */
function columnsIn(info: GraphQLResolveInfo): Columns {
  return neededColumns(info, [[]], Metric.name, SHOWN_COLUMNS, []);
}

function runPksOf(versions: readonly ModelVersion[]): (number | null)[] {
  return versions.map((version) => version.runPk);
}

@Resolver(() => Metric)
export class MetricResolver {
  @ResolvedTogether()
  @Needs('pk', 'key')
  @FieldResolver(() => MetricPointConnection, { description: 'Every point, by step, time and value.' })
  async history(
    @Root() metrics: readonly Metric[],
    @Args(() => HistoryArgs) args: HistoryArgs,
    @Ctx() { loaders }: RequestContext,
  ): Promise<MetricPointConnection[]> {
    const pages = await loaders.of(MetricLoaders).history.loadAll(args, pksOf(metrics));
    return pages.map((page, index) => {
      const { key } = metrics[index] as Metric;
      return new MetricPointConnection(mapPage(page, (point) => new MetricPoint(key, point)));
    });
  }

  @ResolvedTogether()
  @Needs('pk', 'key')
  @FieldResolver(() => [MetricPoint], {
    description:
      'At most `maxPoints` points that keep first, last and every visible extreme, the special values among them where there is room; all points where there are no more.',
  })
  async sampled(
    @Root() metrics: readonly Metric[],
    @Args(() => SampledArgs) args: SampledArgs,
    @Ctx() { loaders }: RequestContext,
  ): Promise<MetricPoint[][]> {
    const { maxPoints } = args;
    if (maxPoints < FEWEST_SAMPLED || maxPoints > MOST_SAMPLED) {
      throw new Invalid('maxPoints', `\`maxPoints\` must be between 2 and 10,000; got ${maxPoints}.`);
    }
    const samples = await loaders.of(MetricLoaders).sampled.loadAll(args, pksOf(metrics));
    return samples.map((points, index) => {
      const { key } = metrics[index] as Metric;
      return points.map((point) => new MetricPoint(key, point));
    });
  }
}
