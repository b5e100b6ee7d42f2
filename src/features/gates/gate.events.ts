// The facts that gates record, with their model as the subject, and the event that they are in the graph.

import { Field, ObjectType } from 'type-graphql';
import type { Fact } from '../../database/transaction.ts';
import { Event, type EventClasses, EventType } from '../events/event.types.ts';
import type { Model } from '../models/model.entity.ts';
import { ModelEvent } from '../models/model-event.types.ts';
import { Stage } from '../models/stage.types.ts';
import type { PromotionGate } from './gate.entity.ts';

export const promotionGateChanged = (
  model: Model,
  gate: PromotionGate,
  { at, isAdded, comment }: { readonly at: number; readonly isAdded: boolean; readonly comment?: string | null },
): Fact =>
  model.fact(EventType.PROMOTION_GATE_CHANGED, {
    at,
    comment,
    // Not the fact's own stage, which is the one that a stage change leads to.
    payload: { stage: gate.stage, description: gate.description, added: isAdded },
  });

@ObjectType({ implements: Event, simpleResolvers: true, description: 'A promotion gate was added or removed.' })
export class PromotionGateChanged extends ModelEvent {
  @Field(() => Stage, { description: 'The stage whose promotions it decides.' })
  get stage(): Stage {
    return this.recordedText('stage') as Stage;
  }

  @Field(() => String, { description: 'What it asks, in one sentence.' })
  get description(): string {
    return this.recordedText('description');
  }

  @Field(() => Boolean, { description: 'True where it was added, false where it was removed.' })
  get added(): boolean {
    return this.record.payload.added === true;
  }
}

export const GATE_EVENTS: EventClasses = { [EventType.PROMOTION_GATE_CHANGED]: PromotionGateChanged };
