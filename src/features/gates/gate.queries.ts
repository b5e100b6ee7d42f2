// Reads of gates.

import { groupsInOrderOf } from '../../core/batching.ts';
import type { Database } from '../../database/database.ts';
import { type Sql, sql } from '../../database/sql.ts';
import { PromotionGate } from './gate.entity.ts';

/** The order in which the gates of a model are listed and judged: as they were added. */
export const AS_ADDED = sql`ORDER BY g.createdAt, g.pk`;

export class GateQueries {
  constructor(private readonly db: Database) {}

  /** Gates by row number, removed ones included. */
  async byPks(pks: readonly number[]): Promise<PromotionGate[]> {
    return this.read(this.db.dialect.inList(sql`g.pk`, pks));
  }

  /** The gates of each model, in the order in which they were added. */
  async ofModels(modelPks: readonly number[]): Promise<PromotionGate[][]> {
    const gates = await this.read(sql`${this.db.dialect.inList(sql`g.modelPk`, modelPks)} AND g.removedAt IS NULL`);
    return groupsInOrderOf(modelPks, gates, (gate) => gate.modelPk);
  }

  private async read(where: Sql): Promise<PromotionGate[]> {
    const rows = await this.db.read<PromotionGate>(sql`SELECT g.* FROM promotion_gates g WHERE ${where} ${AS_ADDED}`);
    return rows.map(PromotionGate.from);
  }
}
