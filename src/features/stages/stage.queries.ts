// Reads of stages: who is or was in one, and the history of changes.

import { LARGEST_PAGE, type Page, type PageArgs, type PageRequest, readPageArgs } from '../../core/pagination.ts';
import type { Database } from '../../database/database.ts';
import { type ListSource, type OrderTerm, readPage, readPages } from '../../database/list.ts';
import { type Sql, sql } from '../../database/sql.ts';
import { Stage } from '../models/stage.types.ts';
import { type ModelVersion, NEWEST_VERSION_FIRST, VERSIONS } from '../versions/version.entity.ts';
import { StageChange } from './stage-change.entity.ts';

/** A stage, now or at an instant. */
export interface StageAt {
  readonly stage: Stage;
  readonly at: number | null;
}

const STAGE_CHANGES: ListSource<StageChange> = {
  name: 'stageChanges',
  columns: sql`s.*`,
  from: sql`stage_changes s`,
  key: sql`s.pk`,
  hydrate: StageChange.from,
};

const NEWEST_CHANGE_FIRST: readonly OrderTerm[] = [
  { name: 'AT', expression: sql`s.at`, direction: 'DESC' },
  { name: 'SEQUENCE', expression: sql`s.sequence`, direction: 'DESC' },
];

const ALL: PageRequest = { limit: LARGEST_PAGE, isBackward: false, after: null, before: null };

export class StageQueries {
  constructor(private readonly db: Database) {}

  /** Stage changes by row number. */
  async changesByPks(pks: readonly number[]): Promise<StageChange[]> {
    const rows = await this.db.read<StageChange>(
      sql`SELECT s.* FROM stage_changes s WHERE ${this.db.dialect.inList(sql`s.pk`, pks)}`,
    );
    return rows.map(StageChange.from);
  }

  /** The same page of the history of each model, newest first. */
  async changesOfModels(args: PageArgs, modelPks: readonly number[]): Promise<Page<StageChange>[]> {
    return this.changes(args, sql`s.modelPk`, modelPks);
  }

  /** The same page of the history of each version, newest first. */
  async changesOfVersions(args: PageArgs, versionPks: readonly number[]): Promise<Page<StageChange>[]> {
    return this.changes(args, sql`s.versionPk`, versionPks);
  }

  /** The stage that each version was in at an instant; `NONE` before it existed and after it was deleted. */
  async stagesAt(at: number, versionPks: readonly number[]): Promise<Stage[]> {
    const rows = await this.db.read<{ versionPk: number; stage: Stage }>(
      sql`SELECT s.versionPk AS versionPk, s.toStage AS stage FROM stage_changes s WHERE ${this.db.dialect.inList(sql`s.versionPk`, versionPks)} AND ${heldAt(at)}`,
    );
    const stages = new Map(rows.map(({ versionPk, stage }) => [versionPk, stage]));
    return versionPks.map((pk) => stages.get(pk) ?? Stage.NONE);
  }

  /** A page of the versions of all models in a stage, newest first; of an instant, those deleted since included. */
  async inStage(stageAt: StageAt, args: PageArgs): Promise<Page<ModelVersion>> {
    const where = [isInStage(stageAt, IN_HISTORY)];
    return readPage(this.db, VERSIONS, { where, order: NEWEST_VERSION_FIRST, page: readPageArgs(args) });
  }

  /** The versions of each model in a stage, newest first, at most {@link LARGEST_PAGE}. */
  async inStageOfModels(stageAt: StageAt, modelPks: readonly number[]): Promise<(readonly ModelVersion[])[]> {
    const request = { where: [isInStage(stageAt, IN_OWN_HISTORY)], order: NEWEST_VERSION_FIRST, page: ALL };
    const pages = await readPages(this.db, VERSIONS, sql`v.modelPk`, request, modelPks);
    return pages.map((page) => page.items);
  }

  private changes(args: PageArgs, parentColumn: Sql, parents: readonly number[]): Promise<Page<StageChange>[]> {
    const request = { where: [], order: NEWEST_CHANGE_FIRST, page: readPageArgs(args) };
    return readPages(this.db, STAGE_CHANGES, parentColumn, request, parents);
  }
}

/** How a version is looked for in the history: `held` is a condition on its stage changes `s`. */
type HistoryCondition = (held: Sql) => Sql;

/** Over all models: an index leads to whoever was in the stage. */
const IN_HISTORY: HistoryCondition = (held) => sql`v.pk IN (SELECT s.versionPk FROM stage_changes s WHERE ${held})`;
/** Within one model: its versions are at hand, and each is asked for its own changes. */
const IN_OWN_HISTORY: HistoryCondition = (held) =>
  sql`EXISTS (SELECT 1 FROM stage_changes s WHERE s.versionPk = v.pk AND ${held})`;

/** As a condition on a version `v`. */
function isInStage({ stage, at }: StageAt, inHistory: HistoryCondition): Sql {
  if (at === null) return sql`v.stageName = ${stage} AND v.deletedAt IS NULL`;
  if (stage !== Stage.NONE) return inHistory(sql`s.toStage = ${stage} AND ${heldAt(at)}`);
  // A version that was never moved has no changes: it is in NONE by being in no other stage.
  const wasElsewhere = IN_OWN_HISTORY(sql`s.toStage <> ${Stage.NONE} AND ${heldAt(at)}`);
  return sql`v.createdAt <= ${at} AND (v.deletedAt IS NULL OR v.deletedAt > ${at}) AND NOT ${wasElsewhere}`;
}

/** As a condition on a stage change `s`: the version was in the stage it had moved to. */
function heldAt(at: number): Sql {
  return sql`s.at <= ${at} AND s.until > ${at}`;
}
