// Fewer points that look the same on a chart: the first, the last, and the extremes of each stretch between them.
//
// This is min-max aggregation over stretches of equally many points, with the ends kept. Uwe Jugel, Zbigniew Jerzak,
// Gregor Hackenbroich and Volker Markl compare it with others in "M4: A Visualization-Oriented Time Series Data
// Aggregation", PVLDB 7(10), 2014. Stretches are counted in points rather than in steps, so that metrics which log
// everything at one step, or leave wide gaps, keep their shape.

import { SPECIAL } from '../../database/filters.ts';
import { comparePoints, type StoredPoint } from './point-order.ts';

/** The bounds of `maxPoints`. */
export const FEWEST_SAMPLED = 2;
export const MOST_SAMPLED = 10_000;

/** What is known of a series before its points are read. */
export interface SeriesSize {
  readonly total: number;
  /** How many of them are NaN or infinite. */
  readonly specials: number;
}

/** The least and the greatest of a stretch, and the first of its special values. */
interface Stretch {
  least?: StoredPoint;
  greatest?: StoredPoint;
  special?: StoredPoint;
}

/** Takes the points of one series in order, and remembers at most `maxPoints` of them. */
export class Sampler {
  private readonly stretches: readonly Stretch[];
  private readonly keepsSpecials: boolean;
  private readonly all: StoredPoint[] = [];
  private first: StoredPoint | undefined;
  private last: StoredPoint | undefined;
  private seen = 0;

  constructor(
    private readonly size: SeriesSize,
    /** At least 2. */
    private readonly maxPoints: number,
  ) {
    const between = maxPoints - 2;
    this.keepsSpecials = size.specials > 0 && between >= 3;
    const count = Math.floor(between / (this.keepsSpecials ? 3 : 2));
    this.stretches = Array.from({ length: count }, () => ({}));
  }

  add(point: StoredPoint): void {
    this.first ??= point;
    this.last = point;
    if (this.size.total <= this.maxPoints) {
      // Others may have arrived since they were counted.
      if (this.all.length < this.maxPoints) this.all.push(point);
      else this.all[this.maxPoints - 1] = point;
      return;
    }
    const place = this.seen++;
    // The ends are kept as they are, so the stretches lie between them.
    if (place === 0 || place === this.size.total - 1) return;
    const index = Math.floor(((place - 1) / (this.size.total - 2)) * this.stretches.length);
    const stretch = this.stretches[index] ?? this.stretches.at(-1);
    if (stretch) this.keep(point, stretch);
  }

  /** The points that were kept, in order, each once. */
  points(): StoredPoint[] {
    if (this.size.total <= this.maxPoints) return this.all;
    const kept = new Set([this.first, this.last]);
    for (const { least, greatest, special } of this.stretches) kept.add(least).add(greatest).add(special);
    return [...kept].filter((point) => point !== undefined).sort(comparePoints);
  }

  private keep(point: StoredPoint, stretch: Stretch): void {
    if (point.special !== SPECIAL.finite) {
      if (this.keepsSpecials) stretch.special ??= point;
      return;
    }
    if (!stretch.least || point.value < stretch.least.value) stretch.least = point;
    if (!stretch.greatest || point.value > stretch.greatest.value) stretch.greatest = point;
  }
}
