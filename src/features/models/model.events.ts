// The facts that models record.

import type { Fact } from '../../database/transaction.ts';
import type { FieldChange } from '../tags/tag.service.ts';
import type { Model } from './model.entity.ts';

export const modelRegistered = (model: Model, comment?: string | null): Fact =>
  model.fact('MODEL_REGISTERED', { at: model.createdAt, comment });

export const modelUpdated = (
  model: Model,
  at: number,
  changes: readonly FieldChange[],
  comment?: string | null,
): Fact => model.fact('MODEL_UPDATED', { at, comment, payload: { changes } });

export const modelDeleted = (model: Model, at: number, comment?: string | null): Fact =>
  model.fact('MODEL_DELETED', { at, comment });
