// The name of the registry, by which its instances know one another.

import { randomUUID } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, dropTables, insertOnce } from './ddl.ts';

export class IdentifyRegistry1764000000008 implements MigrationInterface {
  readonly name = 'IdentifyRegistry1764000000008';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'registry_identity', {
      columns: { id: 'int', uuid: 'text(36)' },
      primaryKey: ['id'],
    });
    await insertOnce(runner, 'registry_identity', { id: 1, uuid: randomUUID() });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTables(runner, ['registry_identity']);
  }
}
