// Named values of which the latest is kept, whatever the order in which they come.

/** A value, and which event said it: the later one counts, and of two at one time that with the greater digest. */
export interface Register {
  readonly at: number;
  readonly by: string;
  readonly value: unknown;
}

type Entry = readonly [name: string, at: number, by: string, value: unknown];

/** A value that is longer as JSON is passed over, whatever else is told under its name. */
const LONGEST_VALUE = 250_000;

export class Registers {
  private readonly byName: Map<string, Register>;

  constructor(entries: readonly Entry[] = []) {
    this.byName = new Map(entries.map(([name, at, by, value]) => [name, { at, by, value }]));
  }

  put(name: string, register: Register): void {
    const known = this.byName.get(name);
    if (known && !isLater(register, known)) return;
    if (JSON.stringify(register.value).length <= LONGEST_VALUE) this.byName.set(name, register);
  }

  get(name: string): unknown {
    return this.byName.get(name)?.value;
  }

  /** What is held, A–Z by name. */
  entries(): [string, unknown][] {
    return this.sorted().map(([name, , , value]) => [name, value]);
  }

  toJSON(): Entry[] {
    return this.sorted();
  }

  private sorted(): Entry[] {
    return [...this.byName]
      .map(([name, { at, by, value }]): Entry => [name, at, by, value])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

export function isLater(a: Omit<Register, 'value'>, b: Omit<Register, 'value'>): boolean {
  return a.at > b.at || (a.at === b.at && a.by > b.by);
}
