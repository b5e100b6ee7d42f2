// The facts that experiments record.

import type { Fact } from '../../database/transaction.ts';
import type { FieldChange } from '../tags/tag-history.ts';
import type { Experiment } from './experiment.entity.ts';

function experimentFact(type: string, experiment: Experiment, at: number, payload?: Fact['payload']): Fact {
  return {
    type,
    subject: { type: 'Experiment', pk: experiment.pk, name: experiment.name, sequence: experiment.sequence },
    at,
    payload: { experimentPk: experiment.pk, experimentName: experiment.name, ...payload },
  };
}

export const experimentCreated = (experiment: Experiment): Fact =>
  experimentFact('EXPERIMENT_CREATED', experiment, experiment.createdAt);

export const experimentUpdated = (experiment: Experiment, changes: readonly FieldChange[]): Fact =>
  experimentFact('EXPERIMENT_UPDATED', experiment, experiment.updatedAt, { changes });

export const experimentDeleted = (experiment: Experiment): Fact =>
  experimentFact('EXPERIMENT_DELETED', experiment, experiment.updatedAt);

export const experimentRestored = (experiment: Experiment): Fact =>
  experimentFact('EXPERIMENT_RESTORED', experiment, experiment.updatedAt);
