// The facts that runs record. A run that was changed carries the time of the change in `updatedAt`.

import type { Fact } from '../../database/transaction.ts';
import type { FieldChange } from '../tags/tag-history.ts';
import type { Run } from './run.entity.ts';

/** What a fact says of its run. */
export type RunSubject = Pick<Run, 'pk' | 'name' | 'sequence' | 'updatedAt'>;

function runFact(type: string, run: RunSubject, payload?: Fact['payload']): Fact {
  return {
    type,
    subject: { type: 'Run', pk: run.pk, name: run.name, sequence: run.sequence },
    at: run.updatedAt,
    payload: { runPk: run.pk, runName: run.name, ...payload },
  };
}

export const runStarted = (run: RunSubject): Fact => runFact('RUN_STARTED', run);

export const runUpdated = (run: RunSubject, changes: readonly FieldChange[]): Fact =>
  runFact('RUN_UPDATED', run, { changes });

export const runEnded = (run: Run): Fact => runFact('RUN_ENDED', run, { status: run.status });

export const runResumed = (run: RunSubject): Fact => runFact('RUN_RESUMED', run);

export const runDeleted = (run: RunSubject): Fact => runFact('RUN_DELETED', run);

export const runRestored = (run: RunSubject): Fact => runFact('RUN_RESTORED', run);
