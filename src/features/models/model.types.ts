// Selectors, filters, orders, inputs and payloads of models.

import { ArgsType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { connectionTypes, PageArgs } from '../../core/pagination.ts';
import { DateTimeFilter, OrderDirection, StringFilter, TagFilter } from '../filters/filter.types.ts';
import { CommentedInput, GovernedInput } from '../mutations/mutation.types.ts';
import { TagInput } from '../tags/tag.types.ts';
import { Model } from './model.entity.ts';
import { Stage } from './stage.types.ts';

const types = connectionTypes<Model>('Model', 'models', () => Model);
export const ModelConnection = types.Connection;
export type ModelConnection = InstanceType<typeof ModelConnection>;

@InputType({ description: 'Names one model.' })
export class ModelBy {
  @Field(() => ID, { nullable: true, description: 'Its global id.' })
  id?: string | null;
  @Field(() => String, { nullable: true, description: 'Its name.' })
  name?: string | null;
}

@InputType({ description: 'Which models. Several conditions mean *and*.' })
export class ModelFilter {
  @Field(() => [ModelFilter], { nullable: true, description: 'All of these hold.' })
  and?: ModelFilter[] | null;
  @Field(() => [ModelFilter], { nullable: true, description: 'At least one of these holds.' })
  or?: ModelFilter[] | null;
  @Field(() => ModelFilter, { nullable: true, description: 'This does not hold.' })
  not?: ModelFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'By name.' })
  name?: StringFilter | null;
  @Field(() => TagFilter, { nullable: true, description: 'By a tag.' })
  tag?: TagFilter | null;
  @Field(() => Stage, { nullable: true, description: 'Has a version in this stage now.' })
  hasVersionIn?: Stage | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'By the time of registration.' })
  createdAt?: DateTimeFilter | null;
}

export enum ModelOrderField {
  NAME = 'NAME',
  CREATED_AT = 'CREATED_AT',
  UPDATED_AT = 'UPDATED_AT',
}
registerEnumType(ModelOrderField, {
  name: 'ModelOrderField',
  description: 'What models are sorted by.',
  valuesConfig: {
    NAME: { description: 'The name, byte by byte.' },
    CREATED_AT: { description: 'The time of registration.' },
    UPDATED_AT: { description: 'The time of the last change of its revision.' },
  },
});

@InputType({ description: 'One thing to sort models by.' })
export class ModelOrder {
  @Field(() => ModelOrderField, { description: 'What to sort by.' })
  field!: ModelOrderField;
  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'Which way.' })
  direction!: OrderDirection;
}

@ArgsType()
export class ModelListArgs extends PageArgs {
  @Field(() => ModelFilter, { nullable: true, description: 'Which ones; all by default.' })
  filter?: ModelFilter | null;
  @Field(() => [ModelOrder], { nullable: true, description: 'In which order; A–Z by name by default.' })
  orderBy?: ModelOrder[] | null;
}

@InputType({ description: 'A model to register.' })
export class RegisterModelInput extends CommentedInput {
  @Field(() => String, { description: 'Its name: 1–255 characters, no `/` or `:`, no space at the ends.' })
  name!: string;
  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description?: string | null;
  @Field(() => [TagInput], { nullable: true, description: 'Its first tags.' })
  tags?: TagInput[] | null;
  @Field(() => [Stage], {
    defaultValue: [Stage.PRODUCTION],
    description: 'Stages that hold at most one version: of `STAGING` and `PRODUCTION`.',
  })
  exclusiveStages!: Stage[];
}

@InputType({ description: 'What to change of a model. A field that is left out is kept, null clears it.' })
export class UpdateModelInput extends GovernedInput {
  @Field(() => ModelBy, { description: 'Which model.' })
  model!: ModelBy;
  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description?: string | null;
  @Field(() => [Stage], { nullable: true, description: 'Stages that hold at most one version.' })
  exclusiveStages?: Stage[] | null;
  @Field(() => [TagInput], { nullable: true, description: 'Tags to add or to give another value.' })
  setTags?: TagInput[] | null;
  @Field(() => [String], { nullable: true, description: 'Keys of tags to remove; one that is not there is no error.' })
  removeTags?: string[] | null;
}

@InputType({ description: 'A model to give another name.' })
export class RenameModelInput extends GovernedInput {
  @Field(() => ModelBy, { description: 'Which model.' })
  model!: ModelBy;
  @Field(() => String, { description: 'Its new name.' })
  newName!: string;
}

@InputType({ description: 'A model to delete, with its versions and aliases.' })
export class DeleteModelInput extends GovernedInput {
  @Field(() => ModelBy, { description: 'Which model.' })
  model!: ModelBy;
}

@ObjectType({ simpleResolvers: true, description: 'The model that was registered.' })
export class RegisterModelPayload {
  @Field(() => Model, { description: 'The model.' })
  model!: Model;
}

@ObjectType({ simpleResolvers: true, description: 'The model that was changed.' })
export class UpdateModelPayload {
  @Field(() => Model, { description: 'The model as it is now.' })
  model!: Model;
}

@ObjectType({ simpleResolvers: true, description: 'The model that was renamed.' })
export class RenameModelPayload {
  @Field(() => Model, { description: 'The model as it is now.' })
  model!: Model;
}

@ObjectType({ simpleResolvers: true, description: 'The model that was deleted.' })
export class DeleteModelPayload {
  @Field(() => ID, { description: 'Its id, which `node` still finds.' })
  deletedId!: string;
}
