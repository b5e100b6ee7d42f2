// The event log, and the keys that make retries safe.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTables } from './ddl.ts';

export class CreateEventLog1764000000003 implements MigrationInterface {
  readonly name = 'CreateEventLog1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'events', {
      columns: {
        pk: 'key',
        position: 'bigint?',
        type: 'text(40)',
        subjectType: 'text(20)',
        subjectPk: 'ref',
        subjectName: 'text(500)',
        sequence: 'int',
        ordinal: 'int',
        stageName: 'text(20)?',
        at: 'instant',
        recordedAt: 'instant',
        actorName: 'text(250)',
        isActorVerified: 'int',
        comment: 'long?',
        payload: 'long',
      },
      unique: {
        events_position: ['position'],
        events_subject: ['subjectType', 'subjectPk', 'sequence', 'ordinal'],
      },
    });
    await createTable(runner, 'idempotency_keys', {
      columns: {
        pk: 'key',
        actorName: 'text(250)',
        mutation: 'text(60)',
        key: 'text(250)',
        inputDigest: 'text(64)',
        outcome: 'long',
        createdAt: 'instant',
      },
      unique: { idempotency_keys_scope: ['actorName', 'mutation', 'key'] },
      indexes: { idempotency_keys_age: ['createdAt'] },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, ['idempotency_keys', 'events']);
  }
}
