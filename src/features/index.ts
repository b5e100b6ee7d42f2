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

export const ENTITIES = [Model, ModelTag, EventRow, IdempotencyKey];

/** The resolver classes, in the order in which the schema is printed. */
export const RESOLVERS = [ModelResolver] as const;

/** How `node` finds an object of a type by its row number. */
export type NodeLoad = (loaders: LoaderScope, pk: number) => Promise<Node | undefined>;

export const NODES: ReadonlyMap<string, NodeLoad> = new Map<string, NodeLoad>([
  ['Model', (loaders, pk) => loaders.of(ModelLoaders).byPk.load(pk)],
]);

export interface Features {
  readonly services: { readonly models: ModelService };
  /** The resolver objects by class. */
  readonly resolvers: ReadonlyMap<object, object>;
  readonly loaders: LoaderFactories;
}

export function buildFeatures(db: Database, clock: Clock): Features {
  const modelQueries = new ModelQueries(db);
  const models = new ModelService(db);
  return {
    services: { models },
    resolvers: new Map<object, object>([[ModelResolver, new ModelResolver(models, modelQueries, clock)]]),
    loaders: new Map([[ModelLoaders, () => new ModelLoaders(modelQueries)]]),
  };
}
