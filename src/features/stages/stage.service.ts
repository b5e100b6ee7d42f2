// The rules and writes of stages: promotion, who makes way, and the history that `at:` answers from.

import type { ActorIdentity } from '../../core/context.ts';
import { Conflict, PreconditionFailed } from '../../core/errors.ts';
import { checkOptional } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import { join, sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { GateService, Verdict } from '../gates/gate.service.ts';
import type { Model } from '../models/model.entity.ts';
import type { LockedModel, ModelDependent } from '../models/model.service.ts';
import { EXCLUSIVE_CANDIDATES, Stage } from '../models/stage.types.ts';
import { FOREVER } from '../tags/tag.service.ts';
import { ModelVersion, ModelVersionStatus } from '../versions/version.entity.ts';
import {
  type LockedVersion,
  nameVersions,
  type VersionDependent,
  type VersionService,
} from '../versions/version.service.ts';
import { stageChanged } from './stage.events.ts';
import type { PromoteVersionInput } from './stage.types.ts';
import { StageChange } from './stage-change.entity.ts';

/** What a promotion did, as row numbers. A type, since an interface would not count as JSON. */
export type Promotion = {
  readonly versionPk: number;
  /** Null where the version was in the stage already. */
  readonly changePk: number | null;
  readonly archivedPks: readonly number[];
};

/** A promotion that gates did not let pass: nothing was done. */
export type BlockedPromotion = {
  readonly versionPk: number;
  readonly failures: readonly Verdict[];
};

/** A version, and the stage that it is to be in. */
interface Move {
  readonly version: ModelVersion;
  readonly to: Stage;
}

export class StageService {
  constructor(
    private readonly db: Database,
    private readonly versions: VersionService,
    private readonly gates: GateService,
  ) {}

  /** Refuses that a stage becomes exclusive which holds several versions. */
  readonly asModelDependent: ModelDependent = {
    onExclusive: async (tx, model, stages) => {
      for (const stage of stages) {
        const holders = await holdersOf(tx, model, stage);
        if (holders.length > 1) {
          throw new Conflict(
            `${stage} cannot be exclusive: it holds ${named(model, holders)}.`,
            { stage, holders: holders.map((holder) => holder.number) },
            'input.exclusiveStages',
          );
        }
      }
    },
  };

  /** A deleted version leaves its stage. */
  readonly asVersionDependent: VersionDependent = {
    onDelete: async (tx, { at }, versions) => endStages(tx, versions, at),
  };

  /**
   * Moves a version to a stage, and archives whoever holds it where that is asked for, in one commit; unless a gate of
   * the stage does not hold, by what is committed then: nothing is changed, recorded or remembered in that case.
   * @throws NotFound, Invalid, Conflict where the stage is exclusive and held, PreconditionFailed where the version is
   * not ready
   */
  async promote(actor: ActorIdentity, input: PromoteVersionInput): Promise<Promotion | BlockedPromotion> {
    checkOptional(input.comment, 'input.comment', 'comment');
    const command = { actor, mutation: 'promoteVersion', input };
    return this.db.write<Promotion | BlockedPromotion>(command, async (tx) => {
      const { model, find } = await this.versions.lockModel(tx, input.version, 'input.version');
      const [locked, gates, holders] = await Promise.all([
        find(input.expectedRevision),
        this.gates.guards(tx, model, input.to),
        mayMakeWay(model, input) ? holdersOf(tx, model, input.to) : [],
      ]);
      const { version } = locked;
      refuseUnready(locked);
      if (version.stageName === input.to) return { versionPk: version.pk, changePk: null, archivedPks: [] };
      const failures = await this.gates.verdicts(tx, locked, input.to, gates);
      if (failures.length > 0) {
        tx.isOutcomeKept = false;
        return { versionPk: version.pk, failures };
      }
      if (!input.archiveExisting) refuseHeld(model, input.to, holders);
      const moves = holders.map((holder): Move => ({ version: holder, to: Stage.ARCHIVED }));
      const changes = await this.move(tx, locked, [...moves, { version, to: input.to }], input.comment);
      const pks = changes.map(({ pk }) => pk);
      return { versionPk: version.pk, changePk: pks.at(-1) ?? null, archivedPks: pks.slice(0, -1) };
    });
  }

  /**
   * Moves versions of a model that the transaction holds from wherever they are, and records it in the order in which
   * they are given. As many statements for one version as for many. @returns the changes, in that order
   */
  private async move(
    tx: Transaction,
    { model, at }: LockedModel,
    moves: readonly Move[],
    comment?: string | null,
  ): Promise<StageChange[]> {
    const versions = moves.map(({ version }) => version);
    endStages(tx, versions, at);
    const cases = moves.map(({ version, to }) => sql`WHEN ${version.pk} THEN ${to}`);
    const moved = versions.map(({ pk }) => pk);
    this.versions.touch(tx, moved, at, { stageName: sql`CASE pk ${join(cases, ' ')} END` });
    const rows = moves.map(({ version, to }) => ({
      modelPk: model.pk,
      versionPk: version.pk,
      fromStage: version.stageName,
      toStage: to,
      comment: comment ?? null,
      at,
      until: FOREVER,
      sequence: model.sequence,
      actorName: tx.actor.name,
    }));
    tx.deferInsert(StageChange, rows);
    const isOneOfThem = tx.dialect.inList(sql`s.versionPk`, moved);
    const stored = await tx.query<{ pk: number; versionPk: number }>(
      sql`SELECT s.pk, s.versionPk FROM stage_changes s WHERE ${isOneOfThem} AND s.at = ${at} AND s.sequence = ${model.sequence}`,
    );
    const pks = new Map(stored.map(({ pk, versionPk }) => [versionPk, pk]));
    return rows.map((row, index) => {
      const change = StageChange.from({ ...row, pk: pks.get(row.versionPk) });
      tx.record(stageChanged(model, change, versions[index]?.number ?? 0));
      return change;
    });
  }
}

/** Whether who is in the stage has to leave it for a promotion, or keeps it from happening. */
function mayMakeWay(model: Model, { to, archiveExisting }: PromoteVersionInput): boolean {
  return EXCLUSIVE_CANDIDATES.includes(to) && (archiveExisting || model.exclusiveStages.includes(to));
}

function refuseHeld(model: Model, stage: Stage, holders: readonly ModelVersion[]): void {
  if (holders.length === 0) return;
  throw new Conflict(
    `${stage} is exclusive and held by ${named(model, holders)}; let \`archiveExisting\` archive it, or move it first.`,
    { stage, holders: holders.map((holder) => holder.number) },
    'input.to',
  );
}

/** The live versions of a model in a stage, by number. */
async function holdersOf(tx: Transaction, model: Model, stage: Stage): Promise<ModelVersion[]> {
  const rows = await tx.query<ModelVersion>(
    sql`SELECT v.* FROM model_versions v WHERE v.modelPk = ${model.pk} AND v.stageName = ${stage} AND v.deletedAt IS NULL ORDER BY v.number`,
  );
  return rows.map(ModelVersion.from);
}

function endStages(tx: Transaction, versions: readonly ModelVersion[], at: number): void {
  const pks = versions.map((version) => version.pk);
  const isCurrent = sql`${tx.dialect.inList(sql`versionPk`, pks)} AND until = ${FOREVER}`;
  tx.deferUpdate('stage_changes', { until: at }, isCurrent);
}

function refuseUnready({ model, version }: LockedVersion): void {
  if (version.status === ModelVersionStatus.READY) return;
  throw new PreconditionFailed(
    `The version ${named(model, [version])} is ${version.status}; only one that is READY is promoted.`,
    'input.version',
    { status: version.status },
  );
}

function named(model: Model, versions: readonly ModelVersion[]): string {
  return nameVersions(versions.map(({ number }) => ({ modelName: model.name, number })));
}
