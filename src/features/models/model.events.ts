// The facts that models record, and the events that they are in the graph.

import { Field, ObjectType } from 'type-graphql';
import type { Fact } from '../../database/transaction.ts';
import { Change, Event, type EventClasses, EventType } from '../events/event.types.ts';
import type { FieldChange } from '../tags/tag.service.ts';
import type { Model } from './model.entity.ts';
import { ModelEvent } from './model-event.types.ts';

export const modelRegistered = (model: Model, comment?: string | null): Fact =>
  model.fact(EventType.MODEL_REGISTERED, { at: model.createdAt, comment });

export const modelUpdated = (
  model: Model,
  at: number,
  changes: readonly FieldChange[],
  comment?: string | null,
): Fact => model.fact(EventType.MODEL_UPDATED, { at, comment, payload: { changes } });

export const modelDeleted = (model: Model, at: number, comment?: string | null): Fact =>
  model.fact(EventType.MODEL_DELETED, { at, comment });

@ObjectType({ implements: Event, simpleResolvers: true, description: 'A model was registered.' })
export class ModelRegistered extends ModelEvent {}

@ObjectType({
  implements: Event,
  simpleResolvers: true,
  description: 'A model was changed or renamed; `modelName` is the new name.',
})
export class ModelUpdated extends ModelEvent {
  @Field(() => [Change], { description: 'What changed.' })
  get changes(): readonly Change[] {
    return this.recordedChanges;
  }
}

@ObjectType({ implements: Event, simpleResolvers: true, description: 'A model was deleted; a tombstone stays.' })
export class ModelDeleted extends ModelEvent {}

export const MODEL_EVENTS: EventClasses = {
  [EventType.MODEL_REGISTERED]: ModelRegistered,
  [EventType.MODEL_UPDATED]: ModelUpdated,
  [EventType.MODEL_DELETED]: ModelDeleted,
};
