// What a mutation that carried an idempotency key led to, so that a retry gives the same again.

import { Entity, Index } from 'typeorm';
import { GeneratedKey, Instant, LongText, Text } from './columns.ts';

@Entity('idempotency_keys')
@Index('idempotency_keys_scope', ['actorName', 'mutation', 'key'], { unique: true })
@Index('idempotency_keys_age', ['createdAt'])
export class IdempotencyKey {
  @GeneratedKey() pk!: number;
  @Text(250) actorName!: string;
  @Text(60) mutation!: string;
  @Text(250) key!: string;
  /** SHA-256 of the input, in hexadecimal. */
  @Text(64) inputDigest!: string;
  /** What the work returned, as JSON. */
  @LongText() outcome!: string;
  @Instant() createdAt!: number;
}
