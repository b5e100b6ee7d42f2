// The table of contents: every feature's entities, resolvers, loaders and nodes, wired by hand.

import type { Clock } from '../core/clock.ts';
import type { LoaderFactories, LoaderScope } from '../core/context.ts';
import type { Node } from '../core/pagination.ts';
import type { Database } from '../database/database.ts';
import { IdempotencyKey } from '../database/idempotency.entity.ts';
import { EventRow } from '../events/event.entity.ts';
import { Model, ModelTag } from './models/model.entity.ts';
import { ModelLoaders } from './models/model.loaders.ts';
import { ModelQueries } from './models/model.queries.ts';
import { ModelResolver } from './models/model.resolver.ts';
import { ModelService } from './models/model.service.ts';
import { Run } from './runs/run.entity.ts';
import { RunLoaders } from './runs/run.loaders.ts';
import { RunQueries } from './runs/run.queries.ts';
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
  Run,
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
] as const;

/** How `node` finds an object of a type by its row number. */
export type NodeLoad = (loaders: LoaderScope, pk: number) => Promise<Node | undefined>;

export const NODES: ReadonlyMap<string, NodeLoad> = new Map<string, NodeLoad>([
  ['Model', (loaders, pk) => loaders.of(ModelLoaders).byPk.load(pk)],
  ['ModelVersion', (loaders, pk) => loaders.of(VersionLoaders).byPk.load(pk)],
  ['StageChange', (loaders, pk) => loaders.of(StageLoaders).changeByPk.load(pk)],
]);

export interface Features {
  readonly services: {
    readonly models: ModelService;
    readonly versions: VersionService;
    readonly aliases: AliasService;
    readonly stages: StageService;
  };
  /** The resolver objects by class. */
  readonly resolvers: ReadonlyMap<object, object>;
  readonly loaders: LoaderFactories;
}

export function buildFeatures(db: Database, clock: Clock): Features {
  const modelQueries = new ModelQueries(db);
  const runQueries = new RunQueries(db);
  const versionQueries = new VersionQueries(db);
  const aliasQueries = new AliasQueries(db);
  const stageQueries = new StageQueries(db);
  const models = new ModelService(db);
  const aliases = new AliasService(db, models);
  const versions = new VersionService(db, models, aliases);
  const stages = new StageService(db, versions);
  models.addDependent(versions.asModelDependent);
  models.addDependent(stages.asModelDependent);
  versions.addDependent(stages.asVersionDependent);
  return {
    services: { models, versions, aliases, stages },
    resolvers: new Map<object, object>([
      [ModelResolver, new ModelResolver(models, modelQueries, clock)],
      [VersionResolver, new VersionResolver(versions, versionQueries, clock)],
      [VersionsOfModelResolver, new VersionsOfModelResolver(clock)],
      [VersionsOfRunResolver, new VersionsOfRunResolver()],
      [AliasResolver, new AliasResolver(aliases)],
      [StageResolver, new StageResolver(stages, stageQueries, clock)],
      [StageChangeResolver, new StageChangeResolver()],
      [StagesOfModelResolver, new StagesOfModelResolver(clock)],
    ]),
    loaders: new Map<abstract new (...dependencies: never[]) => object, () => object>([
      [ModelLoaders, () => new ModelLoaders(modelQueries)],
      [RunLoaders, () => new RunLoaders(runQueries)],
      [VersionLoaders, () => new VersionLoaders(versionQueries)],
      [AliasLoaders, () => new AliasLoaders(aliasQueries)],
      [StageLoaders, () => new StageLoaders(stageQueries)],
    ]),
  };
}
