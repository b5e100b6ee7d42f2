// Brings in the points of many runs at once.

import type { Database } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import { writePoints } from './metric.write.ts';
import { storedNumber, storedSpecial } from './point-order.ts';
import { SpecialFloat } from './special-float.types.ts';

/** A point as its tracker knows it, already checked. `value` does not count where it is special. */
export interface PointToImport {
  readonly runId: string;
  readonly key: string;
  readonly step: number;
  readonly at: number;
  readonly value: number;
  readonly special: keyof typeof SpecialFloat | null;
}

export class MetricImportService {
  constructor(private readonly db: Database) {}

  /** How many different points each run has; runs without any are left out. */
  async pointCounts(runPks: readonly number[]): Promise<Map<number, number>> {
    if (runPks.length === 0) return new Map();
    const rows = await this.db.read<{ runPk: number; total: number | string }>(
      sql`SELECT m.runPk AS runPk, SUM(m.count) AS total FROM metrics m WHERE ${this.db.dialect.inList(sql`m.runPk`, runPks)} GROUP BY m.runPk`,
    );
    return new Map(rows.map(({ runPk, total }) => [runPk, Number(total)]));
  }

  /**
   * Adds points; those that are there already change nothing.
   * @param runPks the row numbers of their runs, by run id
   * @returns how many were added
   */
  async add(tx: Transaction, points: readonly PointToImport[], runPks: ReadonlyMap<string, number>): Promise<number> {
    if (points.length === 0) return 0;
    const { added } = await writePoints(
      tx,
      points.map(({ runId, key, step, at, value, special }) => {
        const runPk = runPks.get(runId);
        if (runPk === undefined) throw new Error(`Points of the run ${runId} came without it.`);
        const stored = special === null ? storedNumber(value) : storedSpecial(SpecialFloat[special]);
        return { runPk, key, step, at, special: stored.special, value: stored.value };
      }),
    );
    return added;
  }
}
