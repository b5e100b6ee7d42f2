// Random choices that a seed decides.

import { SeededRandom } from '../../src/cli/demo/training/seeded-random.ts';

export class Random {
  private readonly source: SeededRandom;

  constructor(seed: number) {
    this.source = new SeededRandom(seed);
  }

  chance(probability: number): boolean {
    return this.source.uniform() < probability;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.source.uniform() * (most - least + 1));
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('There is nothing to pick from.');
    return items[this.between(0, items.length - 1)] as T;
  }

  /** A generator of its own for somebody who acts at the same time, so that each one's choices stay the same. */
  fork(): Random {
    return new Random(this.between(1, 2 ** 31));
  }
}
