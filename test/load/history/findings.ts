// What the checks looked at, and what they found wrong.

/** How many violations of one check are told in full. */
const MOST_TOLD = 10;

export class Findings {
  private readonly looked = new Map<string, number>();
  private readonly wrong = new Map<string, string[]>();

  /** Counts something that a promise was checked on. */
  checked(promise: string, count = 1): void {
    this.looked.set(promise, (this.looked.get(promise) ?? 0) + count);
  }

  violation(promise: string, what: string): void {
    const known = this.wrong.get(promise) ?? [];
    known.push(what);
    this.wrong.set(promise, known);
    if (!this.looked.has(promise)) this.looked.set(promise, 0);
  }

  /** Counts it, and finds it wrong where it does not hold. */
  expect(promise: string, holds: boolean, what: () => string): void {
    this.checked(promise);
    if (!holds) this.violation(promise, what());
  }

  get violations(): number {
    return [...this.wrong.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** A line for each promise, then the violations. */
  report(): string {
    const width = Math.max(...[...this.looked.keys()].map(({ length }) => length));
    const lines = [...this.looked].map(([promise, count]) => {
      const found = this.wrong.get(promise)?.length ?? 0;
      return `  ${promise.padEnd(width)}  ${String(count).padStart(7)} checked  ${found} violated`;
    });
    for (const [promise, found] of this.wrong) {
      lines.push(`\nVIOLATED: ${promise}`, ...found.slice(0, MOST_TOLD).map((what) => `  - ${what}`));
      if (found.length > MOST_TOLD) lines.push(`  … and ${found.length - MOST_TOLD} more`);
    }
    return lines.join('\n');
  }
}
