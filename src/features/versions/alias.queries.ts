// Reads of aliases.

import { groupsInOrderOf } from '../../core/batching.ts';
import type { Database } from '../../database/database.ts';
import { type Sql, sql } from '../../database/sql.ts';
import { ModelAlias } from './alias.entity.ts';

export class AliasQueries {
  constructor(private readonly db: Database) {}

  /** Aliases by row number, those that no longer hold included. */
  async byPks(pks: readonly number[]): Promise<ModelAlias[]> {
    return this.read(this.db.dialect.inList(sql`a.pk`, pks));
  }

  /** The aliases of each model, A–Z, now or at an instant. */
  async ofModels(pks: readonly number[], at: number | null): Promise<ModelAlias[][]> {
    const rows = await this.read(sql`${this.db.dialect.inList(sql`a.modelPk`, pks)} AND ${heldAt(at)}`);
    return groupsInOrderOf(pks, rows, (row) => row.modelPk);
  }

  /** The aliases of each version, A–Z, now or at an instant. */
  async ofVersions(pks: readonly number[], at: number | null): Promise<ModelAlias[][]> {
    const rows = await this.read(sql`${this.db.dialect.inList(sql`a.versionPk`, pks)} AND ${heldAt(at)}`);
    return groupsInOrderOf(pks, rows, (row) => row.versionPk);
  }

  private async read(where: Sql): Promise<ModelAlias[]> {
    const rows = await this.db.read<ModelAlias>(
      sql`SELECT a.* FROM model_aliases a WHERE ${where} ORDER BY a.alias, a.pk`,
    );
    return rows.map(ModelAlias.from);
  }
}

function heldAt(at: number | null): Sql {
  return at === null ? sql`a.holds = 1` : sql`a.since <= ${at} AND a.until > ${at}`;
}
