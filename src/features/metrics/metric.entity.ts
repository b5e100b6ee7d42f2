// The rows of metrics: one per run and key with what is asked most, and every point that was logged.

import { Entity, Index, PrimaryColumn } from 'typeorm';
import {
  Count,
  Double,
  GeneratedKey,
  Instant,
  KeyPart,
  LargeCount,
  LaterReference,
  OptionalDouble,
  Reference,
  Text,
} from '../../database/columns.ts';

@Entity('metrics')
@Index('metrics_one', ['runPk', 'key'], { unique: true })
@Index('metrics_value', ['key', 'special', 'value', 'runPk'])
@Index('metrics_of_experiment', ['experimentPk', 'key', 'special', 'value', 'runPk'])
export class MetricRow {
  @GeneratedKey() pk!: number;
  @Reference() runPk!: number;
  /** The run's, so that an index finds the best of an experiment; it follows the run where that moves. */
  @LaterReference() experimentPk!: number;
  @Text(250) key!: string;
  /** The latest point: the greatest by step, time and value. */
  @LargeCount() step!: number;
  @Instant() at!: number;
  /** What the value is where it is no finite number; see SPECIAL. */
  @Count() special!: number;
  @Double() value!: number;
  /** The latest point as a text that sorts as points do, so that one comparison in SQL decides which is later. */
  @Text(80) recency!: string;
  /** The extremes of the finite values; NULL where there are none. */
  @OptionalDouble() minValue!: number | null;
  @OptionalDouble() maxValue!: number | null;
  /** How many different points there are. */
  @LargeCount() count!: number;
}

/** A point is its key: the same point again is the same row. */
@Entity('metric_points')
export class MetricPointRow {
  @KeyPart() metricPk!: number;
  @PrimaryColumn({ type: 'bigint' }) step!: number;
  @PrimaryColumn({ type: 'bigint' }) at!: number;
  @PrimaryColumn({ type: 'integer' }) special!: number;
  @PrimaryColumn({ type: 'double' }) value!: number;
}
