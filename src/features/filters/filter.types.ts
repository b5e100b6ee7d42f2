// The filter inputs that features share.

import { Field, Float, InputType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../core/scalars.ts';

export enum OrderDirection {
  ASC = 'ASC',
  DESC = 'DESC',
}
registerEnumType(OrderDirection, {
  name: 'OrderDirection',
  description: 'Which way a list is sorted.',
  valuesConfig: {
    ASC: { description: 'Smallest, earliest or A first.' },
    DESC: { description: 'Greatest, newest or Z first.' },
  },
});

@InputType({ description: 'A condition on a text, compared byte by byte. Several conditions mean *and*.' })
export class StringFilter {
  @Field(() => String, { nullable: true, description: 'Exactly this.' })
  eq?: string | null;
  @Field(() => String, { nullable: true, description: 'Anything but this.' })
  ne?: string | null;
  @Field(() => [String], { nullable: true, description: 'One of these.' })
  in?: string[] | null;
  @Field(() => String, { nullable: true, description: 'Has this in it; `%` and `_` are plain characters.' })
  contains?: string | null;
  @Field(() => String, { nullable: true, description: 'Begins with this.' })
  startsWith?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether ASCII letters compare without case.',
  })
  ignoreCase?: boolean | null;
}

@InputType({ description: 'A condition on an instant. Several conditions mean *and*.' })
export class DateTimeFilter {
  @Field(() => DateTime, { nullable: true, description: 'Later than this.' })
  gt?: number | null;
  @Field(() => DateTime, { nullable: true, description: 'This or later.' })
  gte?: number | null;
  @Field(() => DateTime, { nullable: true, description: 'Earlier than this.' })
  lt?: number | null;
  @Field(() => DateTime, { nullable: true, description: 'This or earlier.' })
  lte?: number | null;
}

@InputType({ description: 'A condition on the tag with a key.' })
export class TagFilter {
  @Field(() => String, { description: 'The key of the tag.' })
  key!: string;
  @Field(() => Boolean, { nullable: true, description: 'Whether there is such a tag; by default there must be.' })
  exists?: boolean | null;
  @Field(() => StringFilter, { nullable: true, description: 'What its value must be.' })
  value?: StringFilter | null;
}

@InputType({ description: 'A condition on the param with a key.' })
export class ParamFilter {
  @Field(() => String, { description: 'The key of the param.' })
  key!: string;
  @Field(() => Boolean, { nullable: true, description: 'Whether there is such a param; by default there must be.' })
  exists?: boolean | null;
  @Field(() => StringFilter, { nullable: true, description: 'What its value must be.' })
  value?: StringFilter | null;
}

@InputType({
  description:
    'A condition on the latest value of a metric. NaN satisfies none but `exists`. Several conditions mean *and*.',
})
export class MetricFilter {
  @Field(() => String, { description: 'The key of the metric.' })
  key!: string;
  @Field(() => Float, { nullable: true, description: 'Exactly this.' })
  eq?: number | null;
  @Field(() => Float, { nullable: true, description: 'Greater than this.' })
  gt?: number | null;
  @Field(() => Float, { nullable: true, description: 'This or greater.' })
  gte?: number | null;
  @Field(() => Float, { nullable: true, description: 'Less than this.' })
  lt?: number | null;
  @Field(() => Float, { nullable: true, description: 'This or less.' })
  lte?: number | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether there is such a metric; by default there must be.' })
  exists?: boolean | null;
}
