// Whether a gate lets a version pass, and if not why, in words that a person can act on.

import { quoted } from '../../core/ids.ts';
import type { Stage } from '../models/stage.types.ts';
import type { PromotionGate } from './gate.entity.ts';
import type { Evidence } from './gate.evidence.ts';
import { comparisonInWords, margin, nameOfKey, numberInWords } from './gate.wording.ts';
import { Comparison, type MetricGate } from './metric-gate.types.ts';

/** Why a gate does not hold; as a type, since outcomes of transactions are JSON. */
export type Verdict = {
  readonly gatePk: number;
  readonly message: string;
  /** The numbers that were compared, where they are finite. */
  readonly actual: number | null;
  readonly required: number | null;
};

type Reason = Omit<Verdict, 'gatePk'>;

/** What a value is compared with: a number, or NaN where there is none that it could fulfil. */
interface Bound {
  readonly required: number;
  /** The end of the sentence that names it. */
  readonly words: string;
}

const HOLDS: Readonly<Record<Comparison, (actual: number, required: number) => boolean>> = {
  [Comparison.GT]: (actual, required) => actual > required,
  [Comparison.GTE]: (actual, required) => actual >= required,
  [Comparison.LT]: (actual, required) => actual < required,
  [Comparison.LTE]: (actual, required) => actual <= required,
};

/** Why the gates that do not hold fail, in their order. */
export function judge(gates: readonly PromotionGate[], evidence: Evidence): Verdict[] {
  return gates.flatMap((gate) => {
    const reason = reasonAgainst(gate, evidence);
    return reason ? [{ gatePk: gate.pk, ...reason }] : [];
  });
}

function reasonAgainst({ metric, requiredTag, requiredPriorStage, stage }: PromotionGate, evidence: Evidence) {
  if (metric) return metricReason(metric, stage, evidence);
  if (requiredTag) {
    const { key, value } = requiredTag;
    const current = evidence.tags.get(key);
    if (current === value) return undefined;
    const found = current === undefined ? 'missing' : quoted(current);
    return withoutNumbers(`the tag ${quoted(key)} is ${found}, must be ${quoted(value)}`);
  }
  if (requiredPriorStage === null || evidence.stages.has(requiredPriorStage)) return undefined;
  return withoutNumbers(
    `the version has never been in ${requiredPriorStage}, must have been there before it goes to ${stage}`,
  );
}

function metricReason(metric: MetricGate, stage: Stage, evidence: Evidence): Reason | undefined {
  const { key, comparison } = metric;
  const actual = evidence.values.get(key) ?? Number.NaN;
  const bounds = boundsOf(metric, stage, evidence);
  const unmet = bounds.filter(({ required }) => !HOLDS[comparison](actual, required));
  if (unmet.length === 0 && !Number.isNaN(actual)) return undefined;
  const bound = mostDemanding(unmet, comparison);
  const must = bound ? `must be ${comparisonInWords(comparison)} ${bound.words}` : 'must be a number';
  return {
    message: `${nameOfKey(key)} is ${found(key, evidence)}, ${must}`,
    actual: finiteOrNull(actual),
    required: finiteOrNull(bound?.required ?? Number.NaN),
  };
}

/** One for each version in the stage, or the one that the gate itself gives. */
function boundsOf({ key, threshold, relativeToCurrent }: MetricGate, stage: Stage, evidence: Evidence): Bound[] {
  if (!relativeToCurrent) {
    const required = threshold ?? Number.NaN;
    return [{ required, words: numberInWords(required) }];
  }
  return evidence.current.map(({ number, values }) => {
    const holder = `${evidence.modelName}/${number} in ${stage}`;
    const current = values.get(key);
    if (current === undefined) return { required: Number.NaN, words: `that of ${holder}, which has none` };
    if (Number.isNaN(current)) return { required: current, words: `that of ${holder}, which is NaN` };
    const required = sumOfDecimals(current, threshold ?? 0);
    return { required, words: `${numberInWords(required)}, that of ${holder}${margin(threshold)}` };
  });
}

/** The bound that is hardest to meet; one that nothing meets before all others. */
function mostDemanding(bounds: readonly Bound[], comparison: Comparison): Bound | undefined {
  const isUpward = comparison === Comparison.GT || comparison === Comparison.GTE;
  const difficulty = ({ required }: Bound) =>
    Number.isNaN(required) ? Number.POSITIVE_INFINITY : isUpward ? required : -required;
  return bounds.reduce<Bound | undefined>(
    (hardest, bound) => (hardest && difficulty(hardest) >= difficulty(bound) ? hardest : bound),
    undefined,
  );
}

function found(key: string, { values, hasRun }: Evidence): string {
  const value = values.get(key);
  if (value !== undefined) return numberInWords(value);
  return hasRun ? 'missing (the run has not logged it)' : 'missing (the version has no run)';
}

/** The sum as decimals add up: 0.9 and 0.05 make 0.95, where binary fractions make 0.9500000000000001. */
function sumOfDecimals(a: number, b: number): number {
  const decimals = Math.max(decimalsOf(a), decimalsOf(b));
  const sum = a + b;
  return decimals <= MOST_DECIMALS ? Number(sum.toFixed(decimals)) : sum;
}

/** What `toFixed` takes. */
const MOST_DECIMALS = 100;

function decimalsOf(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  return Math.max(0, (mantissa.split('.')[1] ?? '').length - Number(exponent));
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function withoutNumbers(message: string): Reason {
  return { message, actual: null, required: null };
}
