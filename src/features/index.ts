// The table of contents: every feature's entities, resolvers, loaders and nodes, wired by hand.

import type { Clock } from '../core/clock.ts';
import type { LoaderFactories, LoaderScope, LoadersClass } from '../core/context.ts';
import type { Node } from '../core/pagination.ts';
import type { Database } from '../database/database.ts';
import { IdempotencyKey } from '../database/idempotency.entity.ts';
import { EventRow } from '../events/event.entity.ts';
import { Dataset, DatasetOrigin, RunInputRow } from './datasets/dataset.entity.ts';
import { DatasetLoaders } from './datasets/dataset.loaders.ts';
import { DatasetQueries } from './datasets/dataset.queries.ts';
import { DatasetResolver } from './datasets/dataset.resolver.ts';
import { DatasetService } from './datasets/dataset.service.ts';
import { LogInputsResolver, RunInputResolver, RunInputsResolver } from './datasets/input.resolver.ts';
import { InputService } from './datasets/input.service.ts';
import { Experiment, ExperimentTag } from './experiments/experiment.entity.ts';
import { ExperimentLoaders } from './experiments/experiment.loaders.ts';
import { ExperimentQueries } from './experiments/experiment.queries.ts';
import { ExperimentResolver } from './experiments/experiment.resolver.ts';
import { ExperimentService } from './experiments/experiment.service.ts';
import { ComparisonResolver } from './metrics/comparison.resolver.ts';
import { MetricPointRow, MetricRow } from './metrics/metric.entity.ts';
import { MetricLoaders } from './metrics/metric.loaders.ts';
import { MetricQueries } from './metrics/metric.queries.ts';
import {
  LogBatchResolver,
  MetricResolver,
  RunMetricsResolver,
  VersionMetricsResolver,
} from './metrics/metric.resolver.ts';
import { MetricService } from './metrics/metric.service.ts';
import { Model, ModelTag } from './models/model.entity.ts';
import { ModelLoaders } from './models/model.loaders.ts';
import { ModelQueries } from './models/model.queries.ts';
import { ModelResolver } from './models/model.resolver.ts';
import { ModelService } from './models/model.service.ts';
import { ExperimentRunsResolver } from './runs/experiment-runs.resolver.ts';
import { ExperimentRuns } from './runs/experiment-runs.ts';
import { ParamRow, Run, RunTag } from './runs/run.entity.ts';
import { RunLoaders } from './runs/run.loaders.ts';
import { RunQueries } from './runs/run.queries.ts';
import { RunResolver } from './runs/run.resolver.ts';
import { RunService } from './runs/run.service.ts';
import { VersionLoaders } from './versions/version.loaders.ts';
import { VersionQueries } from './versions/version.queries.ts';

export const ENTITIES = [
  Model,
  ModelTag,
  Experiment,
  ExperimentTag,
  Run,
  RunTag,
  ParamRow,
  MetricRow,
  MetricPointRow,
  Dataset,
  DatasetOrigin,
  RunInputRow,
  EventRow,
  IdempotencyKey,
];

/** The resolver classes, in the order in which the schema is printed. */
export const RESOLVERS = [
  ModelResolver,
  ExperimentResolver,
  ExperimentRunsResolver,
  RunResolver,
  RunMetricsResolver,
  VersionMetricsResolver,
  MetricResolver,
  LogBatchResolver,
  ComparisonResolver,
  DatasetResolver,
  RunInputsResolver,
  RunInputResolver,
  LogInputsResolver,
] as const;

/** How `node` finds an object of a type by its row number. */
export type NodeLoad = (loaders: LoaderScope, pk: number) => Promise<Node | undefined>;

export const NODES: ReadonlyMap<string, NodeLoad> = new Map<string, NodeLoad>([
  ['Model', (loaders, pk) => loaders.of(ModelLoaders).byPk.load(pk)],
  ['Experiment', (loaders, pk) => loaders.of(ExperimentLoaders).byPk.load(pk)],
  ['Run', (loaders, pk) => loaders.of(RunLoaders).byPk.load(pk)],
  ['Dataset', (loaders, pk) => loaders.of(DatasetLoaders).byPk.load(pk)],
]);

export interface Features {
  readonly services: {
    readonly models: ModelService;
    readonly experiments: ExperimentService;
    readonly runs: RunService;
    readonly metrics: MetricService;
    readonly datasets: DatasetService;
    readonly inputs: InputService;
  };
  /** The resolver objects by class. */
  readonly resolvers: ReadonlyMap<object, object>;
  readonly loaders: LoaderFactories;
}

export function buildFeatures(db: Database, clock: Clock): Features {
  const modelQueries = new ModelQueries(db);
  const experimentQueries = new ExperimentQueries(db);
  const runQueries = new RunQueries(db);
  const versionQueries = new VersionQueries(db);
  const models = new ModelService(db);
  const experiments = new ExperimentService(db);
  const runs = new RunService(db, experiments);
  experiments.addDependent(new ExperimentRuns(runs));
  const metricQueries = new MetricQueries(db);
  const metrics = new MetricService(db, runs);
  const datasetQueries = new DatasetQueries(db);
  const datasets = new DatasetService(db);
  const inputs = new InputService(db, runs);
  return {
    services: { models, experiments, runs, metrics, datasets, inputs },
    resolvers: new Map<object, object>([
      [ModelResolver, new ModelResolver(models, modelQueries, clock)],
      [ExperimentResolver, new ExperimentResolver(experiments, experimentQueries)],
      [ExperimentRunsResolver, new ExperimentRunsResolver()],
      [RunResolver, new RunResolver(runs, runQueries, clock)],
      [RunMetricsResolver, new RunMetricsResolver()],
      [VersionMetricsResolver, new VersionMetricsResolver()],
      [MetricResolver, new MetricResolver()],
      [LogBatchResolver, new LogBatchResolver(metrics)],
      [ComparisonResolver, new ComparisonResolver()],
      [DatasetResolver, new DatasetResolver(datasets, datasetQueries)],
      [RunInputsResolver, new RunInputsResolver()],
      [RunInputResolver, new RunInputResolver()],
      [LogInputsResolver, new LogInputsResolver(inputs)],
    ]),
    loaders: new Map<LoadersClass, () => object>([
      [ModelLoaders, () => new ModelLoaders(modelQueries)],
      [ExperimentLoaders, () => new ExperimentLoaders(experimentQueries)],
      [RunLoaders, () => new RunLoaders(runQueries)],
      [MetricLoaders, () => new MetricLoaders(metricQueries)],
      [VersionLoaders, () => new VersionLoaders(versionQueries)],
      [DatasetLoaders, () => new DatasetLoaders(datasetQueries)],
    ]),
  };
}
