// What live readers of metrics are fed from. A batch is kept only for runs that somebody watches, and not for long.

import { Entity, Index, PrimaryColumn } from 'typeorm';
import { Instant, KeyPart, LongText } from '../../database/columns.ts';

/** Says that some instance has readers of a run, so that its batches are kept for them. */
@Entity('metric_watches')
export class MetricWatch {
  @KeyPart() runPk!: number;
  @Instant() until!: number;
}

@Entity('logged_batches')
@Index('logged_batches_age', ['loggedAt'])
export class LoggedBatch {
  @KeyPart() runPk!: number;
  /** The run's count of batches after this one: batches of a run take turns, so they are committed in this order. */
  @PrimaryColumn({ type: 'integer' }) batch!: number;
  @Instant() loggedAt!: number;
  /** The points that were new: JSON, a list of [key, step, at, special, value]. */
  @LongText() points!: string;
}
