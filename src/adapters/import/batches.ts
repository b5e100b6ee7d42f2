// Records one by one, gathered into the batches that a store yields.

/** Arrays of `size` records, the last one shorter; none where there is nothing. */
export async function* batchesOf<T>(records: Iterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for (const record of records) {
    batch.push(record);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
