// Runs as lineage links them.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { HeldNode, LineageSide } from '../lineage/lineage.service.ts';
import type { Run } from './run.entity.ts';

export class RunLineage implements LineageSide {
  async hold(tx: Transaction, pk: number): Promise<HeldNode | undefined> {
    const { affected } = await tx.execute(sql`UPDATE runs SET sequence = sequence + 1 WHERE pk = ${pk}`);
    if (affected === 0) return undefined;
    const run = await tx.first<Pick<Run, 'name' | 'sequence' | 'updatedAt' | 'deletedAt'>>(
      sql`SELECT name, sequence, updatedAt, deletedAt FROM runs WHERE pk = ${pk}`,
    );
    if (!run) return undefined;
    const { name, sequence, updatedAt, deletedAt } = run;
    return {
      subject: { type: 'Run', pk, name, sequence },
      isDeleted: deletedAt !== null,
      changedAt: Number(updatedAt),
    };
  }

  async isLive(tx: Transaction, pk: number): Promise<boolean> {
    return (await tx.first(sql`SELECT pk FROM runs WHERE pk = ${pk} AND deletedAt IS NULL`)) !== undefined;
  }
}
