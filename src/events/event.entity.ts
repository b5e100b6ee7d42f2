// One committed fact. Written in the transaction that made it true; its position in the log is given after the commit.

import { Column, Entity, Index } from 'typeorm';
import {
  Count,
  Flag,
  GeneratedKey,
  Instant,
  LongText,
  OptionalLongText,
  OptionalText,
  Reference,
  Text,
} from '../database/columns.ts';

@Entity('events')
@Index('events_position', ['position'], { unique: true })
@Index('events_waiting', ['position', 'recordedAt'])
@Index('events_subject', ['subjectType', 'subjectPk', 'sequence', 'ordinal'], { unique: true })
export class EventRow {
  @GeneratedKey() pk!: number;
  /** Dense, in the order of the log; NULL until a sequencer has seen the row. */
  @Column({ type: 'bigint', nullable: true }) position!: number | null;
  @Text(40) type!: string;
  @Text(20) subjectType!: string;
  @Reference() subjectPk!: number;
  /** The subject's name as it was after the event. */
  @Text(500) subjectName!: string;
  /** The subject's count of changes: events of one subject keep this order. */
  @Count() sequence!: number;
  /** The order among the events that one transaction records about one subject. */
  @Count() ordinal!: number;
  /** The stage that a stage change leads to. */
  @OptionalText(20) stageName!: string | null;
  @Instant() at!: number;
  /**
   * When the transaction began on the instance that wrote it, or just after the latest event that waited for its
   * position then: it is later than whatever was committed before, however wrong the clocks of the instances are.
   */
  @Instant() recordedAt!: number;
  @Text(250) actorName!: string;
  @Flag() isActorVerified!: number;
  @OptionalLongText() comment!: string | null;
  @LongText() payload!: string;
}
