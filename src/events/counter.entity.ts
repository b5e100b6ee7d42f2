// The one row that sequencers take turns on: which position comes next.

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { LargeCount } from '../database/columns.ts';

@Entity('event_counter')
export class EventCounter {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'bigint' }) nextPosition!: number;
  /** Raised first by every pass, so that on a cluster too only one of two at the same time commits. */
  @LargeCount() passes!: number;
}
