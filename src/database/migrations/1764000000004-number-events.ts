// The counter that gives events their positions, and the index that finds those that wait for one.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndex, createTable, dropIndex, dropTables, insertOnce } from './ddl.ts';

export class NumberEvents1764000000004 implements MigrationInterface {
  readonly name = 'NumberEvents1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'event_counter', {
      columns: { id: 'int', nextPosition: 'bigint', passes: 'bigint' },
      primaryKey: ['id'],
    });
    await insertOnce(runner, 'event_counter', { id: 1, nextPosition: 1, passes: 0 });
    await createIndex(runner, 'events', 'events_waiting', ['position', 'recordedAt']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'events', 'events_waiting');
    await dropTables(runner, ['event_counter']);
  }
}
