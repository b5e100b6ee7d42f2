// The judgement of gates on metrics, over any values: what passes, and what is said of what does not.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PromotionGate } from '../../../src/features/gates/gate.entity.ts';
import { judge } from '../../../src/features/gates/gate.judgement.ts';
import { Comparison } from '../../../src/features/gates/metric-gate.types.ts';
import { Stage } from '../../../src/features/models/stage.types.ts';

const METS = {
  GT: (a: number, b: number) => a > b,
  GTE: (a: number, b: number) => a >= b,
  LT: (a: number, b: number) => a < b,
  LTE: (a: number, b: number) => a <= b,
};
const comparison = fc.constantFrom(...Object.values(Comparison));
/** Any double, NaN and the infinities included, and those that people write. */
const anyValue = fc.oneof(
  fc.double(),
  fc.integer({ min: -100, max: 100 }).map((hundredths) => hundredths / 100),
);

function gateOn(columns: Partial<PromotionGate>): PromotionGate {
  const nothing = { tagKey: null, tagValue: null, requiredPriorStage: null };
  return PromotionGate.from({ pk: 7, stage: Stage.PRODUCTION, metricKey: 'm', ...nothing, ...columns });
}

/** What is known of a version with a value, beside others that are in the stage. */
function evidenceOf(actual: number | undefined, current: readonly (number | undefined)[]) {
  const values = (value: number | undefined) => new Map(value === undefined ? [] : [['m', value]]);
  return {
    modelName: 'churn',
    hasRun: true,
    values: values(actual),
    current: current.map((value, index) => ({ number: index + 1, values: values(value) })),
    tags: new Map<string, string>(),
    stages: new Set([Stage.NONE]),
  };
}

describe('a gate on a metric', () => {
  it('lets exactly those values pass that meet its threshold', () => {
    const threshold = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(comparison, fc.option(anyValue, { nil: undefined }), threshold, (how, actual, required) => {
        const gate = gateOn({ comparison: how, threshold: required, isRelative: 0 });
        const passes = judge([gate], evidenceOf(actual, [])).length === 0;
        expect(passes).toBe(actual !== undefined && METS[how](actual, required));
      }),
    );
  });

  it('without a margin lets exactly those pass that compare so with every value in the stage', () => {
    const values = fc.array(fc.option(anyValue, { nil: undefined, freq: 10 }), { maxLength: 4 });
    fc.assert(
      fc.property(comparison, anyValue, values, (how, actual, current) => {
        const gate = gateOn({ comparison: how, threshold: null, isRelative: 1 });
        const verdicts = judge([gate], evidenceOf(actual, current));
        const meetsAll = current.every((value) => value !== undefined && METS[how](actual, value));
        expect(verdicts.length === 0).toBe(meetsAll && !Number.isNaN(actual));
        const [verdict] = verdicts;
        if (!verdict) return;
        expect(verdict.gatePk).toBe(7);
        expect(verdict.message).toMatch(/^m is \S+, must be /);
        // Where there is a number to reach, it is the one that is hardest to reach.
        if (verdict.required === null) return;
        for (const value of current)
          expect(METS[how === 'GT' || how === 'GTE' ? 'LTE' : 'GTE'](value as number, verdict.required)).toBe(true);
      }),
    );
  });

  it('adds a margin as decimals add up, and otherwise as exactly as numbers can', () => {
    const hundredths = fc.integer({ min: -1_000, max: 1_000 });
    fc.assert(
      fc.property(hundredths, hundredths, (current, margin) => {
        const gate = gateOn({ comparison: Comparison.GT, threshold: margin / 100, isRelative: 1 });
        const [verdict] = judge([gate], evidenceOf(Number.NEGATIVE_INFINITY, [current / 100]));
        expect(verdict?.required).toBe((current + margin) / 100 + 0);
      }),
    );
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 });
    fc.assert(
      fc.property(finite, finite, (current, margin) => {
        const gate = gateOn({ comparison: Comparison.GT, threshold: margin, isRelative: 1 });
        const [verdict] = judge([gate], evidenceOf(Number.NEGATIVE_INFINITY, [current]));
        const sum = current + margin;
        const slack = 4 * Number.EPSILON * Math.max(Math.abs(current), Math.abs(margin));
        expect(Math.abs((verdict?.required as number) - sum)).toBeLessThanOrEqual(slack);
      }),
    );
  });
});
