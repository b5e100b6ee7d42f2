// Gates in words: what one asks, and the pieces that say why it failed.

import { quoted } from '../../core/ids.ts';
import type { Stage } from '../models/stage.types.ts';
import type { TagInput } from '../tags/tag.types.ts';
import { Comparison, type MetricGate } from './metric-gate.types.ts';

/** What a gate asks: one of the three. */
export interface GateCondition {
  readonly metric: MetricGate | null;
  readonly requiredTag: TagInput | null;
  readonly requiredPriorStage: Stage | null;
}

const WORDS: Readonly<Record<Comparison, string>> = {
  [Comparison.GT]: 'greater than',
  [Comparison.GTE]: 'at least',
  [Comparison.LT]: 'less than',
  [Comparison.LTE]: 'at most',
};
const PLAIN_KEY = /^[\p{L}\p{N}_./@%-]{1,80}$/u;

/** One sentence that says what a gate of a stage asks. */
export function describeGate({ metric, requiredTag, requiredPriorStage }: GateCondition, stage: Stage): string {
  if (metric) {
    const { key, comparison, threshold, relativeToCurrent } = metric;
    const required = relativeToCurrent
      ? `that of the version now in ${stage}${margin(threshold)}`
      : numberInWords(threshold ?? 0);
    return `${nameOfKey(key)} must be ${comparisonInWords(comparison)} ${required}.`;
  }
  if (requiredTag) return `The tag ${quoted(requiredTag.key)} must be ${quoted(requiredTag.value)}.`;
  return `The version must have been in ${requiredPriorStage} before.`;
}

/** What is added to the current value, as the end of a phrase; empty where it is nothing. */
export function margin(threshold: number | null): string {
  if (!threshold) return '';
  return threshold > 0 ? ` plus ${numberInWords(threshold)}` : ` minus ${numberInWords(-threshold)}`;
}

export function comparisonInWords(comparison: Comparison): string {
  return WORDS[comparison];
}

/** A key as it is where it reads like a word, else quoted. */
export function nameOfKey(key: string): string {
  return PLAIN_KEY.test(key) ? key : quoted(key);
}

export function numberInWords(value: number): string {
  return String(value).replace('Infinity', '∞');
}
