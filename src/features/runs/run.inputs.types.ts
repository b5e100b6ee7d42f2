// Inputs and payloads of the mutations of runs.

import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { DateTime } from '../../core/scalars.ts';
import { ExperimentBy } from '../experiments/experiment.types.ts';
import { RetryableInput, RevisedInput } from '../mutations/mutation.types.ts';
import { TagInput } from '../tags/tag.types.ts';
import { ParamInput } from './param.types.ts';
import { Run, RunStatus } from './run.entity.ts';

@InputType({ description: 'The code that a run executes.' })
export class RunSourceInput {
  @Field(() => String, { nullable: true, description: 'The commit that is checked out: up to 250 characters.' })
  gitCommit?: string | null;
  @Field(() => String, { nullable: true, description: 'The repository, as a URL or a path: up to 2,000 characters.' })
  gitRepository?: string | null;
  @Field(() => String, { nullable: true, description: 'The script or command: up to 2,000 characters.' })
  entryPoint?: string | null;
  @Field(() => String, { nullable: true, description: 'The notebook: up to 2,000 characters.' })
  notebook?: string | null;
}

@InputType({ description: 'A run to start.' })
export class StartRunInput extends RetryableInput {
  @Field(() => ExperimentBy, { description: 'The experiment it belongs to.' })
  experiment!: ExperimentBy;
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether to create the experiment where none has the name.',
  })
  createExperiment!: boolean;
  @Field(() => String, {
    nullable: true,
    description: 'Its name: up to 250 characters, not necessarily unique; a readable random one by default.',
  })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'What it tries.' })
  description?: string | null;
  @Field(() => ID, { nullable: true, description: 'The run that it is a part of, of any experiment.' })
  parent?: string | null;
  @Field(() => RunSourceInput, { nullable: true, description: 'The code it executes.' })
  source?: RunSourceInput | null;
  @Field(() => String, { nullable: true, description: 'Where its files go.' })
  artifactUri?: string | null;
  @Field(() => [TagInput], { nullable: true, description: 'Its first tags.' })
  tags?: TagInput[] | null;
  @Field(() => [ParamInput], { nullable: true, description: 'Its first params.' })
  params?: ParamInput[] | null;
  @Field(() => DateTime, { nullable: true, description: 'When it started; now by default.' })
  startedAt?: number | null;
}

@InputType({ description: 'A run to end.' })
export class EndRunInput extends RevisedInput {
  @Field(() => ID, { description: 'Which run.' })
  run!: string;
  @Field(() => RunStatus, { defaultValue: RunStatus.FINISHED, description: '`FINISHED`, `FAILED` or `KILLED`.' })
  status!: RunStatus;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When it ended, not before its start; by default now, and of a run that has ended, the end it has.',
  })
  endedAt?: number | null;
}

@InputType({ description: 'A run that ended and is to run again.' })
export class ResumeRunInput extends RevisedInput {
  @Field(() => ID, { description: 'Which run.' })
  run!: string;
}

@InputType({ description: 'What to change of a run. A field that is left out is kept, null clears it.' })
export class UpdateRunInput extends RevisedInput {
  @Field(() => ID, { description: 'Which run.' })
  run!: string;
  @Field(() => String, { nullable: true, description: 'Another name; it cannot be cleared.' })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'What it tries.' })
  description?: string | null;
  @Field(() => [TagInput], { nullable: true, description: 'Tags to add or to give another value.' })
  setTags?: TagInput[] | null;
  @Field(() => [String], { nullable: true, description: 'Keys of tags to remove; one that is not there is no error.' })
  removeTags?: string[] | null;
}

@InputType({ description: 'A run to delete.' })
export class DeleteRunInput extends RevisedInput {
  @Field(() => ID, { description: 'Which run.' })
  run!: string;
}

@InputType({ description: 'A deleted run to bring back.' })
export class RestoreRunInput extends RevisedInput {
  @Field(() => ID, { description: 'Which run.' })
  run!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The run that was started.' })
export class StartRunPayload {
  @Field(() => Run, { description: 'The run.' })
  run!: Run;
}

@ObjectType({ simpleResolvers: true, description: 'The run that ended.' })
export class EndRunPayload {
  @Field(() => Run, { description: 'The run as it is now.' })
  run!: Run;
}

@ObjectType({ simpleResolvers: true, description: 'The run that runs again.' })
export class ResumeRunPayload {
  @Field(() => Run, { description: 'The run as it is now.' })
  run!: Run;
}

@ObjectType({ simpleResolvers: true, description: 'The run that was changed.' })
export class UpdateRunPayload {
  @Field(() => Run, { description: 'The run as it is now.' })
  run!: Run;
}

@ObjectType({ simpleResolvers: true, description: 'The run that was deleted.' })
export class DeleteRunPayload {
  @Field(() => ID, { description: 'Its id, which `node` still finds.' })
  deletedId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The run that was brought back.' })
export class RestoreRunPayload {
  @Field(() => Run, { description: 'The run as it is now.' })
  run!: Run;
}
