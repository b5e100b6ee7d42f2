// The table of contents: every feature's entities, resolvers and loaders, wired by hand.

import type { Clock } from '../core/clock.ts';
import type { LoaderFactories, LoadersClass } from '../core/context.ts';
import type { Database } from '../database/database.ts';
import { IdempotencyKey } from '../database/idempotency.entity.ts';
import { RegistryIdentity } from '../database/identity.entity.ts';
import { EventCounter } from '../events/counter.entity.ts';
import { EventRow } from '../events/event.entity.ts';
import type { EventFeed } from '../events/event-feed.ts';
import { Dataset, RunInputRow } from './datasets/dataset.entity.ts';
import { DATASET_EVENTS } from './datasets/dataset.events.ts';
import { DatasetLineage } from './datasets/dataset.lineage.ts';
import { DatasetLoaders } from './datasets/dataset.loaders.ts';
import { DatasetQueries } from './datasets/dataset.queries.ts';
import { DatasetResolver } from './datasets/dataset.resolver.ts';
import { DatasetService } from './datasets/dataset.service.ts';
import { LogInputsResolver, RunInputResolver, RunInputsResolver } from './datasets/input.resolver.ts';
import { InputService } from './datasets/input.service.ts';
import { EventResolver } from './events/event.resolver.ts';
import { EventService } from './events/event.service.ts';
import type { EventClasses } from './events/event.types.ts';
import { Experiment, ExperimentTag } from './experiments/experiment.entity.ts';
import { EXPERIMENT_EVENTS } from './experiments/experiment.events.ts';
import { ExperimentLoaders } from './experiments/experiment.loaders.ts';
import { ExperimentQueries } from './experiments/experiment.queries.ts';
import { ExperimentResolver } from './experiments/experiment.resolver.ts';
import { ExperimentService } from './experiments/experiment.service.ts';
import { buildImports, type FeatureImports } from './feature-imports.ts';
import { PromotionGate } from './gates/gate.entity.ts';
import { GATE_EVENTS } from './gates/gate.events.ts';
import { GateLoaders } from './gates/gate.loaders.ts';
import { GateQueries } from './gates/gate.queries.ts';
import { GateResolver } from './gates/gate.resolver.ts';
import { GateService } from './gates/gate.service.ts';
import { ImpactResolver } from './impact/impact.resolver.ts';
import { ImpactService } from './impact/impact.service.ts';
import { LineageEdgeRow } from './lineage/edge.entity.ts';
import { EdgeQueries } from './lineage/edge.queries.ts';
import { LINEAGE_EVENTS } from './lineage/lineage.events.ts';
import { LineageLoaders } from './lineage/lineage.loaders.ts';
import { LineageGraphResolver, LineageNodeResolver, LineageResolver } from './lineage/lineage.resolver.ts';
import { LineageService, type LineageSides } from './lineage/lineage.service.ts';
import { LineageReader } from './lineage/lineage-reader.service.ts';
import { LineageRecordService } from './lineage/lineage-record.service.ts';
import { ComparisonResolver } from './metrics/comparison.resolver.ts';
import { LoggedBatch, MetricWatch } from './metrics/logged-batch.entity.ts';
import { MetricPointRow, MetricRow } from './metrics/metric.entity.ts';
import { MetricLoaders } from './metrics/metric.loaders.ts';
import { MetricQueries } from './metrics/metric.queries.ts';
import {
  LogBatchResolver,
  MetricResolver,
  MetricsLoggedResolver,
  RunMetricsResolver,
  VersionMetricsResolver,
} from './metrics/metric.resolver.ts';
import { MetricService } from './metrics/metric.service.ts';
import { MetricFeed } from './metrics/metric-feed.service.ts';
import { Model, ModelTag } from './models/model.entity.ts';
import { MODEL_EVENTS } from './models/model.events.ts';
import { ModelLoaders } from './models/model.loaders.ts';
import { ModelQueries } from './models/model.queries.ts';
import { ModelResolver } from './models/model.resolver.ts';
import { ModelService } from './models/model.service.ts';
import { LINEAGE_NODES } from './nodes.ts';
import { OpenLineageDataset, OpenLineageRun } from './openlineage/openlineage.entity.ts';
import { ExperimentRunsResolver } from './runs/experiment-runs.resolver.ts';
import { ExperimentRuns } from './runs/experiment-runs.ts';
import { ParamRow, Run, RunTag } from './runs/run.entity.ts';
import { RUN_EVENTS } from './runs/run.events.ts';
import { RunLineage } from './runs/run.lineage.ts';
import { RunLoaders } from './runs/run.loaders.ts';
import { RunQueries } from './runs/run.queries.ts';
import { RunResolver } from './runs/run.resolver.ts';
import { RunService } from './runs/run.service.ts';
import { STAGE_EVENTS } from './stages/stage.events.ts';
import { StageLoaders } from './stages/stage.loaders.ts';
import { StageQueries } from './stages/stage.queries.ts';
import { StageChangeResolver, StageResolver, StagesOfModelResolver } from './stages/stage.resolver.ts';
import { StageService } from './stages/stage.service.ts';
import { StageChange } from './stages/stage-change.entity.ts';
import { StageChangedResolver } from './stages/stage-changed.resolver.ts';
import { ModelAlias } from './versions/alias.entity.ts';
import { AliasLoaders } from './versions/alias.loaders.ts';
import { AliasQueries } from './versions/alias.queries.ts';
import { AliasResolver } from './versions/alias.resolver.ts';
import { AliasService } from './versions/alias.service.ts';
import { ModelVersion, VersionTag } from './versions/version.entity.ts';
import { VERSION_EVENTS } from './versions/version.events.ts';
import { VersionLineage } from './versions/version.lineage.ts';
import { VersionLoaders } from './versions/version.loaders.ts';
import { VersionsOfModelResolver, VersionsOfRunResolver } from './versions/version.parents.resolver.ts';
import { VersionQueries } from './versions/version.queries.ts';
import { VersionResolver } from './versions/version.resolver.ts';
import { VersionService } from './versions/version.service.ts';

export const ENTITIES = [
  Model,
  ModelTag,
  ModelVersion,
  VersionTag,
  ModelAlias,
  StageChange,
  Experiment,
  ExperimentTag,
  Run,
  RunTag,
  ParamRow,
  MetricRow,
  MetricPointRow,
  MetricWatch,
  LoggedBatch,
  Dataset,
  RunInputRow,
  LineageEdgeRow,
  OpenLineageRun,
  OpenLineageDataset,
  PromotionGate,
  EventRow,
  EventCounter,
  IdempotencyKey,
  RegistryIdentity,
];

/** The resolver classes, in the order in which the schema is printed. */
export const RESOLVERS = [
  ModelResolver,
  VersionResolver,
  VersionsOfModelResolver,
  VersionsOfRunResolver,
  AliasResolver,
  StageResolver,
  StageChangeResolver,
  StagesOfModelResolver,
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
  LineageResolver,
  LineageNodeResolver,
  LineageGraphResolver,
  ImpactResolver,
  GateResolver,
  EventResolver,
  StageChangedResolver,
  MetricsLoggedResolver,
] as const;

/** How each type of event is shown. */
const EVENTS: EventClasses = {
  ...MODEL_EVENTS,
  ...VERSION_EVENTS,
  ...STAGE_EVENTS,
  ...GATE_EVENTS,
  ...EXPERIMENT_EVENTS,
  ...RUN_EVENTS,
  ...DATASET_EVENTS,
  ...LINEAGE_EVENTS,
};

export interface Features {
  readonly services: {
    readonly models: ModelService;
    readonly versions: VersionService;
    readonly aliases: AliasService;
    readonly stages: StageService;
    readonly experiments: ExperimentService;
    readonly runs: RunService;
    readonly metrics: MetricService;
    readonly datasets: DatasetService;
    readonly inputs: InputService;
    readonly lineage: LineageService;
    readonly gates: GateService;
    readonly events: EventService;
    readonly metricFeed: MetricFeed;
  };
  /** What writes whole batches of what another tracker holds. */
  readonly imports: FeatureImports;
  /** The resolver objects by class. */
  readonly resolvers: ReadonlyMap<object, object>;
  readonly loaders: LoaderFactories;
}

/** @param pollMs between two looks at what other instances logged, in place of the usual */
export function buildFeatures(db: Database, clock: Clock, feed: EventFeed, pollMs?: number): Features {
  const events = new EventService(feed, EVENTS);
  const records = new LineageRecordService();
  const sides: LineageSides = {
    DATASET: new DatasetLineage(),
    RUN: new RunLineage(),
    MODEL_VERSION: new VersionLineage(),
  };
  const modelQueries = new ModelQueries(db);
  const experimentQueries = new ExperimentQueries(db);
  const runQueries = new RunQueries(db);
  const versionQueries = new VersionQueries(db);
  const aliasQueries = new AliasQueries(db);
  const stageQueries = new StageQueries(db);
  const models = new ModelService(db);
  const experiments = new ExperimentService(db);
  const runs = new RunService(db, experiments);
  const aliases = new AliasService(db, models);
  const versions = new VersionService(db, models, aliases, records);
  const gates = new GateService(db, models);
  const gateQueries = new GateQueries(db);
  const stages = new StageService(db, versions, gates);
  models.addDependent(versions.asModelDependent);
  models.addDependent(stages.asModelDependent);
  versions.addDependent(stages.asVersionDependent);
  experiments.addDependent(new ExperimentRuns(runs));
  runs.addDependent({ refuseDeletion: (tx, runPks) => versions.refuseDeletionOfRuns(tx, runPks) });
  const metricQueries = new MetricQueries(db);
  const metricFeed = new MetricFeed(db, runs, clock, pollMs);
  const metrics = new MetricService(db, runs, metricFeed);
  const datasetQueries = new DatasetQueries(db);
  const datasets = new DatasetService(db, records, sides.DATASET);
  const inputs = new InputService(db, runs, records);
  const lineage = new LineageService(db, sides);
  const edgeQueries = new EdgeQueries(db);
  const lineageReader = new LineageReader(edgeQueries, LINEAGE_NODES, clock);
  return {
    services: {
      models,
      versions,
      aliases,
      stages,
      experiments,
      runs,
      metrics,
      datasets,
      inputs,
      lineage,
      gates,
      events,
      metricFeed,
    },
    imports: buildImports(db, records, experiments),
    resolvers: new Map<object, object>([
      [ModelResolver, new ModelResolver(models, modelQueries, clock)],
      [VersionResolver, new VersionResolver(versions, versionQueries, clock)],
      [VersionsOfModelResolver, new VersionsOfModelResolver(clock)],
      [VersionsOfRunResolver, new VersionsOfRunResolver()],
      [AliasResolver, new AliasResolver(aliases)],
      [StageResolver, new StageResolver(stages, stageQueries, clock)],
      [StageChangeResolver, new StageChangeResolver()],
      [StagesOfModelResolver, new StagesOfModelResolver(clock)],
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
      [LineageResolver, new LineageResolver(lineage, lineageReader)],
      [LineageNodeResolver, new LineageNodeResolver(lineageReader)],
      [LineageGraphResolver, new LineageGraphResolver(lineageReader)],
      [ImpactResolver, new ImpactResolver(new ImpactService(db, lineageReader))],
      [GateResolver, new GateResolver(gates)],
      [EventResolver, new EventResolver(events)],
      [StageChangedResolver, new StageChangedResolver()],
      [MetricsLoggedResolver, new MetricsLoggedResolver()],
    ]),
    loaders: new Map<LoadersClass, () => object>([
      [ModelLoaders, () => new ModelLoaders(modelQueries)],
      [VersionLoaders, () => new VersionLoaders(versionQueries)],
      [AliasLoaders, () => new AliasLoaders(aliasQueries)],
      [StageLoaders, () => new StageLoaders(stageQueries)],
      [ExperimentLoaders, () => new ExperimentLoaders(experimentQueries)],
      [RunLoaders, () => new RunLoaders(runQueries)],
      [MetricLoaders, () => new MetricLoaders(metricQueries)],
      [DatasetLoaders, () => new DatasetLoaders(datasetQueries)],
      [LineageLoaders, () => new LineageLoaders(edgeQueries)],
      [GateLoaders, () => new GateLoaders(gateQueries)],
      // Subscriptions begin without a resolver object, and reach what they follow through their context.
      [EventService, () => events],
      [MetricFeed, () => metricFeed],
    ]),
  };
}
