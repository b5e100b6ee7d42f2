// What every resolver is given: who asks, and the loaders of this piece of work.

import { ValuesAhead } from './together.ts';

/** Who does something. `isVerified` is false as long as nobody proved it. */
export interface ActorIdentity {
  readonly name: string;
  readonly isVerified: boolean;
}

export const ANONYMOUS: ActorIdentity = { name: 'anonymous', isVerified: false };

export type LoadersClass<T = object> = abstract new (...dependencies: never[]) => T;

/** How each feature's loaders are made. */
export type LoaderFactories = ReadonlyMap<LoadersClass<object>, () => object>;

/** The loaders of one piece of work (a query, one mutation field, one delivered event), made when first asked for. */
export class LoaderScope {
  /** What was fetched ahead of the fields that will ask for it. */
  readonly ahead = new ValuesAhead();
  private readonly made = new Map<LoadersClass<object>, object>();

  constructor(private readonly factories: LoaderFactories) {}

  of<T extends object>(loaders: LoadersClass<T>): T {
    const known = this.made.get(loaders);
    if (known) return known as T;
    const factory = this.factories.get(loaders);
    if (!factory) throw new Error(`No factory for ${loaders.name}: list it in the feature's table of contents.`);
    const fresh = factory();
    this.made.set(loaders, fresh);
    return fresh as T;
  }

  /** A scope with nothing cached: what is loaded through it is read anew. */
  renewed(): LoaderScope {
    return new LoaderScope(this.factories);
  }
}

export interface RequestContext {
  readonly actor: ActorIdentity;
  /** Replaced before and after every mutation field: a context may outlive what its loaders have seen. */
  loaders: LoaderScope;
}
