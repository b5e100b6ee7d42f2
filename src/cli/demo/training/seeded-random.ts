// Pseudo-random numbers that a seed decides wholly, so that every training can be repeated.

/** The xorshift generator with 128 bits of state of G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003. */
export class SeededRandom {
  private x: number;
  private y: number;
  private z: number;
  private w: number;

  constructor(seed: number) {
    // Spreads a small seed over the state; the constants are odd, so no two seeds give the same state and it is never all zero.
    this.x = Math.imul(seed, 0x9e3779b1) >>> 0;
    this.y = (Math.imul(seed, 0x85ebca77) + 1) >>> 0;
    this.z = 0x2545f491;
    this.w = 0x6c078965;
    for (let warmUp = 0; warmUp < 16; warmUp += 1) this.nextInteger();
  }

  /** Uniform over [0, 1). */
  uniform(): number {
    return this.nextInteger() / 2 ** 32;
  }

  /** From the standard normal distribution, by the Box–Muller transform. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A copy in random order (Fisher–Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last -= 1) {
      const [picked] = result.splice(Math.floor(this.uniform() * (last + 1)), 1);
      if (picked !== undefined) result.push(picked);
    }
    return result;
  }

  private nextInteger(): number {
    const shifted = this.x ^ (this.x << 11);
    this.x = this.y;
    this.y = this.z;
    this.z = this.w;
    this.w = (this.w ^ (this.w >>> 19) ^ shifted ^ (shifted >>> 8)) >>> 0;
    return this.w;
  }
}
