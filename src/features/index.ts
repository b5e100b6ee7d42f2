// The table of contents: every feature's entities, resolvers, loaders and nodes, wired by hand.

import type { Clock } from '../core/clock.ts';
import type { LoaderFactories, LoaderScope, LoadersClass } from '../core/context.ts';
import type { Node } from '../core/pagination.ts';
import type { Database } from '../database/database.ts';
import { IdempotencyKey } from '../database/idempotency.entity.ts';
import { EventRow } from '../events/event.entity.ts';
import { Experiment, ExperimentTag } from './experiments/experiment.entity.ts';
import { ExperimentLoaders } from './experiments/experiment.loaders.ts';
import { ExperimentQueries } from './experiments/experiment.queries.ts';
import { ExperimentResolver } from './experiments/experiment.resolver.ts';
import { ExperimentService } from './experiments/experiment.service.ts';
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
import { StageLoaders } from './stages/stage.loaders.ts';
import { StageQueries } from './stages/stage.queries.ts';
import { StageChangeResolver, StageResolver, StagesOfModelResolver } from './stages/stage.resolver.ts';
import { StageService } from './stages/stage.service.ts';
import { StageChange } from './stages/stage-change.entity.ts';
import { ModelAlias } from './versions/alias.entity.ts';
import { AliasLoaders } from './versions/alias.loaders.ts';
import { AliasQueries } from './versions/alias.queries.ts';
import { AliasResolver } from './versions/alias.resolver.ts';
import { AliasService } from './versions/alias.service.ts';
import { ModelVersion, VersionTag } from './versions/version.entity.ts';
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
  EventRow,
  IdempotencyKey,
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
] as const;

/** How `node` finds an object of a type by its row number. */
export type NodeLoad = (loaders: LoaderScope, pk: number) => Promise<Node | undefined>;

export const NODES: ReadonlyMap<string, NodeLoad> = new Map<string, NodeLoad>([
  ['Model', (loaders, pk) => loaders.of(ModelLoaders).byPk.load(pk)],
  ['ModelVersion', (loaders, pk) => loaders.of(VersionLoaders).byPk.load(pk)],
  ['StageChange', (loaders, pk) => loaders.of(StageLoaders).changeByPk.load(pk)],
  ['Experiment', (loaders, pk) => loaders.of(ExperimentLoaders).byPk.load(pk)],
  ['Run', (loaders, pk) => loaders.of(RunLoaders).byPk.load(pk)],
]);

export interface Features {
  readonly services: {
    readonly models: ModelService;
    readonly versions: VersionService;
    readonly aliases: AliasService;
    readonly stages: StageService;
    readonly experiments: ExperimentService;
    readonly runs: RunService;
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
  const aliasQueries = new AliasQueries(db);
  const stageQueries = new StageQueries(db);
  const models = new ModelService(db);
  const experiments = new ExperimentService(db);
  const runs = new RunService(db, experiments);
  const aliases = new AliasService(db, models);
  const versions = new VersionService(db, models, aliases);
  const stages = new StageService(db, versions);
  models.addDependent(versions.asModelDependent);
  models.addDependent(stages.asModelDependent);
  versions.addDependent(stages.asVersionDependent);
  experiments.addDependent(new ExperimentRuns(runs));
  runs.addDependent({ refuseDeletion: (tx, runPks) => versions.refuseDeletionOfRuns(tx, runPks) });
  return {
    services: { models, versions, aliases, stages, experiments, runs },
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
    ]),
    loaders: new Map<LoadersClass, () => object>([
      [ModelLoaders, () => new ModelLoaders(modelQueries)],
      [VersionLoaders, () => new VersionLoaders(versionQueries)],
      [AliasLoaders, () => new AliasLoaders(aliasQueries)],
      [StageLoaders, () => new StageLoaders(stageQueries)],
      [ExperimentLoaders, () => new ExperimentLoaders(experimentQueries)],
      [RunLoaders, () => new RunLoaders(runQueries)],
    ]),
  };
}
