// The facts that experiments record, and the events that they are in the graph.

import { Ctx, Field, ObjectType } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import type { Fact } from '../../database/transaction.ts';
import { Change, Event, type EventClasses, EventType } from '../events/event.types.ts';
import type { FieldChange } from '../tags/tag.service.ts';
import { Experiment } from './experiment.entity.ts';
import { loadExperiment } from './experiment.loaders.ts';

function experimentFact(type: string, experiment: Experiment, at: number, payload?: Fact['payload']): Fact {
  return {
    type,
    subject: { type: 'Experiment', pk: experiment.pk, name: experiment.name, sequence: experiment.sequence },
    at,
    payload: { experimentPk: experiment.pk, experimentName: experiment.name, ...payload },
  };
}

export const experimentCreated = (experiment: Experiment): Fact =>
  experimentFact(EventType.EXPERIMENT_CREATED, experiment, experiment.createdAt);

export const experimentUpdated = (experiment: Experiment, changes: readonly FieldChange[]): Fact =>
  experimentFact(EventType.EXPERIMENT_UPDATED, experiment, experiment.updatedAt, { changes });

export const experimentDeleted = (experiment: Experiment): Fact =>
  experimentFact(EventType.EXPERIMENT_DELETED, experiment, experiment.updatedAt);

export const experimentRestored = (experiment: Experiment): Fact =>
  experimentFact(EventType.EXPERIMENT_RESTORED, experiment, experiment.updatedAt);

/** What events of experiments have in common; no type of the schema itself. */
@ObjectType({ simpleResolvers: true })
abstract class ExperimentEvent extends Event {
  @Field(() => Experiment, { description: 'The experiment as it is now.' })
  experiment(@Ctx() context: RequestContext): Promise<Experiment> {
    return loadExperiment(context, this.recordedNumber('experimentPk'));
  }

  @Field(() => String, { description: 'What the experiment was named at the event.' })
  get experimentName(): string {
    return this.recordedText('experimentName');
  }
}

@ObjectType({ implements: Event, simpleResolvers: true, description: 'An experiment was created.' })
export class ExperimentCreated extends ExperimentEvent {}

@ObjectType({
  implements: Event,
  simpleResolvers: true,
  description: 'An experiment was changed or renamed; `experimentName` is the new name.',
})
export class ExperimentUpdated extends ExperimentEvent {
  @Field(() => [Change], { description: 'What changed.' })
  get changes(): readonly Change[] {
    return this.recordedChanges;
  }
}

@ObjectType({
  implements: Event,
  simpleResolvers: true,
  description: 'An experiment was deleted with its runs; a tombstone stays.',
})
export class ExperimentDeleted extends ExperimentEvent {}

@ObjectType({ implements: Event, simpleResolvers: true, description: 'A deleted experiment was brought back.' })
export class ExperimentRestored extends ExperimentEvent {}

export const EXPERIMENT_EVENTS: EventClasses = {
  [EventType.EXPERIMENT_CREATED]: ExperimentCreated,
  [EventType.EXPERIMENT_UPDATED]: ExperimentUpdated,
  [EventType.EXPERIMENT_DELETED]: ExperimentDeleted,
  [EventType.EXPERIMENT_RESTORED]: ExperimentRestored,
};
