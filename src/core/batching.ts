// Batched loads: one call of a query for all the keys that a piece of work asks for at once.

import DataLoader from 'dataloader';

/** Loads by key, once per key. `load` gives a value for each key, in their order. */
export function batched<K extends string | number, V>(
  load: (keys: readonly K[]) => Promise<readonly V[]>,
): DataLoader<K, V> {
  return new DataLoader<K, V>(load, { maxBatchSize: 5_000 });
}

/** Batched loads that also take arguments: what is asked for with the same arguments is loaded together. */
export class BatchedByArguments<A, K extends string | number, V> {
  private readonly loaders = new Map<string, DataLoader<K, V>>();

  constructor(private readonly loadWith: (args: A, keys: readonly K[]) => Promise<readonly V[]>) {}

  load(args: A, key: K): Promise<V> {
    const signature = JSON.stringify(args);
    let loader = this.loaders.get(signature);
    if (!loader) {
      loader = batched<K, V>((keys) => this.loadWith(args, keys));
      this.loaders.set(signature, loader);
    }
    return loader.load(key);
  }
}

/** Puts rows in the order of the keys they were asked for by; undefined where there is none. */
export function inOrderOf<K, T>(keys: readonly K[], rows: readonly T[], keyOf: (row: T) => K): (T | undefined)[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => byKey.get(key));
}
