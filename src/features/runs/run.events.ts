// The facts that runs record, and the events that they are in the graph. A run that was changed carries the time of the change in `updatedAt`.

import { Ctx, Field, ObjectType } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import type { Fact } from '../../database/transaction.ts';
import { Change, Event, type EventClasses, EventType } from '../events/event.types.ts';
import type { FieldChange } from '../tags/tag.service.ts';
import { Run, RunStatus } from './run.entity.ts';
import { loadRun } from './run.loaders.ts';

/** What a fact says of its run. */
export type RunSubject = Pick<Run, 'pk' | 'name' | 'sequence' | 'updatedAt'>;

function runFact(type: string, run: RunSubject, payload?: Fact['payload']): Fact {
  return {
    type,
    subject: { type: 'Run', pk: run.pk, name: run.name, sequence: run.sequence },
    at: run.updatedAt,
    payload: { runPk: run.pk, runName: run.name, ...payload },
  };
}

export const runStarted = (run: RunSubject): Fact => runFact(EventType.RUN_STARTED, run);

export const runUpdated = (run: RunSubject, changes: readonly FieldChange[]): Fact =>
  runFact(EventType.RUN_UPDATED, run, { changes });

export const runEnded = (run: Run): Fact => runFact(EventType.RUN_ENDED, run, { status: run.status });

export const runResumed = (run: RunSubject): Fact => runFact(EventType.RUN_RESUMED, run);

export const runDeleted = (run: RunSubject): Fact => runFact(EventType.RUN_DELETED, run);

export const runRestored = (run: RunSubject): Fact => runFact(EventType.RUN_RESTORED, run);

/** What events of runs have in common; no type of the schema itself. */
@ObjectType({ simpleResolvers: true })
abstract class RunEvent extends Event {
  @Field(() => Run, { description: 'The run as it is now.' })
  run(@Ctx() context: RequestContext): Promise<Run> {
    return loadRun(context, this.recordedNumber('runPk'));
  }

  @Field(() => String, { description: 'What the run was named at the event.' })
  get runName(): string {
    return this.recordedText('runName');
  }
}

@ObjectType({ implements: Event, simpleResolvers: true, description: 'A run was started.' })
export class RunStarted extends RunEvent {}

@ObjectType({
  implements: Event,
  simpleResolvers: true,
  description: 'A run was changed, or inputs of it were logged; `runName` is the new name.',
})
export class RunUpdated extends RunEvent {
  @Field(() => [Change], { description: 'What changed.' })
  get changes(): readonly Change[] {
    return this.recordedChanges;
  }
}

@ObjectType({ implements: Event, simpleResolvers: true, description: 'A run ended, or its end was corrected.' })
export class RunEnded extends RunEvent {
  @Field(() => RunStatus, { description: 'How it ended.' })
  get status(): RunStatus {
    return this.recordedText('status') as RunStatus;
  }
}

@ObjectType({ implements: Event, simpleResolvers: true, description: 'A run that had ended runs again.' })
export class RunResumed extends RunEvent {}

@ObjectType({
  implements: Event,
  simpleResolvers: true,
  description: 'A run was deleted, by itself or with its experiment; a tombstone stays.',
})
export class RunDeleted extends RunEvent {}

@ObjectType({
  implements: Event,
  simpleResolvers: true,
  description: 'A deleted run was brought back, by itself or with its experiment.',
})
export class RunRestored extends RunEvent {}

export const RUN_EVENTS: EventClasses = {
  [EventType.RUN_STARTED]: RunStarted,
  [EventType.RUN_UPDATED]: RunUpdated,
  [EventType.RUN_ENDED]: RunEnded,
  [EventType.RUN_RESUMED]: RunResumed,
  [EventType.RUN_DELETED]: RunDeleted,
  [EventType.RUN_RESTORED]: RunRestored,
};
