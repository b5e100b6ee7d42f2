// Runs side by side: what each has under the same keys, and where they differ.

import { Field, ObjectType } from 'type-graphql';
import { Run } from '../runs/run.entity.ts';
import { MetricPoint } from './metric.types.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'A param of several runs: one value a run, in the order of the runs.',
})
export class ComparedParam {
  @Field(() => String, { description: 'The key.' })
  key!: string;
  @Field(() => [String], { nullable: 'items', description: 'The value in each run; null where a run has none.' })
  values!: (string | null)[];
  @Field(() => Boolean, {
    description: 'Whether the runs do not all have the same value; having none differs from having one.',
  })
  differs!: boolean;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A metric of several runs: one latest point a run, in the order of the runs.',
})
export class ComparedMetric {
  @Field(() => String, { description: 'The key.' })
  key!: string;
  @Field(() => [MetricPoint], {
    nullable: 'items',
    description: 'The latest point of each run; null where a run has none.',
  })
  values!: (MetricPoint | null)[];
  @Field(() => Boolean, {
    description: 'Whether the latest values are not all the same; having none differs from having one.',
  })
  differs!: boolean;
  @Field(() => Run, {
    nullable: true,
    description: 'The run with the greatest finite value, the first of several; null where no value is finite.',
  })
  highestRun!: Run | null;
  @Field(() => Run, {
    nullable: true,
    description: 'The run with the least finite value, the first of several; null where no value is finite.',
  })
  lowestRun!: Run | null;
}

@ObjectType({ simpleResolvers: true, description: 'Runs side by side.' })
export class RunComparison {
  @Field(() => [Run], { description: 'The runs, in the order in which they were asked for.' })
  runs!: Run[];
  @Field(() => [ComparedParam], { description: 'The params that any of them has, A–Z by key.' })
  params!: ComparedParam[];
  @Field(() => [ComparedMetric], { description: 'The metrics that any of them has, A–Z by key.' })
  metrics!: ComparedMetric[];
}
