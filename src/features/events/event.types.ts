// Events in the graph: what all of them have, the list of their types, and how they are filtered.

import { ArgsType, Field, ID, InputType, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { globalId, pkOf } from '../../core/ids.ts';
import { connectionTypes, PageArgs } from '../../core/pagination.ts';
import { DateTime, SafeInt } from '../../core/scalars.ts';
import { cursorAt } from '../../events/cursor.ts';
import type { EventRecord } from '../../events/event-record.ts';
import type { EventSelection } from '../../events/selection.ts';
import { Actor } from '../actors/actor.types.ts';
import { Stage } from '../models/stage.types.ts';

export enum EventType {
  MODEL_REGISTERED = 'MODEL_REGISTERED',
  MODEL_UPDATED = 'MODEL_UPDATED',
  MODEL_DELETED = 'MODEL_DELETED',
  VERSION_REGISTERED = 'VERSION_REGISTERED',
  VERSION_UPDATED = 'VERSION_UPDATED',
  VERSION_DELETED = 'VERSION_DELETED',
  STAGE_CHANGED = 'STAGE_CHANGED',
  ALIAS_CHANGED = 'ALIAS_CHANGED',
  PROMOTION_GATE_CHANGED = 'PROMOTION_GATE_CHANGED',
  EXPERIMENT_CREATED = 'EXPERIMENT_CREATED',
  EXPERIMENT_UPDATED = 'EXPERIMENT_UPDATED',
  EXPERIMENT_DELETED = 'EXPERIMENT_DELETED',
  EXPERIMENT_RESTORED = 'EXPERIMENT_RESTORED',
  RUN_STARTED = 'RUN_STARTED',
  RUN_UPDATED = 'RUN_UPDATED',
  RUN_ENDED = 'RUN_ENDED',
  RUN_RESUMED = 'RUN_RESUMED',
  RUN_DELETED = 'RUN_DELETED',
  RUN_RESTORED = 'RUN_RESTORED',
  DATASET_RECORDED = 'DATASET_RECORDED',
  LINEAGE_LINKED = 'LINEAGE_LINKED',
  LINEAGE_UNLINKED = 'LINEAGE_UNLINKED',
}
registerEnumType(EventType, {
  name: 'EventType',
  description: 'What an event tells of.',
  valuesConfig: {
    MODEL_REGISTERED: { description: 'A model was registered.' },
    MODEL_UPDATED: { description: 'A model was changed or renamed.' },
    MODEL_DELETED: { description: 'A model was deleted.' },
    VERSION_REGISTERED: { description: 'A version was registered.' },
    VERSION_UPDATED: { description: 'A version was changed.' },
    VERSION_DELETED: { description: 'A version was deleted, by itself or with its model.' },
    STAGE_CHANGED: { description: 'A version moved to another stage.' },
    ALIAS_CHANGED: { description: 'An alias was set, moved or removed.' },
    PROMOTION_GATE_CHANGED: { description: 'A promotion gate was added or removed.' },
    EXPERIMENT_CREATED: { description: 'An experiment was created.' },
    EXPERIMENT_UPDATED: { description: 'An experiment was changed or renamed.' },
    EXPERIMENT_DELETED: { description: 'An experiment was deleted.' },
    EXPERIMENT_RESTORED: { description: 'A deleted experiment was brought back.' },
    RUN_STARTED: { description: 'A run was started.' },
    RUN_UPDATED: { description: 'A run was changed, or inputs of it were logged.' },
    RUN_ENDED: { description: 'A run ended, or its end was corrected.' },
    RUN_RESUMED: { description: 'A run that had ended runs again.' },
    RUN_DELETED: { description: 'A run was deleted, by itself or with its experiment.' },
    RUN_RESTORED: { description: 'A deleted run was brought back.' },
    DATASET_RECORDED: { description: 'A dataset was recorded for the first time.' },
    LINEAGE_LINKED: { description: 'Two things were linked by hand, or a dataset that was there gained an origin.' },
    LINEAGE_UNLINKED: { description: 'What was linked by hand was unlinked.' },
  },
});

@InterfaceType({
  description:
    'One committed fact, as it was when it was committed: scalars keep what was true then, object fields lead to what is there now.',
})
export abstract class Event {
  constructor(protected readonly record: EventRecord) {}

  @Field(() => String, {
    description: 'Its place in the log: an `after` or `before` of `events` and of subscriptions.',
  })
  get cursor(): string {
    return cursorAt(this.record.position);
  }

  @Field(() => SafeInt, { description: 'Its number in the log: 1, 2, 3…, without a gap.' })
  get position(): number {
    return this.record.position;
  }

  @Field(() => EventType, { description: 'What it tells of.' })
  get type(): EventType {
    return this.record.row.type as EventType;
  }

  @Field(() => DateTime, { description: 'When it happened.' })
  get at(): number {
    return this.record.row.at;
  }

  @Field(() => Actor, { description: 'Who did it.' })
  get actor(): Actor {
    return new Actor(this.record.row.actorName);
  }

  @Field(() => String, { nullable: true, description: 'Why, as the actor put it.' })
  get comment(): string | null {
    return this.record.row.comment;
  }

  @Field(() => ID, {
    description:
      'The id of the model, experiment, run or dataset that it is about: events of one subject keep their order.',
  })
  get subject(): string {
    return globalId(this.record.row.subjectType, this.record.row.subjectPk);
  }

  /** A number that was recorded with it; row numbers too. */
  protected recordedNumber(key: string): number {
    return this.record.payload[key] as number;
  }

  protected recordedNumberOrNull(key: string): number | null {
    return (this.record.payload[key] ?? null) as number | null;
  }

  protected recordedText(key: string): string {
    return this.record.payload[key] as string;
  }

  protected get recordedChanges(): readonly Change[] {
    return this.record.payload.changes as readonly Change[];
  }
}

/** How the events of a feature are shown, by type. */
export type EventClasses = Readonly<Record<string, new (record: EventRecord) => Event>>;

@ObjectType({
  simpleResolvers: true,
  description: 'One field that a change touched, as text; a tag is `tags.<key>`.',
})
export class Change {
  @Field(() => String, { description: 'Which field.' })
  field!: string;
  @Field(() => String, { nullable: true, description: 'What it was; null where there was nothing.' })
  from!: string | null;
  @Field(() => String, { nullable: true, description: 'What it became; null where nothing is left.' })
  to!: string | null;
}

const types = connectionTypes<Event>('Event', 'events', () => Event);
export const EventConnection = types.Connection;
export type EventConnection = InstanceType<typeof EventConnection>;

@InputType({
  description:
    'Which events. Several conditions mean *and*; `models` and `modelIds` leave only events of models and their versions.',
})
export class EventFilter {
  @Field(() => [EventType], { nullable: true, description: 'Events of these types.' })
  types?: EventType[] | null;
  @Field(() => [String], { nullable: true, description: 'Names of models as they were at the event.' })
  models?: string[] | null;
  @Field(() => [ID], { nullable: true, description: 'Models, whatever they were named.' })
  modelIds?: string[] | null;
  @Field(() => [Stage], { nullable: true, description: 'Only stage changes into one of these.' })
  stages?: Stage[] | null;
}

/** @throws Invalid for an id that is none of a model */
export function selectionOf(filter: EventFilter | null | undefined): EventSelection {
  const { types: ofTypes, models, modelIds, stages } = filter ?? {};
  return {
    ...(ofTypes && { types: ofTypes }),
    ...(models && { modelNames: models }),
    ...(modelIds && { modelPks: modelIds.map((id) => pkOf('Model', id, 'filter.modelIds')) }),
    ...(stages && { stages }),
  };
}

@ArgsType()
export class EventListArgs extends PageArgs {
  @Field(() => EventFilter, { nullable: true, description: 'Which ones; all by default.' })
  filter?: EventFilter | null;
}

/** What `after` of a subscription means. */
export const AFTER =
  'Begin after this cursor of an event, or of `eventHead`: what came since is replayed, then followed without a gap. From now on by default.';

@ArgsType()
export class FollowEventsArgs {
  @Field(() => EventFilter, { nullable: true, description: 'Which ones; all by default.' })
  filter?: EventFilter | null;
  @Field(() => String, { nullable: true, description: AFTER })
  after?: string | null;
}
