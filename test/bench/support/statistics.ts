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

/** Two things side by side, by their medians. */
export interface Comparison {
  readonly ours: number;
  readonly theirs: number;
  /** The median of the rounds' ratios: within a round, the machine was the same for both. */
  readonly ratio: number;
}

/** What was sampled in turn, round by round. */
export class Samples<K extends string> {
  private readonly byName: ReadonlyMap<K, readonly number[]>;

  constructor(byName: ReadonlyMap<K, readonly number[]>) {
    this.byName = byName;
  }

  /** One of them beside another. Of what was sampled in fewer rounds, the median stands for those that it lacks. */
  compared(our: K, their: K): Comparison {
    const [ours, theirs] = [this.of(our), this.of(their)];
    const rounds = Math.max(ours.length, theirs.length);
    const ratios = Array.from({ length: rounds }, (_, round) => inRound(ours, round) / inRound(theirs, round));
    return { ours: median(ours), theirs: median(theirs), ratio: median(ratios) };
  }

  private of(name: K): readonly number[] {
    return this.byName.get(name) ?? [];
  }
}

function inRound(samples: readonly number[], round: number): number {
  return samples[round] ?? median(samples);
}

/**
 * Takes samples of all of them in turn, after a round that warms up and is not counted. What takes so long that it
 * needs no warming up, {@link LONG_SAMPLE}, is sampled once.
 */
export async function interleaved<K extends string>(
  samplers: Readonly<Record<K, Sampler>>,
  rounds: number,
): Promise<Samples<K>> {
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
  return new Samples(samples);
}
