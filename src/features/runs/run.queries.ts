// Reads of runs.

import type { Database } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import { CurrentTags } from '../tags/current-tags.ts';
import { Run, RunTag } from './run.entity.ts';

export const runTags = new CurrentTags(RunTag, 'run_tags', 'runPk');

export class RunQueries {
  constructor(private readonly db: Database) {}

  /** Runs by row number, tombstones included. */
  async byPks(pks: readonly number[]): Promise<Run[]> {
    const rows = await this.db.read<Run>(sql`SELECT r.* FROM runs r WHERE ${this.db.dialect.inList(sql`r.pk`, pks)}`);
    return rows.map(Run.from);
  }
}
