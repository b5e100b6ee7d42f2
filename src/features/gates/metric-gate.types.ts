// What a gate may ask of a metric, in the graph and as an input.

import { Field, Float, InputType, ObjectType, registerEnumType } from 'type-graphql';

export enum Comparison {
  GT = 'GT',
  GTE = 'GTE',
  LT = 'LT',
  LTE = 'LTE',
}
registerEnumType(Comparison, {
  name: 'Comparison',
  description: 'How a value must compare with the one that is required.',
  valuesConfig: {
    GT: { description: 'Greater than it.' },
    GTE: { description: 'At least it.' },
    LT: { description: 'Less than it.' },
    LTE: { description: 'At most it.' },
  },
});

const RELATIVE =
  'Whether to compare with the latest value of each version now in the stage, plus `threshold`, instead of with `threshold` alone. Where no version is there, a number suffices.';

@ObjectType({
  simpleResolvers: true,
  description:
    'What a gate asks of the latest value of a metric of the run that made the version. A missing value and NaN fail.',
})
export class MetricGate {
  constructor(key: string, comparison: Comparison, threshold: number | null, relativeToCurrent: boolean) {
    this.key = key;
    this.comparison = comparison;
    this.threshold = threshold;
    this.relativeToCurrent = relativeToCurrent;
  }

  @Field(() => String, { description: 'The key of the metric.' })
  key: string;
  @Field(() => Comparison, { description: 'How the value must compare.' })
  comparison: Comparison;
  @Field(() => Float, {
    nullable: true,
    description: 'What it is compared with, or what is added to the current value first; null adds nothing.',
  })
  threshold: number | null;
  @Field(() => Boolean, { description: RELATIVE })
  relativeToCurrent: boolean;
}

@InputType({ description: 'What to ask of a metric.' })
export class MetricGateInput {
  @Field(() => String, { description: 'The key of the metric: up to 250 characters.' })
  key!: string;
  @Field(() => Comparison, { description: 'How the value must compare.' })
  comparison!: Comparison;
  @Field(() => Float, {
    nullable: true,
    description: 'What it is compared with; needed unless `relativeToCurrent`, where it is added to the current value.',
  })
  threshold?: number | null;
  @Field(() => Boolean, { defaultValue: false, description: RELATIVE })
  relativeToCurrent!: boolean;
}
