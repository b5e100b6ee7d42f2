// What a run used, in the graph: datasets and versions.

import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RetryableInput } from '../mutations/mutation.types.ts';
import { Run } from '../runs/run.entity.ts';
import type { RunInputRow } from './dataset.entity.ts';

@ObjectType({ simpleResolvers: true, description: 'Something that a run used: a dataset or a version of a model.' })
export class RunInput {
  constructor(readonly row: RunInputRow) {
    this.context = row.context === '' ? null : row.context;
  }

  @Field(() => String, { nullable: true, description: 'What it was used for, such as `training`.' })
  context: string | null;
}

@InputType({ description: 'Something that a run used. It has a `dataset` or a `version`, exactly one of them.' })
export class RunInputInput {
  @Field(() => ID, { nullable: true, description: 'The id of a dataset.' })
  dataset?: string | null;
  @Field(() => ID, { nullable: true, description: 'The id of a version of a model.' })
  version?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'What it was used for, such as `training`: up to 250 characters; an empty one is none.',
  })
  context?: string | null;
}

@InputType({ description: 'What a run used. Something that is logged already, in the same context, changes nothing.' })
export class LogInputsInput extends RetryableInput {
  @Field(() => ID, { description: 'The run; it may have ended.' })
  run!: string;
  @Field(() => [RunInputInput], { description: 'What it used; a run has at most 2,000 inputs.' })
  inputs!: RunInputInput[];
}

@ObjectType({ simpleResolvers: true, description: 'The run whose inputs were logged.' })
export class LogInputsPayload {
  @Field(() => Run, { description: 'The run as it is now.' })
  run!: Run;
}
