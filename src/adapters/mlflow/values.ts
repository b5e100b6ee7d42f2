// How MLflow spells states, times and numbers, old stores and new ones, read into ours.

import { metricValueOf } from '../import/metric-value.ts';
import type { ImportedRunStatus, ImportedStage, ImportedVersionStatus, MetricValue } from '../import/records.ts';

// File stores keep the number of the enum of MLflow's protocol, databases its name.
const RUN_STATUS = new Map<string, ImportedRunStatus>([
  ['1', 'RUNNING'],
  ['2', 'SCHEDULED'],
  ['3', 'FINISHED'],
  ['4', 'FAILED'],
  ['5', 'KILLED'],
  ['RUNNING', 'RUNNING'],
  ['SCHEDULED', 'SCHEDULED'],
  ['FINISHED', 'FINISHED'],
  ['FAILED', 'FAILED'],
  ['KILLED', 'KILLED'],
]);

const VERSION_STATUS = new Map<string, ImportedVersionStatus>([
  ['1', 'PENDING'],
  ['2', 'FAILED'],
  ['3', 'READY'],
  ['PENDING_REGISTRATION', 'PENDING'],
  ['FAILED_REGISTRATION', 'FAILED'],
  ['READY', 'READY'],
]);

const STAGES = new Map<string, ImportedStage>([
  ['', 'NONE'],
  ['none', 'NONE'],
  ['staging', 'STAGING'],
  ['production', 'PRODUCTION'],
  ['archived', 'ARCHIVED'],
]);

/** The stage that MLflow gives a version it has deleted. */
const DELETED_STAGE = 'deleted_internal';

/** The latest time that a `Date` can hold; the earliest is its negative. */
const MAX_TIME_MS = 8_640_000_000_000_000;

const INTEGER = /^[+-]?[0-9]+$/;
const DECIMAL = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;

export function runStatusOf(text: string): ImportedRunStatus | undefined {
  return RUN_STATUS.get(text.toUpperCase());
}

export function versionStatusOf(text: string): ImportedVersionStatus | undefined {
  return VERSION_STATUS.get(text.toUpperCase());
}

export function stageOf(text: string): ImportedStage | 'DELETED' | undefined {
  const stage = text.toLowerCase();
  return stage === DELETED_STAGE ? 'DELETED' : STAGES.get(stage);
}

/** An integer that a number holds exactly; undefined for anything else. */
export function integerOf(raw: unknown): number | undefined {
  const value = typeof raw === 'string' && INTEGER.test(raw) ? Number(raw) : raw;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

/** A time in epoch milliseconds; undefined where it is none. */
export function timeOf(raw: unknown): number | undefined {
  const value = integerOf(raw);
  return value !== undefined && Math.abs(value) <= MAX_TIME_MS ? value : undefined;
}

/** A metric's value as Python writes a float; undefined where it is none. */
export function parseMetricValue(text: string): MetricValue | undefined {
  if (DECIMAL.test(text)) return metricValueOf(Number(text));
  const word = text.toLowerCase();
  if (/^[+-]?nan$/.test(word)) return metricValueOf(Number.NaN);
  if (/^\+?inf(inity)?$/.test(word)) return metricValueOf(Number.POSITIVE_INFINITY);
  return /^-inf(inity)?$/.test(word) ? metricValueOf(Number.NEGATIVE_INFINITY) : undefined;
}
