// Metrics and their points in the graph, and the inputs that log them.

import { ArgsType, Ctx, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { Needs } from '../../core/needed-columns.ts';
import { connectionTypes, ForwardPageArgs } from '../../core/pagination.ts';
import { DateTime, SafeInt } from '../../core/scalars.ts';
import { RetryableInput } from '../mutations/mutation.types.ts';
import { ParamInput } from '../runs/param.types.ts';
import { Run } from '../runs/run.entity.ts';
import { loadRun } from '../runs/run.loaders.ts';
import { TagInput } from '../tags/tag.types.ts';
import type { MetricRow } from './metric.entity.ts';
import { type StoredPoint, shownSpecial, shownValue } from './point-order.ts';
import { SpecialFloat } from './special-float.types.ts';

/** The most points, params and tags of one batch. */
export const MOST_POINTS = 10_000;
export const MOST_PARAMS = 1_000;
export const MOST_TAGS = 1_000;

@ObjectType({ simpleResolvers: true, description: 'One value of a metric, at a step and a time.' })
export class MetricPoint {
  constructor(key: string, point: StoredPoint) {
    const { value, special } = shownValue(point);
    this.key = key;
    this.value = value;
    this.special = special;
    this.step = point.step;
    this.at = point.at;
  }

  @Field(() => String, { description: 'The key of its metric.' })
  key: string;
  @Field(() => Float, { nullable: true, description: 'The value; null where `special` says what it is.' })
  value: number | null;
  @Field(() => SpecialFloat, { nullable: true, description: 'What the value is where it is no finite number.' })
  special: SpecialFloat | null;
  @Field(() => SafeInt, { description: 'The step it was logged at; may be negative.' })
  step: number;
  @Field(() => DateTime, { description: 'When it was measured, or else when it arrived.' })
  at: number;
}

const types = connectionTypes<MetricPoint>('MetricPoint', 'points of a metric', () => MetricPoint);
export const MetricPointConnection = types.Connection;
export type MetricPointConnection = InstanceType<typeof MetricPointConnection>;

/** What a metric shows, and what it is told by. */
export const METRIC_COLUMNS = ['at', 'count', 'key', 'maxValue', 'minValue', 'pk', 'special', 'step', 'value'] as const;

@ObjectType({
  simpleResolvers: true,
  description: 'What a run logged under one key: the latest point, the extremes, and every point.',
})
export class Metric {
  constructor(private readonly row: MetricRow) {}

  get pk(): number {
    return this.row.pk;
  }

  /** The latest point. */
  get latest(): MetricPoint {
    return new MetricPoint(this.key, this.row);
  }

  @Field(() => String, { simple: true, description: 'The key, unique on its run.' })
  get key(): string {
    return this.row.key;
  }

  @Needs('special', 'value')
  @Field(() => Float, {
    simple: true,
    nullable: true,
    description:
      'The latest value: that of the highest step, there of the newest time, there the greatest. Null where `special` says what it is.',
  })
  get value(): number | null {
    return shownSpecial(this.row) === null ? this.row.value : null;
  }

  @Field(() => SpecialFloat, {
    simple: true,
    nullable: true,
    description: 'What the latest value is where it is no finite number.',
  })
  get special(): SpecialFloat | null {
    return shownSpecial(this.row);
  }

  @Field(() => SafeInt, { simple: true, description: 'The step of the latest point.' })
  get step(): number {
    return this.row.step;
  }

  @Field(() => DateTime, { simple: true, description: 'The time of the latest point.' })
  get at(): number {
    return this.row.at;
  }

  @Needs('minValue')
  @Field(() => Float, {
    simple: true,
    nullable: true,
    description: 'The least finite value; null where there is none.',
  })
  get min(): number | null {
    return this.row.minValue;
  }

  @Needs('maxValue')
  @Field(() => Float, {
    simple: true,
    nullable: true,
    description: 'The greatest finite value; null where there is none.',
  })
  get max(): number | null {
    return this.row.maxValue;
  }

  @Field(() => SafeInt, { simple: true, description: 'How many different points it has.' })
  get count(): number {
    return this.row.count;
  }
}

const FROM_STEP = 'Only points at this step or a later one.';
const TO_STEP = 'Only points at this step or an earlier one.';

@ArgsType()
export class HistoryArgs extends ForwardPageArgs {
  @Field(() => SafeInt, { nullable: true, description: FROM_STEP })
  fromStep?: number | null;
  @Field(() => SafeInt, { nullable: true, description: TO_STEP })
  toStep?: number | null;
}

@ArgsType()
export class SampledArgs {
  @Field(() => Int, { defaultValue: 500, description: 'The most points to return: 2 to 10,000.' })
  maxPoints!: number;
  @Field(() => SafeInt, { nullable: true, description: FROM_STEP })
  fromStep?: number | null;
  @Field(() => SafeInt, { nullable: true, description: TO_STEP })
  toStep?: number | null;
}

@InputType({ description: 'A point to log. It has a `value` or a `special`, exactly one of them.' })
export class MetricPointInput {
  @Field(() => String, { description: 'The key of the metric: up to 250 characters.' })
  key!: string;
  @Field(() => Float, { nullable: true, description: 'The value, where it is a finite number.' })
  value?: number | null;
  @Field(() => SpecialFloat, { nullable: true, description: 'What the value is where it is no finite number.' })
  special?: SpecialFloat | null;
  @Field(() => SafeInt, { defaultValue: 0, description: 'The step; may be negative.' })
  step!: number;
  @Field(() => DateTime, { nullable: true, description: "When it was measured; the server's time by default." })
  at?: number | null;
}

@InputType({
  description: 'What to log of a run, all of it or nothing. Points that carry their time can be sent again safely.',
})
export class LogBatchInput extends RetryableInput {
  @Field(() => ID, { description: 'The run; it may have ended.' })
  run!: string;
  @Field(() => [MetricPointInput], { nullable: true, description: 'Points, at most 10,000.' })
  metrics?: MetricPointInput[] | null;
  @Field(() => [ParamInput], {
    nullable: true,
    description: 'Params, at most 1,000. A param keeps its first value: another one is a `CONFLICT`.',
  })
  params?: ParamInput[] | null;
  @Field(() => [TagInput], { nullable: true, description: 'Tags to set, at most 1,000.' })
  tags?: TagInput[] | null;
}

@ObjectType({ simpleResolvers: true, description: 'The run that was logged to.' })
export class LogBatchPayload {
  @Field(() => Run, { description: 'The run as it is now.' })
  run!: Run;
}

@ObjectType({ simpleResolvers: true, description: 'Points that were logged to a run since the message before.' })
export class MetricsLogged {
  constructor(
    private readonly runPk: number,
    points: readonly MetricPoint[],
  ) {
    this.points = points;
  }

  @Field(() => Run, { description: 'The run as it is now.' })
  run(@Ctx() context: RequestContext): Promise<Run> {
    return loadRun(context, this.runPk);
  }

  @Field(() => [MetricPoint], { description: 'The points, as they were committed; none of them comes twice.' })
  points: readonly MetricPoint[];
}
