// What filters and orders of runs mean, written a second time over plain objects, for tests to compare with.

import type { RunSpec } from './runs.ts';

export type StoredRun = RunSpec & { readonly pk: number; readonly runId: string };

export interface TextFilter {
  eq?: string;
  ne?: string;
  in?: string[];
  contains?: string;
  startsWith?: string;
  ignoreCase?: boolean;
}

export interface Filter {
  and?: Filter[];
  or?: Filter[];
  not?: Filter;
  name?: TextFilter;
  status?: string[];
  experiment?: TextFilter;
  startedAt?: Range<string>;
  endedAt?: Range<string>;
  tag?: { key: string; exists?: boolean; value?: TextFilter };
  param?: { key: string; exists?: boolean; value?: TextFilter };
  metric?: { key: string; exists?: boolean } & Range<number> & { eq?: number };
  dataset?: TextFilter;
}

export interface Range<T> {
  gt?: T;
  gte?: T;
  lt?: T;
  lte?: T;
}

export interface Order {
  field?: 'STARTED_AT' | 'ENDED_AT' | 'NAME';
  metric?: string;
  param?: string;
  direction: 'ASC' | 'DESC';
}

export function matches(run: StoredRun, filter: Filter): boolean {
  const { and = [], or, not, name, status, experiment, startedAt, endedAt, tag, param, metric, dataset } = filter;
  return (
    and.every((part) => matches(run, part)) &&
    (or === undefined || or.some((part) => matches(run, part))) &&
    (not === undefined || !matches(run, not)) &&
    (name === undefined || matchesText(run.name, name)) &&
    (status === undefined || status.includes(run.status ?? 'RUNNING')) &&
    (experiment === undefined || matchesText(run.experiment ?? '', experiment)) &&
    (startedAt === undefined || isWithin(run.startedAt ?? 0, epochs(startedAt))) &&
    (endedAt === undefined || isWithin(run.endedAt ?? Number.NaN, epochs(endedAt))) &&
    (tag === undefined || matchesKeyed(run.tags?.[tag.key], tag)) &&
    (param === undefined || matchesKeyed(run.params?.[param.key], param)) &&
    (metric === undefined || matchesMetric(run.metrics?.[metric.key], metric)) &&
    (dataset === undefined || (run.datasets ?? []).some((one) => matchesText(one, dataset)))
  );
}

function matchesText(text: string, filter: TextFilter): boolean {
  const fold = (t: string) => (filter.ignoreCase ? t.replace(/[A-Z]/g, (c) => c.toLowerCase()) : t);
  const subject = fold(text);
  const { eq, ne, in: list, contains, startsWith } = filter;
  return (
    (eq === undefined || subject === fold(eq)) &&
    (ne === undefined || subject !== fold(ne)) &&
    (list === undefined || list.map(fold).includes(subject)) &&
    (contains === undefined || subject.includes(fold(contains))) &&
    (startsWith === undefined || subject.startsWith(fold(startsWith)))
  );
}

function matchesKeyed(held: string | undefined, filter: { exists?: boolean; value?: TextFilter }): boolean {
  const isPresent = held !== undefined;
  if (filter.exists === false && isPresent) return false;
  if (filter.value) return isPresent && matchesText(held, filter.value);
  return filter.exists === false || isPresent;
}

function matchesMetric(held: number | undefined, filter: NonNullable<Filter['metric']>): boolean {
  const { exists, eq, key: _, ...range } = filter;
  if (exists === false && held !== undefined) return false;
  const isBounded = eq !== undefined || Object.keys(range).length > 0;
  if (!isBounded) return exists === false || held !== undefined;
  return held !== undefined && (eq === undefined || held === eq) && isWithin(held, range);
}

/** NaN, and what is missing, is within no bound. */
function isWithin(value: number, { gt, gte, lt, lte }: Range<number>): boolean {
  return (
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte)
  );
}

function epochs(range: Range<string>): Range<number> {
  return Object.fromEntries(Object.entries(range).map(([bound, at]) => [bound, Date.parse(at)]));
}

/** What a run is sorted by: what is missing has a rank of its own, which no direction turns round. */
type SortKey = { readonly rank: number; readonly values: readonly (number | string)[] };

function sortKey(run: StoredRun, { field, metric, param }: Order): SortKey {
  if (field === 'NAME') return { rank: 0, values: [run.name] };
  if (field === 'STARTED_AT') return { rank: 0, values: [run.startedAt ?? 0] };
  if (field === 'ENDED_AT') {
    return typeof run.endedAt === 'number' ? { rank: 0, values: [run.endedAt] } : { rank: 1, values: [0] };
  }
  if (metric !== undefined) {
    const value = run.metrics?.[metric];
    // NaN and missing are last together, and alike.
    return value === undefined || Number.isNaN(value) ? { rank: 1, values: [0] } : { rank: 0, values: [value] };
  }
  const text = run.params?.[param as string];
  if (text === undefined) return { rank: 2, values: [0, ''] };
  const isDecimal = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) && Number.isFinite(Number(text));
  return isDecimal ? { rank: 0, values: [Number(text), text] } : { rank: 1, values: [0, text] };
}

/** The whole list, as pages of it put together must give it. */
export function expectedList<T extends StoredRun>(runs: readonly T[], filter: Filter, orderBy: readonly Order[]): T[] {
  const orders: readonly Order[] = orderBy.length > 0 ? orderBy : [{ field: 'STARTED_AT', direction: 'DESC' }];
  const lastSign = orders.at(-1)?.direction === 'DESC' ? -1 : 1;
  return runs
    .filter((run) => matches(run, filter))
    .sort((a, b) => {
      for (const order of orders) {
        const [left, right] = [sortKey(a, order), sortKey(b, order)];
        if (left.rank !== right.rank) return left.rank - right.rank;
        for (const [index, value] of left.values.entries()) {
          const difference = compare(value, right.values[index] as number | string);
          if (difference !== 0) return order.direction === 'DESC' ? -difference : difference;
        }
      }
      return lastSign * (a.pk - b.pk);
    });
}

/** Texts byte by byte. */
function compare(a: number | string, b: number | string): number {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  return a === b ? 0 : a < (b as number) ? -1 : 1;
}
