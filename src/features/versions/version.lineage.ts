// Versions as lineage links them. Their edges are about their model, like all that happens to them.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { HeldNode, LineageSide } from '../lineage/lineage.service.ts';
import { Model } from '../models/model.entity.ts';

export class VersionLineage implements LineageSide {
  async hold(tx: Transaction, pk: number): Promise<HeldNode | undefined> {
    const changedAt = tx.dialect.greatest(sql`changedAt`, sql`${tx.startedAt}`);
    const { affected } = await tx.execute(
      sql`UPDATE models SET sequence = sequence + 1, changedAt = ${changedAt} WHERE pk = (SELECT v.modelPk FROM model_versions v WHERE v.pk = ${pk})`,
    );
    if (affected === 0) return undefined;
    const row = await tx.first<Model & { readonly versionDeletedAt: number | null }>(
      sql`SELECT m.*, v.deletedAt AS versionDeletedAt FROM model_versions v JOIN models m ON m.pk = v.modelPk WHERE v.pk = ${pk}`,
    );
    if (!row) return undefined;
    const { versionDeletedAt, ...model } = row;
    return {
      subject: Model.from(model).asSubject,
      isDeleted: versionDeletedAt !== null,
      changedAt: Number(model.changedAt),
    };
  }

  async isLive(tx: Transaction, pk: number): Promise<boolean> {
    return (await tx.first(sql`SELECT pk FROM model_versions WHERE pk = ${pk} AND deletedAt IS NULL`)) !== undefined;
  }
}
