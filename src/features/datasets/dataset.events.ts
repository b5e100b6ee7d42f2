// The facts that datasets record, and the event that they are in the graph.

import { Ctx, Field, ObjectType } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import type { Fact } from '../../database/transaction.ts';
import { Event, type EventClasses, EventType } from '../events/event.types.ts';
import { Dataset } from './dataset.entity.ts';
import { DatasetLoaders } from './dataset.loaders.ts';

export const datasetRecorded = (dataset: Dataset): Fact => ({
  type: EventType.DATASET_RECORDED,
  subject: { type: 'Dataset', pk: dataset.pk, name: dataset.name, sequence: dataset.sequence },
  at: dataset.createdAt,
  payload: { datasetPk: dataset.pk, datasetName: dataset.name, digest: dataset.digest },
});

@ObjectType({ implements: Event, simpleResolvers: true, description: 'A dataset was recorded for the first time.' })
export class DatasetRecorded extends Event {
  @Field(() => Dataset, { description: 'The dataset.' })
  async dataset(@Ctx() { loaders }: RequestContext): Promise<Dataset> {
    const dataset = await loaders.of(DatasetLoaders).byPk.load(this.recordedNumber('datasetPk'));
    if (!dataset) throw new Error('The dataset of an event is gone.');
    return dataset;
  }

  @Field(() => String, { description: 'Its name.' })
  get datasetName(): string {
    return this.recordedText('datasetName');
  }

  @Field(() => String, { description: 'The digest of its content.' })
  get digest(): string {
    return this.recordedText('digest');
  }
}

export const DATASET_EVENTS: EventClasses = { [EventType.DATASET_RECORDED]: DatasetRecorded };
