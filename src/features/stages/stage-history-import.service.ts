// Brings in the history of stages that another tracker kept, and what was added to it since.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { Model } from '../models/model.entity.ts';
import { Stage } from '../models/stage.types.ts';
import { FOREVER } from '../tags/tag.service.ts';
import type { ModelVersion } from '../versions/version.entity.ts';
import { stageChanged } from './stage.events.ts';
import { StageChange } from './stage-change.entity.ts';

/** A change as its tracker knows it. It is the same as another of its version with its time and comment. */
export interface StageChangeToImport {
  readonly version: ModelVersion;
  readonly to: keyof typeof Stage;
  readonly at: number;
  readonly actorName: string;
  readonly comment: string;
}

/** A change with its place in the history of its version; without a row number while it is new. */
type Step = Pick<StageChange, 'versionPk' | 'fromStage' | 'toStage' | 'at' | 'until' | 'comment'> & {
  readonly pk: number | null;
  readonly actorName: string;
};

export class StageHistoryImportService {
  /**
   * Adds the changes of a model that this transaction holds which are not there yet, in their order, each at its own
   * time among what is there, and records them at the time of the import. The last one by time is the stage that a
   * version is in, whoever made it. A deleted version has left its stage.
   * @param ended versions that this transaction has deleted
   * @returns how many were added
   */
  async add(
    tx: Transaction,
    model: Model,
    changes: readonly StageChangeToImport[],
    ended: readonly ModelVersion[],
  ): Promise<number> {
    const rows = await tx.query<StageChange>(
      sql`SELECT s.* FROM stage_changes s WHERE s.modelPk = ${model.pk} ORDER BY s.at, s.sequence, s.pk`,
    );
    const known = new Set(rows.map((row) => keyOf(row.versionPk, row)));
    const fresh = changes.filter((change) => !known.has(keyOf(change.version.pk, change)));
    const existing = Map.groupBy(rows, (row) => row.versionPk);
    const byVersion = Map.groupBy(fresh, (change) => change.version);
    const added: Step[] = [];
    for (const version of new Set([...byVersion.keys(), ...ended])) {
      const news = (byVersion.get(version) ?? []).map((change) => newStep(version, change));
      added.push(...(await this.settle(tx, version, [...(existing.get(version.pk) ?? []), ...news])));
    }
    if (added.length === 0) return 0;
    // In the order of the changes, which one of several versions may share.
    const order = new Map(fresh.map((change, index) => [keyOf(change.version.pk, change), index]));
    const placeOf = (step: Step) => order.get(keyOf(step.versionPk, step)) ?? 0;
    await this.insert(
      tx,
      model,
      added.sort((a, b) => placeOf(a) - placeOf(b)),
      new Map(fresh.map(({ version }) => [version.pk, version])),
    );
    return added.length;
  }

  /** Brings the changes of one version into an order without gaps. @returns the new ones */
  private async settle(tx: Transaction, version: ModelVersion, steps: Step[]): Promise<Step[]> {
    steps.sort((a, b) => Number(a.at) - Number(b.at));
    let stage = Stage.NONE;
    for (const [index, step] of steps.entries()) {
      const next = steps[index + 1]?.at ?? version.deletedAt ?? FOREVER;
      const until = Math.max(Number(next), Number(step.at));
      if (step.pk !== null && Number(step.until) !== until) {
        await tx.update('stage_changes', { until }, sql`pk = ${step.pk}`);
      }
      step.until = until;
      if (step.pk === null) step.fromStage = stage;
      stage = step.toStage;
    }
    const last = Number(steps.at(-1)?.at ?? 0);
    const isLive = version.deletedAt === null;
    await tx.execute(
      sql`UPDATE model_versions SET revision = revision + 1, stageName = ${isLive ? stage : Stage.NONE}, updatedAt = ${tx.dialect.greatest(sql`updatedAt`, sql`${last}`)} WHERE pk = ${version.pk}`,
    );
    return steps.filter((step) => step.pk === null);
  }

  private async insert(
    tx: Transaction,
    model: Model,
    steps: readonly Step[],
    versions: ReadonlyMap<number, ModelVersion>,
  ): Promise<void> {
    const before = model.sequence;
    model.sequence += steps.length;
    const latest = Math.max(...steps.map((step) => Number(step.at)));
    await tx.execute(
      sql`UPDATE models SET sequence = ${model.sequence}, changedAt = ${tx.dialect.greatest(sql`changedAt`, sql`${latest}`)} WHERE pk = ${model.pk}`,
    );
    await tx.insert(
      StageChange,
      steps.map(({ pk: _, ...step }, index) => ({ ...step, modelPk: model.pk, sequence: before + 1 + index })),
    );
    const rows = await tx.query<StageChange>(
      sql`SELECT s.* FROM stage_changes s WHERE s.modelPk = ${model.pk} AND s.sequence > ${before} ORDER BY s.sequence`,
    );
    for (const row of rows) {
      const number = versions.get(row.versionPk)?.number ?? 0;
      tx.record({ ...stageChanged(model, StageChange.from(row), number), at: tx.startedAt });
    }
  }
}

function newStep(version: ModelVersion, { to, at, actorName, comment }: StageChangeToImport): Step {
  return {
    pk: null,
    versionPk: version.pk,
    fromStage: Stage.NONE,
    toStage: Stage[to],
    at,
    until: FOREVER,
    comment,
    actorName,
  };
}

function keyOf(versionPk: number, { at, comment }: { readonly at: number; readonly comment: string | null }): string {
  return `${versionPk} ${at} ${comment}`;
}
