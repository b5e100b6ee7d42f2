// The facts that stages record. The model of the version is their subject.

import type { Fact } from '../../database/transaction.ts';
import type { Model } from '../models/model.entity.ts';
import { modelFact } from '../models/model.events.ts';
import type { StageChange } from './stage-change.entity.ts';

export const stageChanged = (model: Model, change: StageChange, number: number): Fact =>
  modelFact('STAGE_CHANGED', model, {
    at: change.at,
    comment: change.comment,
    stage: change.toStage,
    payload: { versionPk: change.versionPk, number, changePk: change.pk },
  });
