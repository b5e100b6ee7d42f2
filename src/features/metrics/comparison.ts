// Puts what runs logged side by side.

import type { Param } from '../runs/param.types.ts';
import type { Run } from '../runs/run.entity.ts';
import type { ComparedMetric, ComparedParam } from './comparison.types.ts';
import type { Metric, MetricPoint } from './metric.types.ts';

/** @param paramsOfRuns what each run has, in the order of the runs */
export function compareParams(paramsOfRuns: readonly (readonly Param[])[]): ComparedParam[] {
  return byKey(paramsOfRuns).map(([key, params]) => {
    const values = params.map((param) => param?.value ?? null);
    return { key, values, differs: new Set(values).size > 1 };
  });
}

/** @param metricsOfRuns what each run has, in the order of the runs */
export function compareMetrics(runs: readonly Run[], metricsOfRuns: readonly (readonly Metric[])[]): ComparedMetric[] {
  return byKey(metricsOfRuns).map(([key, metrics]) => {
    const values = metrics.map((metric) => metric?.latest ?? null);
    const shown = values.map((point) => point && (point.special ?? point.value));
    return {
      key,
      values,
      differs: new Set(shown).size > 1,
      highestRun: firstRunWith(runs, values, Math.max),
      lowestRun: firstRunWith(runs, values, Math.min),
    };
  });
}

function firstRunWith(
  runs: readonly Run[],
  points: readonly (MetricPoint | null)[],
  extremeOf: (...values: number[]) => number,
): Run | null {
  const values = points.map((point) => point?.value ?? null);
  const finite = values.filter((value) => value !== null);
  return finite.length === 0 ? null : (runs[values.indexOf(extremeOf(...finite))] ?? null);
}

/** For each key that any run has, what each run has under it; A–Z by the bytes of the key, as lists are. */
function byKey<T extends { readonly key: string }>(ofRuns: readonly (readonly T[])[]): [string, (T | undefined)[]][] {
  const found = new Map<string, (T | undefined)[]>();
  ofRuns.forEach((items, index) => {
    for (const item of items) {
      let row = found.get(item.key);
      if (!row) {
        row = Array<T | undefined>(ofRuns.length).fill(undefined);
        found.set(item.key, row);
      }
      row[index] = item;
    }
  });
  return [...found]
    .map(([key, row]) => ({ key, row, bytes: Buffer.from(key) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ key, row }) => [key, row]);
}
