// A metric's value as records hold it.

import type { MetricValue } from './records.ts';

const NAN: MetricValue = { value: 0, special: 'NAN' };
const POSITIVE_INFINITY: MetricValue = { value: 0, special: 'POSITIVE_INFINITY' };
const NEGATIVE_INFINITY: MetricValue = { value: 0, special: 'NEGATIVE_INFINITY' };

/** A metric's value from a number, which may be NaN or infinite. */
export function metricValueOf(value: number): MetricValue {
  if (Number.isFinite(value)) return { value, special: null };
  if (Number.isNaN(value)) return NAN;
  return value > 0 ? POSITIVE_INFINITY : NEGATIVE_INFINITY;
}
