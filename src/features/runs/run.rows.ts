// The rows that runs are made of, for those who start one and for those who bring in many.

import { randomUUID } from 'node:crypto';
import type { Row } from '../../database/transaction.ts';
import { numberOf, type ParamInput } from './param.types.ts';
import { Run, RunStatus } from './run.entity.ts';

/** What a new run must know; everything else has a default. */
export interface NewRun extends Partial<Omit<Run, 'pk' | 'id' | 'source' | 'createdBy'>> {
  readonly experimentPk: number;
  readonly name: string;
  readonly startedAt: number;
  readonly createdByName: string;
  readonly updatedAt: number;
}

/** A run that is not stored yet: its columns, all of them but the generated key. */
export function newRun(values: NewRun): Run {
  return Run.from({
    runId: newRunId(),
    parentPk: null,
    description: null,
    status: RunStatus.RUNNING,
    endedAt: null,
    revision: 1,
    sequence: 1,
    batches: 0,
    deletedAt: null,
    deletedWithExperiment: 0,
    gitCommit: null,
    gitRepository: null,
    entryPoint: null,
    notebook: null,
    artifactUri: null,
    ...values,
  });
}

/** The columns of a new run, for `Transaction.insert`. */
export function runRow(run: Run): Row {
  return { ...(run as unknown as Row) };
}

/** 32 hexadecimal digits, as trackers name their runs. */
export function newRunId(): string {
  return randomUUID().replaceAll('-', '');
}

/** The rows of a run's params. */
export function paramRows(runPk: number, params: readonly ParamInput[]): Row[] {
  return params.map(({ key, value }) => ({ runPk, key, value, number: numberOf(value) }));
}
