// Names that clients make up, as labels: only so many are told apart, so that nobody fills the memory with them.

const MOST_NAMES = 200;
/** Characters. */
const LONGEST_NAME = 100;

export class BoundedNames {
  private readonly known = new Set<string>();

  constructor(private readonly most = MOST_NAMES) {}

  /** The name itself for the first so many, then `other`; `anonymous` for none. */
  labelOf(name: string | undefined): string {
    if (name === undefined) return 'anonymous';
    if (this.known.has(name)) return name;
    if (this.known.size >= this.most || name.length > LONGEST_NAME) return 'other';
    this.known.add(name);
    return name;
  }
}
