// Samples of things that are compared, taken in turn, so that what else the machine does strikes all of them alike.

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export type Sampler = () => Promise<number>;

/** Takes samples of all of them in turn, after a round that warms up and is not counted. @returns the medians */
export async function interleaved<K extends string>(
  samplers: Readonly<Record<K, Sampler>>,
  rounds: number,
): Promise<Record<K, number>> {
  const names = Object.keys(samplers) as K[];
  const samples = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const sample = await samplers[name]();
      if (round > 0) samples.get(name)?.push(sample);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(samples.get(name) ?? [])])) as Record<K, number>;
}
