// Reads JSON that should have a form, and collects what is wrong with it by JSON Pointer.

/** What is wrong with a value, and where it is: a JSON Pointer (RFC 6901). */
export interface Problem {
  readonly pointer: string;
  readonly message: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** A document that is wrong everywhere is told so many times. */
const MOST_PROBLEMS = 50;

/** A value of a document. A property that is null counts as left out. */
export class JsonReader {
  constructor(
    readonly value: unknown,
    readonly pointer = '',
    private readonly problems: Problem[] = [],
  ) {}

  get found(): readonly Problem[] {
    return this.problems;
  }

  get isGiven(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  report(message: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ pointer: this.pointer, message });
  }

  /** A property, whether it is there or not. */
  at(key: string): JsonReader {
    const value = isObject(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    return new JsonReader(value, `${this.pointer}/${escaped(key)}`, this.problems);
  }

  /** It as an object; undefined, and a problem, where it is none. */
  object(): JsonObject | undefined {
    if (isObject(this.value)) return this.value;
    this.reportType('an object');
    return undefined;
  }

  /** The properties of an object that may be left out. */
  entries(): [string, JsonReader][] {
    if (!this.isGiven) return [];
    return Object.keys(this.object() ?? {}).map((key) => [key, this.at(key)]);
  }

  /** The items of a list that may be left out. */
  items(): JsonReader[] {
    if (!this.isGiven) return [];
    if (!Array.isArray(this.value)) {
      this.reportType('an array');
      return [];
    }
    return this.value.map((item, index) => new JsonReader(item, `${this.pointer}/${index}`, this.problems));
  }

  text(): string {
    if (typeof this.value === 'string') return this.value;
    this.reportType('a string');
    return '';
  }

  optionalText(): string | null {
    return this.isGiven ? this.text() : null;
  }

  private reportType(expected: string): void {
    this.report(this.isGiven ? `must be ${expected}, not ${kindOf(this.value)}` : `is required: ${expected}`);
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether objects and lists lie in one another deeper than a limit. Goes through them without calling itself. */
export function isDeeperThan(limit: number, value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'boolean' ? 'a boolean' : `a ${typeof value}`;
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
