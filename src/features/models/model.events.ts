// The facts that models record.

import type { Fact } from '../../database/transaction.ts';
import type { FieldChange } from '../tags/tag-history.ts';
import type { Model } from './model.entity.ts';

/** A fact about a model, or about something of it: the model is its subject, so that all of them keep one order. */
export function modelFact(
  type: string,
  model: Model,
  fact: {
    readonly at: number;
    readonly comment?: string | null | undefined;
    readonly stage?: string;
    readonly payload?: Fact['payload'];
  },
): Fact {
  return {
    type,
    subject: { type: 'Model', pk: model.pk, name: model.name, sequence: model.sequence },
    at: fact.at,
    comment: fact.comment,
    stage: fact.stage ?? null,
    payload: { modelPk: model.pk, modelName: model.name, ...fact.payload },
  };
}

export const modelRegistered = (model: Model, comment?: string | null): Fact =>
  modelFact('MODEL_REGISTERED', model, { at: model.createdAt, comment });

export const modelUpdated = (
  model: Model,
  at: number,
  changes: readonly FieldChange[],
  comment?: string | null,
): Fact => modelFact('MODEL_UPDATED', model, { at, comment, payload: { changes } });

export const modelDeleted = (model: Model, at: number, comment?: string | null): Fact =>
  modelFact('MODEL_DELETED', model, { at, comment });
