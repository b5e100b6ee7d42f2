// The facts that stages record, with the model of the version as their subject, and the event that they are in the graph.

import { Ctx, Field, ObjectType } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import type { Fact } from '../../database/transaction.ts';
import { Event, type EventClasses, EventType } from '../events/event.types.ts';
import type { Model } from '../models/model.entity.ts';
import { VersionEvent } from '../versions/version-event.types.ts';
import { loadStageChange } from './stage.loaders.ts';
import { StageChange } from './stage-change.entity.ts';

export const stageChanged = (model: Model, change: StageChange, number: number): Fact =>
  model.fact(EventType.STAGE_CHANGED, {
    at: change.at,
    comment: change.comment,
    stage: change.toStage,
    payload: { versionPk: change.versionPk, number, changePk: change.pk },
  });

@ObjectType({ implements: Event, simpleResolvers: true, description: 'A version moved to another stage.' })
export class StageChanged extends VersionEvent {
  @Field(() => StageChange, { description: 'What was recorded: from where, to where, and why.' })
  change(@Ctx() context: RequestContext): Promise<StageChange> {
    return loadStageChange(context, this.recordedNumber('changePk'));
  }
}

export const STAGE_EVENTS: EventClasses = { [EventType.STAGE_CHANGED]: StageChanged };
