// Selectors, filters, orders, inputs and payloads of datasets.

import { ArgsType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { connectionTypes, PageArgs } from '../../core/pagination.ts';
import { DateTimeFilter, OrderDirection, StringFilter } from '../filters/filter.types.ts';
import { RetryableInput } from '../mutations/mutation.types.ts';
import { Dataset } from './dataset.entity.ts';

const types = connectionTypes<Dataset>('Dataset', 'datasets', () => Dataset);
export const DatasetConnection = types.Connection;
export type DatasetConnection = InstanceType<typeof DatasetConnection>;

@InputType({ description: 'What identifies a dataset.' })
export class DatasetKey {
  @Field(() => String, { description: 'Its name.' })
  name!: string;
  @Field(() => String, { description: 'The digest of its content.' })
  digest!: string;
}

@InputType({ description: 'Names one dataset.' })
export class DatasetBy {
  @Field(() => ID, { nullable: true, description: 'Its global id.' })
  id?: string | null;
  @Field(() => DatasetKey, { nullable: true, description: 'Its name and digest.' })
  key?: DatasetKey | null;
}

@InputType({ description: 'Which datasets. Several conditions mean *and*.' })
export class DatasetFilter {
  @Field(() => [DatasetFilter], { nullable: true, description: 'All of these hold.' })
  and?: DatasetFilter[] | null;
  @Field(() => [DatasetFilter], { nullable: true, description: 'At least one of these holds.' })
  or?: DatasetFilter[] | null;
  @Field(() => DatasetFilter, { nullable: true, description: 'This does not hold.' })
  not?: DatasetFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'By name.' })
  name?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'By digest.' })
  digest?: StringFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'By the time it was first recorded.' })
  createdAt?: DateTimeFilter | null;
}

export enum DatasetOrderField {
  NAME = 'NAME',
  CREATED_AT = 'CREATED_AT',
}
registerEnumType(DatasetOrderField, {
  name: 'DatasetOrderField',
  description: 'What datasets are sorted by.',
  valuesConfig: {
    NAME: { description: 'The name, byte by byte.' },
    CREATED_AT: { description: 'The time it was first recorded.' },
  },
});

@InputType({ description: 'One thing to sort datasets by.' })
export class DatasetOrder {
  @Field(() => DatasetOrderField, { description: 'What to sort by.' })
  field!: DatasetOrderField;
  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'Which way.' })
  direction!: OrderDirection;
}

@ArgsType()
export class DatasetListArgs extends PageArgs {
  @Field(() => DatasetFilter, { nullable: true, description: 'Which ones; all by default.' })
  filter?: DatasetFilter | null;
  @Field(() => [DatasetOrder], { nullable: true, description: 'In which order; A–Z by name by default.' })
  orderBy?: DatasetOrder[] | null;
}

@InputType({
  description:
    'A dataset to record. One with this name and digest may be there already: then it stays as it was first recorded, and only gains origins.',
})
export class RecordDatasetInput extends RetryableInput {
  @Field(() => String, { description: 'Its name: up to 500 characters.' })
  name!: string;
  @Field(() => String, { description: 'A digest of its content: up to 250 characters.' })
  digest!: string;
  @Field(() => String, { nullable: true, description: 'What kind of source it has, such as `s3` or `sql`.' })
  sourceType?: string | null;
  @Field(() => String, { nullable: true, description: 'Where it comes from.' })
  source?: string | null;
  @Field(() => String, { nullable: true, description: 'Its columns and their types.' })
  schema?: string | null;
  @Field(() => String, { nullable: true, description: 'A summary of its content.' })
  profile?: string | null;
  @Field(() => [ID], { nullable: true, description: 'The datasets it was made from.' })
  derivedFrom?: string[] | null;
}

@ObjectType({ simpleResolvers: true, description: 'The dataset that was recorded, now or before.' })
export class RecordDatasetPayload {
  @Field(() => Dataset, { description: 'The dataset.' })
  dataset!: Dataset;
}
