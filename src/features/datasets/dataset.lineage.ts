// Datasets as lineage links them. A dataset never changes and is never deleted; only its edges have an order.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { HeldNode, LineageSide } from '../lineage/lineage.service.ts';
import type { Dataset } from './dataset.entity.ts';

export class DatasetLineage implements LineageSide {
  async hold(tx: Transaction, pk: number): Promise<HeldNode | undefined> {
    const { affected } = await tx.execute(sql`UPDATE datasets SET sequence = sequence + 1 WHERE pk = ${pk}`);
    if (affected === 0) return undefined;
    const dataset = await tx.first<Pick<Dataset, 'name' | 'sequence' | 'createdAt'>>(
      sql`SELECT name, sequence, createdAt FROM datasets WHERE pk = ${pk}`,
    );
    if (!dataset) return undefined;
    const { name, sequence, createdAt } = dataset;
    return { subject: { type: 'Dataset', pk, name, sequence }, isDeleted: false, changedAt: Number(createdAt) };
  }

  async isLive(tx: Transaction, pk: number): Promise<boolean> {
    return (await tx.first(sql`SELECT pk FROM datasets WHERE pk = ${pk}`)) !== undefined;
  }
}
