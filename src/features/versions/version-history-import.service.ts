// Finds versions again that came in before, and ends those that their source has taken back since.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { Model } from '../models/model.entity.ts';
import { Stage } from '../models/stage.types.ts';
import type { TagChanges, TagInput } from '../tags/tag.types.ts';
import { ModelVersion } from './version.entity.ts';
import { versionDeleted, versionUpdated } from './version.events.ts';
import { versionTags } from './version.queries.ts';

/** The end of a version, which is live here. */
export interface VersionToEnd {
  readonly version: ModelVersion;
  readonly at: number;
  readonly comment: string;
  /** What is to be known of it besides. */
  readonly tags: readonly TagInput[];
}

export class VersionHistoryImportService {
  /** The versions of a model that have a tag, tombstones included, by its value. */
  async byTag(tx: Transaction, model: Model, key: string): Promise<Map<string, ModelVersion>> {
    const rows = await tx.query<ModelVersion & { tagValue: string }>(
      sql`SELECT v.*, t.value AS tagValue FROM model_versions v JOIN version_tags t ON t.versionPk = v.pk WHERE v.modelPk = ${model.pk} AND t.key = ${key} AND t.holds = 1`,
    );
    return new Map(rows.map(({ tagValue, ...row }) => [tagValue, ModelVersion.from(row)]));
  }

  /** The highest number that a model which this transaction holds has given, to whatever is deleted by now as well. */
  async lastNumber(tx: Transaction, model: Model): Promise<number> {
    const row = await tx.first<{ lastNumber: number }>(sql`SELECT lastNumber FROM models WHERE pk = ${model.pk}`);
    return Number(row?.lastNumber ?? 0);
  }

  /** Sets and removes tags of a version whose model this transaction holds, and records it at the time of the import. */
  async changeTags(
    tx: Transaction,
    model: Model,
    version: ModelVersion,
    changes: TagChanges,
    at: number,
  ): Promise<void> {
    const changed = await versionTags.change(tx, version.pk, changes, at);
    if (changed.length === 0) return;
    await tx.execute(sql`UPDATE model_versions SET revision = revision + 1 WHERE pk = ${version.pk}`);
    tx.record(versionUpdated(model, version, tx.startedAt, changed));
  }

  /** Makes tombstones of versions of a model that this transaction holds, at the time at which their source did. */
  async end(tx: Transaction, model: Model, ends: readonly VersionToEnd[]): Promise<void> {
    for (const { version, at, tags, comment } of ends) {
      await versionTags.change(tx, version.pk, { set: tags, removed: [] }, at);
      await tx.execute(
        sql`UPDATE model_versions SET revision = revision + 1, deletedAt = ${at}, updatedAt = ${at}, stageName = ${Stage.NONE} WHERE pk = ${version.pk}`,
      );
      version.deletedAt = at;
      tx.record(versionDeleted(model, version, tx.startedAt, comment));
    }
  }
}
