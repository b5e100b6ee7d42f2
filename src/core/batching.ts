// Batched loads: one call of a query for all the keys that a piece of work asks for at once.

import DataLoader from 'dataloader';

/** Keys that one call of a query is given at most. */
const MOST_KEYS_AT_ONCE = 5_000;

/**
 * Loads by key, once per key. What is asked for at the same time, key by key or many at once, is loaded together.
 * The values of many keys come as one promise: a page of rows costs no promise for each.
 */
export class Batched<K extends string | number, V> {
  private readonly values = new Map<K, V>();
  private readonly underWay = new Map<K, Promise<void>>();
  private readonly requests = new DataLoader<readonly K[], readonly V[]>((requests) => this.answer(requests), {
    cache: false,
  });

  constructor(private readonly loadKeys: (keys: readonly K[]) => Promise<readonly V[]>) {}

  async load(key: K): Promise<V> {
    const [value] = await this.loadAll([key]);
    return value as V;
  }

  /** The values of keys, in their order; a key may come more than once. */
  loadAll(keys: readonly K[]): Promise<readonly V[]> {
    return keys.every((key) => this.values.has(key)) ? Promise.resolve(this.valuesOf(keys)) : this.requests.load(keys);
  }

  /** The same for keys that may be missing: null for these, and for what is not there. */
  async loadKnown(keys: readonly (K | null)[]): Promise<(NonNullable<V> | null)[]> {
    const values = await this.loadAll(keys.filter((key) => key !== null));
    let next = 0;
    return keys.map((key) => (key === null ? null : (values[next++] ?? null)));
  }

  private async answer(requests: readonly (readonly K[])[]): Promise<(readonly V[])[]> {
    const fresh = new Set<K>();
    const awaited = new Set<Promise<void>>();
    for (const key of requests.flat()) {
      if (this.values.has(key)) continue;
      const batch = this.underWay.get(key);
      if (batch) awaited.add(batch);
      else fresh.add(key);
    }
    const keys = [...fresh];
    for (let start = 0; start < keys.length; start += MOST_KEYS_AT_ONCE) {
      awaited.add(this.loadBatch(keys.slice(start, start + MOST_KEYS_AT_ONCE)));
    }
    await Promise.all(awaited);
    return requests.map((request) => this.valuesOf(request));
  }

  private loadBatch(keys: readonly K[]): Promise<void> {
    const batch = this.loadKeys(keys).then((values) => {
      keys.forEach((key, index) => {
        this.values.set(key, values[index] as V);
        this.underWay.delete(key);
      });
    });
    for (const key of keys) this.underWay.set(key, batch);
    return batch;
  }

  private valuesOf(keys: readonly K[]): V[] {
    return keys.map((key) => this.values.get(key) as V);
  }
}

/** @param load gives a value for each key, in their order */
export function batched<K extends string | number, V>(
  load: (keys: readonly K[]) => Promise<readonly V[]>,
): Batched<K, V> {
  return new Batched<K, V>(load);
}

/** Batched loads that also take arguments: what is asked for with the same arguments is loaded together. */
export class BatchedByArguments<A, K extends string | number, V> {
  private readonly loaders = new Map<string, Batched<K, V>>();

  constructor(private readonly loadWith: (args: A, keys: readonly K[]) => Promise<readonly V[]>) {}

  load(args: A, key: K): Promise<V> {
    return this.with(args).load(key);
  }

  loadAll(args: A, keys: readonly K[]): Promise<readonly V[]> {
    return this.with(args).loadAll(keys);
  }

  loadKnown(args: A, keys: readonly (K | null)[]): Promise<(NonNullable<V> | null)[]> {
    return this.with(args).loadKnown(keys);
  }

  private with(args: A): Batched<K, V> {
    const signature = JSON.stringify(args);
    let loader = this.loaders.get(signature);
    if (!loader) {
      loader = batched<K, V>((keys) => this.loadWith(args, keys));
      this.loaders.set(signature, loader);
    }
    return loader;
  }
}

/** Puts rows in the order of the keys they were asked for by; undefined where there is none. */
export function inOrderOf<K, T>(keys: readonly K[], rows: readonly T[], keyOf: (row: T) => K): (T | undefined)[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => byKey.get(key));
}
