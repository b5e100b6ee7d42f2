// Reads of versions.

import type { Database } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import { ModelVersion } from './version.entity.ts';

export class VersionQueries {
  constructor(private readonly db: Database) {}

  /** Versions by row number, tombstones included. */
  async byPks(pks: readonly number[]): Promise<ModelVersion[]> {
    const rows = await this.db.read<ModelVersion>(
      sql`SELECT v.* FROM model_versions v WHERE ${this.db.dialect.inList(sql`v.pk`, pks)}`,
    );
    return rows.map(ModelVersion.from);
  }
}
