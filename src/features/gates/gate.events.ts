// The facts that gates record. Their model is the subject.

import type { Fact } from '../../database/transaction.ts';
import type { Model } from '../models/model.entity.ts';
import type { PromotionGate } from './gate.entity.ts';

export const promotionGateChanged = (
  model: Model,
  gate: PromotionGate,
  { at, isAdded, comment }: { readonly at: number; readonly isAdded: boolean; readonly comment?: string | null },
): Fact =>
  model.fact('PROMOTION_GATE_CHANGED', {
    at,
    comment,
    // Not the fact's own stage, which is the one that a stage change leads to.
    payload: { stage: gate.stage, description: gate.description, added: isAdded },
  });
