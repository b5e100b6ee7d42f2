// Brings in the stages of versions that were imported a moment ago.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { Model } from '../models/model.entity.ts';
import { Stage } from '../models/stage.types.ts';
import { FOREVER } from '../tags/tag.service.ts';
import type { ModelVersion } from '../versions/version.entity.ts';
import { stageChanged } from './stage.events.ts';
import { StageChange } from './stage-change.entity.ts';

/** The stage of a version that this transaction has added, which is in none yet. */
export interface StageToImport {
  readonly model: Model;
  readonly version: ModelVersion;
  readonly stage: keyof typeof Stage;
}

export class StageImportService {
  /**
   * Puts versions into their stages, each by one change at its last update, and records it at the time of the import.
   * @param comment why there is only one change
   * @returns those that stay in no stage: theirs is one of their model's exclusive stages, and held already
   */
  async add(tx: Transaction, stages: readonly StageToImport[], comment: string): Promise<StageToImport[]> {
    const moves = stages.filter(({ stage }) => stage !== Stage.NONE);
    const refused = await refusedOf(tx, moves);
    const allowed = moves.filter((move) => !refused.has(move));
    for (const [stage, moved] of Map.groupBy(allowed, (move) => move.stage)) {
      const pks = moved.map(({ version }) => version.pk);
      await tx.update('model_versions', { stageName: stage }, tx.dialect.inList(sql`pk`, pks));
    }
    await tx.insert(
      StageChange,
      allowed.map(({ model, version, stage }) => ({
        modelPk: model.pk,
        versionPk: version.pk,
        fromStage: Stage.NONE,
        toStage: stage,
        comment,
        at: version.updatedAt,
        until: FOREVER,
        sequence: model.sequence,
        actorName: tx.actor.name,
      })),
    );
    await this.record(tx, allowed);
    return [...refused];
  }

  private async record(tx: Transaction, moves: readonly StageToImport[]): Promise<void> {
    if (moves.length === 0) return;
    const pks = moves.map(({ version }) => version.pk);
    const rows = await tx.query<StageChange>(
      sql`SELECT s.* FROM stage_changes s WHERE ${tx.dialect.inList(sql`s.versionPk`, pks)}`,
    );
    const changes = new Map(rows.map((row) => [row.versionPk, StageChange.from(row)]));
    for (const { model, version } of moves) {
      const change = changes.get(version.pk);
      if (change) tx.record({ ...stageChanged(model, change, version.number), at: tx.startedAt });
    }
  }
}

/** Those whose stage is exclusive for a model that was here before, and has a holder: here, or earlier among them. */
async function refusedOf(tx: Transaction, moves: readonly StageToImport[]): Promise<Set<StageToImport>> {
  const exclusive = moves.filter(({ model, stage }) => model.exclusiveStages.includes(Stage[stage]));
  if (exclusive.length === 0) return new Set();
  const pks = [...new Set(exclusive.map(({ model }) => model.pk))];
  const rows = await tx.query<{ modelPk: number; stageName: Stage }>(
    sql`SELECT DISTINCT v.modelPk AS modelPk, v.stageName AS stageName FROM model_versions v WHERE ${tx.dialect.inList(sql`v.modelPk`, pks)} AND v.deletedAt IS NULL`,
  );
  const held = new Set(rows.map(({ modelPk, stageName }) => `${modelPk} ${stageName}`));
  return new Set(
    exclusive.filter(({ model, stage }) => {
      const isHeld = held.has(`${model.pk} ${stage}`);
      held.add(`${model.pk} ${stage}`);
      return isHeld;
    }),
  );
}
