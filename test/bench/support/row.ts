// A row of the bench: something that is measured against its limit or a peer.

import type { Comparison } from './statistics.ts';

/** How samples are taken. */
export interface Sampling {
  /** How many are taken of each thing, after one that is not counted. */
  readonly rounds: number;
  /** How long one takes, milliseconds. */
  readonly sampleMs: number;
}

/** What the rows are given. */
export interface Bench extends Sampling {
  /** For databases and logs; removed afterwards. */
  readonly folder: string;
  /** Sizes and times are cut down, so that it can be seen whether all works. */
  readonly isQuick: boolean;
  /** The database server to measure on; undefined where there is none. */
  readonly mysql: MysqlServer | undefined;
  /** How many runs the peer's store has, where that is given. */
  readonly runs: number | undefined;
  /** A Python that has MLflow; undefined where there is none. */
  python(): Promise<string | undefined>;
  /** Says what is being done. */
  say(text: string): void;
}

export interface MysqlServer {
  /** Makes an empty database. @returns its URL */
  create(name: string): Promise<string>;
}

/** What was found. */
export interface Measurement {
  readonly work: string;
  readonly ours: string;
  readonly theirs: string;
  /** Theirs is what ours is compared with. Larger is better, unless it is a limit from above. */
  readonly ratio: number | undefined;
  readonly target: string;
  readonly isReached: boolean;
}

export interface Row {
  /** What `--only` takes. */
  readonly name: string;
  /** The table that it is part of. */
  readonly table: 'limits' | 'peer';
  /** How it is sampled, where that is not as the others are. */
  readonly sampling?: Sampling;
  measure(bench: Bench): Promise<readonly Measurement[]>;
}

/** A measurement that is to be at least so much of what it is compared with. */
export function atLeast(work: string, { ours, theirs, ratio }: Comparison, target: number, unit = '/s'): Measurement {
  return {
    work,
    ours: `${figure(ours)}${unit}`,
    theirs: `${figure(theirs)}${unit}`,
    ratio,
    target: `≥ ${target}`,
    isReached: ratio >= target,
  };
}

/** A measurement that is to be at most so much of what it is compared with. */
export function atMostTimes(
  work: string,
  { ours, theirs, ratio }: Comparison,
  target: number,
  unit: string,
): Measurement {
  return {
    work,
    ours: `${figure(ours)}${unit}`,
    theirs: `${figure(theirs)}${unit}`,
    ratio,
    target: `≤ ${target}`,
    isReached: ratio <= target,
  };
}

/** A measurement that is to stay below a fixed limit. */
export function atMost(work: string, value: number, limit: number, unit: string): Measurement {
  return {
    work,
    ours: `${figure(value)}${unit}`,
    theirs: '',
    ratio: undefined,
    target: `≤ ${figure(limit)}${unit}`,
    isReached: value <= limit,
  };
}

/** Three digits that count. */
export function figure(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}
