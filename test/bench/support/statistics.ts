// Samples of things that are compared, taken in turn, so that what else the machine does strikes all of them alike.

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export type Sampler = () => Promise<number>;

/** Seconds. */
export const LONG_SAMPLE = 20;

/**
 * Takes samples of all of them in turn, after a round that warms up and is not counted. What takes so long that it
 * needs no warming up, {@link LONG_SAMPLE}, is sampled once.
 * @returns the medians
 */
export async function interleaved<K extends string>(
  samplers: Readonly<Record<K, Sampler>>,
  rounds: number,
): Promise<Record<K, number>> {
  const names = Object.keys(samplers) as K[];
  const samples = new Map<K, number[]>(names.map((name) => [name, []]));
  const isLong = new Set<K>();
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      if (isLong.has(name)) continue;
      const startedAt = performance.now();
      const sample = await samplers[name]();
      if (performance.now() - startedAt > LONG_SAMPLE * 1_000) isLong.add(name);
      if (round > 0 || isLong.has(name)) samples.get(name)?.push(sample);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(samples.get(name) ?? [])])) as Record<K, number>;
}
