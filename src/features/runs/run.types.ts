// Selectors, filters, orders and lists of runs.

import { ArgsType, Field, ID, InputType, registerEnumType } from 'type-graphql';
import { connectionTypes, PageArgs } from '../../core/pagination.ts';
import {
  DateTimeFilter,
  MetricFilter,
  OrderDirection,
  ParamFilter,
  StringFilter,
  TagFilter,
} from '../filters/filter.types.ts';
import { Run, RunStatus } from './run.entity.ts';

const types = connectionTypes<Run>('Run', 'runs', () => Run);
export const RunConnection = types.Connection;
export type RunConnection = InstanceType<typeof RunConnection>;

@InputType({ description: 'Names one run.' })
export class RunBy {
  @Field(() => ID, { nullable: true, description: 'Its global id.' })
  id?: string | null;
  @Field(() => String, { nullable: true, description: 'The 32 hexadecimal digits that trackers know it by.' })
  runId?: string | null;
}

@InputType({ description: 'Which runs. Several conditions mean *and*.' })
export class RunFilter {
  @Field(() => [RunFilter], { nullable: true, description: 'All of these hold.' })
  and?: RunFilter[] | null;
  @Field(() => [RunFilter], { nullable: true, description: 'At least one of these holds.' })
  or?: RunFilter[] | null;
  @Field(() => RunFilter, { nullable: true, description: 'This does not hold.' })
  not?: RunFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'By name.' })
  name?: StringFilter | null;
  @Field(() => [RunStatus], { nullable: true, description: 'In one of these statuses.' })
  status?: RunStatus[] | null;
  @Field(() => StringFilter, { nullable: true, description: 'By the name of its experiment.' })
  experiment?: StringFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'By the time it started.' })
  startedAt?: DateTimeFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'By the time it ended; one that runs has none.' })
  endedAt?: DateTimeFilter | null;
  @Field(() => TagFilter, { nullable: true, description: 'By a tag.' })
  tag?: TagFilter | null;
  @Field(() => ParamFilter, { nullable: true, description: 'By a param.' })
  param?: ParamFilter | null;
  @Field(() => MetricFilter, { nullable: true, description: 'By the latest value of a metric.' })
  metric?: MetricFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'By the name of a dataset among its inputs.' })
  dataset?: StringFilter | null;
}

export enum RunOrderField {
  STARTED_AT = 'STARTED_AT',
  ENDED_AT = 'ENDED_AT',
  NAME = 'NAME',
}
registerEnumType(RunOrderField, {
  name: 'RunOrderField',
  description: 'What runs are sorted by.',
  valuesConfig: {
    STARTED_AT: { description: 'The time it started.' },
    ENDED_AT: { description: 'The time it ended; those that have not are last, whatever the direction.' },
    NAME: { description: 'The name, byte by byte.' },
  },
});

@InputType({ description: 'One thing to sort runs by: exactly one of `field`, `metric` and `param`.' })
export class RunOrder {
  @Field(() => RunOrderField, { nullable: true, description: 'A field of the run.' })
  field?: RunOrderField | null;
  @Field(() => String, {
    nullable: true,
    description: 'The key of a metric: by its latest value; NaN and missing last, whatever the direction.',
  })
  metric?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'The key of a param: numbers by value, then text, then missing, whatever the direction.',
  })
  param?: string | null;
  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'Which way.' })
  direction!: OrderDirection;
}

@ArgsType()
export class RunListArgs extends PageArgs {
  @Field(() => RunFilter, { nullable: true, description: 'Which ones; all by default.' })
  filter?: RunFilter | null;
  @Field(() => [RunOrder], { nullable: true, description: 'In which order; newest first by default.' })
  orderBy?: RunOrder[] | null;
  @Field(() => Boolean, { defaultValue: false, description: 'The deleted ones instead.' })
  deleted!: boolean;
}
