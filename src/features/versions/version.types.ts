// Selectors, filters, orders, inputs and payloads of versions.

import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionTypes, PageArgs } from '../../core/pagination.ts';
import { DateTimeFilter, MetricFilter, OrderDirection, StringFilter, TagFilter } from '../filters/filter.types.ts';
import { ModelBy } from '../models/model.types.ts';
import { Stage } from '../models/stage.types.ts';
import { CommentedInput, GovernedInput } from '../mutations/mutation.types.ts';
import { TagInput } from '../tags/tag.types.ts';
import { ModelVersion, ModelVersionStatus } from './version.entity.ts';

const types = connectionTypes<ModelVersion>('ModelVersion', 'model versions', () => ModelVersion);
export const ModelVersionConnection = types.Connection;
export type ModelVersionConnection = InstanceType<typeof ModelVersionConnection>;

@InputType({ description: 'Names one version.' })
export class ModelVersionBy {
  @Field(() => ID, { nullable: true, description: 'Its global id.' })
  id?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      '`models:/churn/3`, `models:/churn@champion`, `models:/churn@latest` or `models:/churn/Production`, with the name percent-encoded; of several in a stage the one with the highest number.',
  })
  uri?: string | null;
}

@InputType({ description: 'Names one version of a model that is known.' })
export class VersionOfModelBy {
  @Field(() => Int, { nullable: true, description: 'Its number.' })
  number?: number | null;
  @Field(() => String, { nullable: true, description: 'An alias of it, or `latest`.' })
  alias?: string | null;
  @Field(() => Stage, {
    nullable: true,
    description: 'The stage it is in; of several there the one with the highest number.',
  })
  stage?: Stage | null;
}

@InputType({ description: 'Which versions. Several conditions mean *and*.' })
export class ModelVersionFilter {
  @Field(() => [ModelVersionFilter], { nullable: true, description: 'All of these hold.' })
  and?: ModelVersionFilter[] | null;
  @Field(() => [ModelVersionFilter], { nullable: true, description: 'At least one of these holds.' })
  or?: ModelVersionFilter[] | null;
  @Field(() => ModelVersionFilter, { nullable: true, description: 'This does not hold.' })
  not?: ModelVersionFilter | null;
  @Field(() => StringFilter, { nullable: true, description: "By the model's name." })
  model?: StringFilter | null;
  @Field(() => [Stage], { nullable: true, description: 'In one of these stages now.' })
  stage?: Stage[] | null;
  @Field(() => [ModelVersionStatus], { nullable: true, description: 'In one of these statuses.' })
  status?: ModelVersionStatus[] | null;
  @Field(() => TagFilter, { nullable: true, description: 'By a tag.' })
  tag?: TagFilter | null;
  @Field(() => MetricFilter, {
    nullable: true,
    description: 'By the latest value of a metric of the run that made it.',
  })
  metric?: MetricFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'By the time of registration.' })
  createdAt?: DateTimeFilter | null;
}

export enum ModelVersionOrderField {
  NUMBER = 'NUMBER',
  CREATED_AT = 'CREATED_AT',
  UPDATED_AT = 'UPDATED_AT',
}
registerEnumType(ModelVersionOrderField, {
  name: 'ModelVersionOrderField',
  description: 'What versions are sorted by.',
  valuesConfig: {
    NUMBER: { description: 'The number.' },
    CREATED_AT: { description: 'The time of registration.' },
    UPDATED_AT: { description: 'The time of the last change of its revision.' },
  },
});

@InputType({ description: 'Exactly one thing to sort versions by.' })
export class ModelVersionOrder {
  @Field(() => ModelVersionOrderField, { nullable: true, description: 'A field to sort by.' })
  field?: ModelVersionOrderField | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The key of a metric of the run that made it, to sort by its latest value; NaN and missing come last in both directions.',
  })
  metric?: string | null;
  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'Which way.' })
  direction!: OrderDirection;
}

@ArgsType()
export class VersionListArgs extends PageArgs {
  @Field(() => ModelVersionFilter, { nullable: true, description: 'Which ones; all by default.' })
  filter?: ModelVersionFilter | null;
  @Field(() => [ModelVersionOrder], { nullable: true, description: 'In which order; newest first by default.' })
  orderBy?: ModelVersionOrder[] | null;
}

@InputType({ description: 'A version to register.' })
export class RegisterVersionInput extends CommentedInput {
  @Field(() => ModelBy, { description: 'Of which model.' })
  model!: ModelBy;
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether to register a model by that name first, where there is none.',
  })
  createModel!: boolean;
  @Field(() => ID, { nullable: true, description: 'The run that made it.' })
  run?: string | null;
  @Field(() => ModelVersionStatus, {
    defaultValue: ModelVersionStatus.READY,
    description: 'Whether its files are there.',
  })
  status!: ModelVersionStatus;
  @Field(() => String, { nullable: true, description: 'Where its files are.' })
  source?: string | null;
  @Field(() => String, { nullable: true, description: 'What is particular to it.' })
  description?: string | null;
  @Field(() => [TagInput], { nullable: true, description: 'Its first tags.' })
  tags?: TagInput[] | null;
  @Field(() => String, { nullable: true, description: 'An alias that is to stand for it from now on.' })
  alias?: string | null;
}

@InputType({ description: 'What to change of a version. A field that is left out is kept, null clears it.' })
export class UpdateVersionInput extends GovernedInput {
  @Field(() => ModelVersionBy, { description: 'Which version.' })
  version!: ModelVersionBy;
  @Field(() => String, { nullable: true, description: 'What is particular to it.' })
  description?: string | null;
  @Field(() => ModelVersionStatus, { nullable: true, description: 'Whether its files are there; not null.' })
  status?: ModelVersionStatus | null;
  @Field(() => String, { nullable: true, description: 'Why it is in that status.' })
  statusMessage?: string | null;
  @Field(() => [TagInput], { nullable: true, description: 'Tags to add or to give another value.' })
  setTags?: TagInput[] | null;
  @Field(() => [String], { nullable: true, description: 'Keys of tags to remove; one that is not there is no error.' })
  removeTags?: string[] | null;
}

@InputType({ description: 'A version to delete, with its aliases.' })
export class DeleteVersionInput extends GovernedInput {
  @Field(() => ModelVersionBy, { description: 'Which version.' })
  version!: ModelVersionBy;
}

@ObjectType({ simpleResolvers: true, description: 'The version that was registered.' })
export class RegisterVersionPayload {
  @Field(() => ModelVersion, { description: 'The version.' })
  version!: ModelVersion;
}

@ObjectType({ simpleResolvers: true, description: 'The version that was changed.' })
export class UpdateVersionPayload {
  @Field(() => ModelVersion, { description: 'The version as it is now.' })
  version!: ModelVersion;
}

@ObjectType({ simpleResolvers: true, description: 'The version that was deleted.' })
export class DeleteVersionPayload {
  @Field(() => ID, { description: 'Its id, which `node` still finds.' })
  deletedId!: string;
}
