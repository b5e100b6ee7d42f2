// What events of versions have in common.

import { Ctx, Field, Int, ObjectType } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { ModelEvent } from '../models/model-event.types.ts';
import { ModelVersion } from './version.entity.ts';
import { loadVersion } from './version.loaders.ts';

/** Its fields are inherited; it is no type of the schema itself. */
@ObjectType({ simpleResolvers: true })
export abstract class VersionEvent extends ModelEvent {
  @Field(() => ModelVersion, { description: 'The version as it is now.' })
  version(@Ctx() context: RequestContext): Promise<ModelVersion> {
    return loadVersion(context, this.recordedNumber('versionPk'));
  }

  @Field(() => Int, { description: 'The number of the version.' })
  get number(): number {
    return this.recordedNumber('number');
  }
}
