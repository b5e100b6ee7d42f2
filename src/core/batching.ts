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
  private readonly underWay = new Set<Batch<K>>();
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
    for (const request of requests) {
      for (const key of request) {
        if (this.values.has(key)) continue;
        const batch = this.batchOf(key);
        if (batch) awaited.add(batch.isLoaded);
        else fresh.add(key);
      }
    }
    if (fresh.size > 0) awaited.add(this.loadBatch(fresh));
    await Promise.all(awaited);
    return requests.map((request) => this.valuesOf(request));
  }

  private batchOf(key: K): Batch<K> | undefined {
    for (const batch of this.underWay) if (batch.keys.has(key)) return batch;
    return undefined;
  }

  private loadBatch(keys: ReadonlySet<K>): Promise<void> {
    const batch = { keys, isLoaded: this.loadInParts([...keys]) };
    this.underWay.add(batch);
    return batch.isLoaded.finally(() => this.underWay.delete(batch));
  }

  private async loadInParts(keys: readonly K[]): Promise<void> {
    const parts: (readonly K[])[] = [];
    for (let start = 0; start < keys.length; start += MOST_KEYS_AT_ONCE) {
      parts.push(keys.slice(start, start + MOST_KEYS_AT_ONCE));
    }
    await Promise.all(
      parts.map(async (part) => {
        const values = await this.loadKeys(part);
        for (let i = 0; i < part.length; i++) this.values.set(part[i] as K, values[i] as V);
      }),
    );
  }

  private valuesOf(keys: readonly K[]): V[] {
    return keys.map((key) => this.values.get(key) as V);
  }
}

/** Keys that are being loaded. */
interface Batch<K> {
  readonly keys: ReadonlySet<K>;
  readonly isLoaded: Promise<void>;
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
  const byKey = new Map<K, T>();
  for (const row of rows) byKey.set(keyOf(row), row);
  return keys.map((key) => byKey.get(key));
}

/**
 * What is made of the rows of each key, in the order of the keys; none where a key has no rows. Is fastest where the
 * rows of one key lie together.
 */
export function groupsInOrderOf<K, T, U = T>(
  keys: readonly K[],
  rows: readonly T[],
  keyOf: (row: T) => K,
  make: (row: T) => U = (row) => row as unknown as U,
): U[][] {
  const made = rows.map((row) => make(row));
  const groups = new Map<K, U[]>();
  let start = 0;
  for (let end = 1; end <= rows.length; end++) {
    const key = keyOf(rows[start] as T);
    if (end < rows.length && keyOf(rows[end] as T) === key) continue;
    // Cut out rather than filled: V8 takes arrays that are written here for long-lived, and all that they hold.
    const group = made.slice(start, end);
    const known = groups.get(key);
    if (known) for (const one of group) known.push(one);
    else groups.set(key, group);
    start = end;
  }
  return keys.map((key) => groups.get(key) ?? []);
}
