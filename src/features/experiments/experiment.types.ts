// Selectors, filters, orders, inputs and payloads of experiments.

import { ArgsType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { connectionTypes, PageArgs } from '../../core/pagination.ts';
import { DateTimeFilter, OrderDirection, StringFilter, TagFilter } from '../filters/filter.types.ts';
import { RetryableInput, RevisedInput } from '../mutations/mutation.types.ts';
import { TagInput } from '../tags/tag.types.ts';
import { Experiment } from './experiment.entity.ts';

const types = connectionTypes<Experiment>('Experiment', 'experiments', () => Experiment);
export const ExperimentConnection = types.Connection;
export type ExperimentConnection = InstanceType<typeof ExperimentConnection>;

@InputType({ description: 'Names one experiment.' })
export class ExperimentBy {
  @Field(() => ID, { nullable: true, description: 'Its global id.' })
  id?: string | null;
  @Field(() => String, { nullable: true, description: 'Its name.' })
  name?: string | null;
}

@InputType({ description: 'Which experiments. Several conditions mean *and*.' })
export class ExperimentFilter {
  @Field(() => [ExperimentFilter], { nullable: true, description: 'All of these hold.' })
  and?: ExperimentFilter[] | null;
  @Field(() => [ExperimentFilter], { nullable: true, description: 'At least one of these holds.' })
  or?: ExperimentFilter[] | null;
  @Field(() => ExperimentFilter, { nullable: true, description: 'This does not hold.' })
  not?: ExperimentFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'By name.' })
  name?: StringFilter | null;
  @Field(() => TagFilter, { nullable: true, description: 'By a tag.' })
  tag?: TagFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'By the time of creation.' })
  createdAt?: DateTimeFilter | null;
}

export enum ExperimentOrderField {
  NAME = 'NAME',
  CREATED_AT = 'CREATED_AT',
  UPDATED_AT = 'UPDATED_AT',
}
registerEnumType(ExperimentOrderField, {
  name: 'ExperimentOrderField',
  description: 'What experiments are sorted by.',
  valuesConfig: {
    NAME: { description: 'The name, byte by byte.' },
    CREATED_AT: { description: 'The time of creation.' },
    UPDATED_AT: { description: 'The time of the last change of its revision.' },
  },
});

@InputType({ description: 'One thing to sort experiments by.' })
export class ExperimentOrder {
  @Field(() => ExperimentOrderField, { description: 'What to sort by.' })
  field!: ExperimentOrderField;
  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'Which way.' })
  direction!: OrderDirection;
}

@ArgsType()
export class ExperimentListArgs extends PageArgs {
  @Field(() => ExperimentFilter, { nullable: true, description: 'Which ones; all by default.' })
  filter?: ExperimentFilter | null;
  @Field(() => [ExperimentOrder], { nullable: true, description: 'In which order; A–Z by name by default.' })
  orderBy?: ExperimentOrder[] | null;
  @Field(() => Boolean, { defaultValue: false, description: 'The deleted ones instead.' })
  deleted!: boolean;
}

@InputType({ description: 'An experiment to create.' })
export class CreateExperimentInput extends RetryableInput {
  @Field(() => String, { description: 'Its name: 1–500 characters, unique.' })
  name!: string;
  @Field(() => String, { nullable: true, description: 'What it is about.' })
  description?: string | null;
  @Field(() => String, { nullable: true, description: 'Where the files of its runs go.' })
  artifactLocation?: string | null;
  @Field(() => [TagInput], { nullable: true, description: 'Its first tags.' })
  tags?: TagInput[] | null;
}

@InputType({ description: 'What to change of an experiment. A field that is left out is kept, null clears it.' })
export class UpdateExperimentInput extends RevisedInput {
  @Field(() => ExperimentBy, { description: 'Which experiment.' })
  experiment!: ExperimentBy;
  @Field(() => String, { nullable: true, description: 'Another name; it cannot be cleared.' })
  newName?: string | null;
  @Field(() => String, { nullable: true, description: 'What it is about.' })
  description?: string | null;
  @Field(() => [TagInput], { nullable: true, description: 'Tags to add or to give another value.' })
  setTags?: TagInput[] | null;
  @Field(() => [String], { nullable: true, description: 'Keys of tags to remove; one that is not there is no error.' })
  removeTags?: string[] | null;
}

@InputType({ description: 'An experiment to delete, with its runs.' })
export class DeleteExperimentInput extends RevisedInput {
  @Field(() => ExperimentBy, { description: 'Which experiment.' })
  experiment!: ExperimentBy;
}

@InputType({ description: 'A deleted experiment to bring back, with the runs that were deleted with it.' })
export class RestoreExperimentInput extends RevisedInput {
  @Field(() => ID, { description: 'Its global id: its name may stand for another one by now.' })
  experiment!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The experiment that was created.' })
export class CreateExperimentPayload {
  @Field(() => Experiment, { description: 'The experiment.' })
  experiment!: Experiment;
}

@ObjectType({ simpleResolvers: true, description: 'The experiment that was changed.' })
export class UpdateExperimentPayload {
  @Field(() => Experiment, { description: 'The experiment as it is now.' })
  experiment!: Experiment;
}

@ObjectType({ simpleResolvers: true, description: 'The experiment that was deleted.' })
export class DeleteExperimentPayload {
  @Field(() => ID, { description: 'Its id, which `node` still finds.' })
  deletedId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The experiment that was brought back.' })
export class RestoreExperimentPayload {
  @Field(() => Experiment, { description: 'The experiment as it is now.' })
  experiment!: Experiment;
}
