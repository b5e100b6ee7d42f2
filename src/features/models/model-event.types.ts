// What events of models and of their versions have in common.

import { Ctx, Field, ObjectType } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { Event } from '../events/event.types.ts';
import { Model } from './model.entity.ts';
import { loadModel } from './model.loaders.ts';

/** Its fields are inherited; it is no type of the schema itself. */
@ObjectType({ simpleResolvers: true })
export abstract class ModelEvent extends Event {
  @Field(() => Model, { description: 'The model as it is now.' })
  model(@Ctx() context: RequestContext): Promise<Model> {
    return loadModel(context, this.recordedNumber('modelPk'));
  }

  @Field(() => String, { description: 'What the model was named at the event.' })
  get modelName(): string {
    return this.recordedText('modelName');
  }
}
