// What a tracker's store holds, in the shape of an expected.json, and how two such descriptions differ.

/** A number, or the name of one that JSON cannot hold. */
export type ExpectedNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** Step, time in milliseconds and value. */
export type ExpectedPoint = readonly [number, number, ExpectedNumber];

export interface ExpectedRun {
  readonly id: string;
  /** The experiment's name. */
  readonly experiment: string;
  readonly name: string | null;
  readonly status: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly parent: string | null;
  readonly note: string | null;
  readonly params: Readonly<Record<string, string>>;
  /** Without those that begin with `mlflow.`. */
  readonly tags: Readonly<Record<string, string>>;
  /** Name, digest and context. */
  readonly inputs: readonly (readonly [string, string, string | null])[];
  readonly latest: Readonly<Record<string, ExpectedNumber>>;
  readonly history: Readonly<Record<string, readonly ExpectedPoint[]>>;
}

export interface ExpectedVersion {
  readonly number: number;
  readonly stage: string;
  readonly status: string;
  readonly run: string | null;
  readonly source: string | null;
  readonly description: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export interface ExpectedModel {
  readonly name: string;
  readonly description: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: Readonly<Record<string, number>>;
  readonly versions: readonly ExpectedVersion[];
}

/** The part of a store that is not deleted. */
export interface StoreContents {
  readonly experiments: readonly {
    readonly id: string;
    readonly name: string;
    readonly tags: Readonly<Record<string, string>>;
  }[];
  readonly runs: readonly ExpectedRun[];
  readonly models: readonly ExpectedModel[];
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Where two descriptions differ, as paths with both values; empty where they say the same. Order does not count.
 * @param ignored names of fields that one side does not know, such as the `id` of an experiment
 */
export function differences(expected: StoreContents, actual: StoreContents, ignored: readonly string[] = []): string[] {
  const found: string[] = [];
  compare(comparable(expected), comparable(actual), 'store', new Set(ignored), found);
  return found;
}

/** The latest point of a key: the highest step, then the newest time, then the greatest value. */
export function latestOf(points: readonly ExpectedPoint[]): ExpectedNumber | undefined {
  return [...points].sort(byStepTimeAndValue).at(-1)?.[2];
}

/** The counts that an expected.json carries, from the rest of it. */
export function countsOf({ experiments, runs, models }: Omit<StoreContents, 'counts'>): StoreContents['counts'] {
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    experiments: experiments.length,
    runs: runs.length,
    points: sum(runs.flatMap((run) => Object.values(run.history).map((points) => points.length))),
    params: sum(runs.map((run) => Object.keys(run.params).length)),
    models: models.length,
    versions: sum(models.map((model) => model.versions.length)),
    datasets: new Set(runs.flatMap((run) => run.inputs.map(([name, digest]) => `${name}\0${digest}`))).size,
  };
}

/** Lists by what names their items, and every number in one spelling. */
function comparable(contents: StoreContents): unknown {
  const named = <T>(items: readonly T[], nameOf: (item: T) => string | number) =>
    Object.fromEntries(items.map((item) => [nameOf(item), item]));
  const mapped = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U) =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
  return {
    counts: contents.counts,
    experiments: named(contents.experiments, (experiment) => experiment.name),
    runs: mapped(
      named(contents.runs, (run) => run.id),
      (run) => ({
        ...run,
        inputs: run.inputs.map((input) => JSON.stringify(input)).sort(),
        latest: mapped(run.latest, spelled),
        history: mapped(run.history, (points) =>
          points.map(([step, at, value]) => [step, at, spelled(value)] as const).sort(byStepTimeAndValue),
        ),
      }),
    ),
    models: mapped(
      named(contents.models, (model) => model.name),
      (model) => ({
        ...model,
        versions: named(model.versions, (version) => version.number),
      }),
    ),
  };
}

/** A database of MLflow holds an infinity as the largest double, and its client gives it back so. */
function spelled(value: ExpectedNumber): ExpectedNumber {
  if (value === Number.MAX_VALUE) return 'Infinity';
  return value === -Number.MAX_VALUE ? '-Infinity' : value;
}

function byStepTimeAndValue(a: ExpectedPoint, b: ExpectedPoint): number {
  return a[0] - b[0] || a[1] - b[1] || Number(a[2]) - Number(b[2]) || 0;
}

function compare(
  expected: unknown,
  actual: unknown,
  path: string,
  ignored: ReadonlySet<string>,
  found: string[],
): void {
  if (isObject(expected) && isObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      if (!ignored.has(key)) compare(expected[key], actual[key], `${path}.${key}`, ignored, found);
    }
  } else if (expected !== actual) {
    found.push(`${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
