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

export const ENTITIES = [Model, ModelTag, Experiment, ExperimentTag, Run, RunTag, ParamRow, EventRow, IdempotencyKey];

/** The resolver classes, in the order in which the schema is printed. */
export const RESOLVERS = [ModelResolver, ExperimentResolver, ExperimentRunsResolver, RunResolver] as const;

/** How `node` finds an object of a type by its row number. */
export type NodeLoad = (loaders: LoaderScope, pk: number) => Promise<Node | undefined>;

export const NODES: ReadonlyMap<string, NodeLoad> = new Map<string, NodeLoad>([
  ['Model', (loaders, pk) => loaders.of(ModelLoaders).byPk.load(pk)],
  ['Experiment', (loaders, pk) => loaders.of(ExperimentLoaders).byPk.load(pk)],
  ['Run', (loaders, pk) => loaders.of(RunLoaders).byPk.load(pk)],
]);

export interface Features {
  readonly services: {
    readonly models: ModelService;
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
  const models = new ModelService(db);
  const experiments = new ExperimentService(db);
  const runs = new RunService(db, experiments);
  experiments.addDependent(new ExperimentRuns(runs));
  return {
    services: { models, experiments, runs },
    resolvers: new Map<object, object>([
      [ModelResolver, new ModelResolver(models, modelQueries, clock)],
      [ExperimentResolver, new ExperimentResolver(experiments, experimentQueries)],
      [ExperimentRunsResolver, new ExperimentRunsResolver()],
      [RunResolver, new RunResolver(runs, runQueries, clock)],
    ]),
    loaders: new Map<LoadersClass, () => object>([
      [ModelLoaders, () => new ModelLoaders(modelQueries)],
      [ExperimentLoaders, () => new ExperimentLoaders(experimentQueries)],
      [RunLoaders, () => new RunLoaders(runQueries)],
    ]),
  };
}
