// The facts that stages record. The model of the version is their subject.

import type { Fact } from '../../database/transaction.ts';
import type { Model } from '../models/model.entity.ts';
import type { StageChange } from './stage-change.entity.ts';

export const stageChanged = (model: Model, change: StageChange, number: number): Fact =>
  model.fact('STAGE_CHANGED', {
    at: change.at,
    comment: change.comment,
    stage: change.toStage,
    payload: { versionPk: change.versionPk, number, changePk: change.pk },
  });
