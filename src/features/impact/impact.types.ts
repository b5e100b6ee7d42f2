// The arguments of what is asked about the impact of data.

import { ArgsType, Field, ID } from 'type-graphql';
import { ForwardPageArgs } from '../../core/pagination.ts';
import { Stage } from '../models/stage.types.ts';

@ArgsType()
export class ImpactArgs extends ForwardPageArgs {
  @Field(() => ID, { description: 'The id of a dataset, a run or a version.' })
  of!: string;
  @Field(() => [Stage], { nullable: true, description: 'Only versions that are in one of these now; all by default.' })
  stages?: Stage[] | null;
}
