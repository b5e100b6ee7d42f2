// Reads of stages: who is or was in one, and the history of changes.

import type { Columns } from '../../core/needed-columns.ts';
import { LARGEST_PAGE, type Page, type PageArgs, type PageRequest, readPageArgs } from '../../core/pagination.ts';
import type { Database } from '../../database/database.ts';
import { type ListSource, type OrderTerm, readPage, readPages } from '../../database/list.ts';
import { type Sql, sql } from '../../database/sql.ts';
import { Stage } from '../models/stage.types.ts';
import { type ModelVersion, NEWEST_VERSION_FIRST, VERSION_PARTS, VERSIONS } from '../versions/version.entity.ts';
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

  /** A page of the versions of all models in a stage, newest first; of an instant, those deleted since included. @param of which columns of them */
  async inStage(stageAt: StageAt, args: PageArgs, of: Columns): Promise<Page<ModelVersion>> {
    const where = [isInStage(stageAt)];
    const source = { ...VERSIONS, ...VERSION_PARTS.of(of) };
    return readPage(this.db, source, { where, order: NEWEST_VERSION_FIRST, page: readPageArgs(args) });
  }

  /** The versions of each model in a stage, newest first, at most {@link LARGEST_PAGE}. @param of which columns of them */
  async inStageOfModels(
    stageAt: StageAt,
    of: Columns,
    modelPks: readonly number[],
  ): Promise<(readonly ModelVersion[])[]> {
    const request = { where: [isInStageOfItsModel(stageAt)], order: NEWEST_VERSION_FIRST, page: ALL };
    const source = { ...VERSIONS, ...VERSION_PARTS.of(of) };
    const pages = await readPages(this.db, source, sql`v.modelPk`, request, modelPks);
    return pages.map((page) => page.items);
  }

  private changes(args: PageArgs, parentColumn: Sql, parents: readonly number[]): Promise<Page<StageChange>[]> {
    const request = { where: [], order: NEWEST_CHANGE_FIRST, page: readPageArgs(args) };
    return readPages(this.db, STAGE_CHANGES, parentColumn, request, parents);
  }
}

/** A condition on a version `v`, among those of all models: an index leads to whoever was in the stage. */
function isInStage({ stage, at }: StageAt): Sql {
  if (at === null || stage === Stage.NONE) return isInStageOfItsModel({ stage, at });
  return sql`v.pk IN (SELECT s.versionPk FROM stage_changes s WHERE s.toStage = ${stage} AND ${heldAt(at)})`;
}

/** The same among the versions of a model, which are at hand: each is asked for its own changes. */
function isInStageOfItsModel({ stage, at }: StageAt): Sql {
  if (at === null) return sql`v.stageName = ${stage} AND v.deletedAt IS NULL`;
  // Not EXISTS, which SQLite turns into a join that begins with the changes of all models.
  const moved = sql`SELECT s.toStage FROM stage_changes s WHERE s.versionPk = v.pk AND ${heldAt(at)} ORDER BY s.at DESC LIMIT 1`;
  const existed = sql`v.createdAt <= ${at} AND (v.deletedAt IS NULL OR v.deletedAt > ${at})`;
  return sql`${existed} AND COALESCE((${moved}), ${Stage.NONE}) = ${stage}`;
}

/** As a condition on a stage change `s`: the version was in the stage it had moved to. */
function heldAt(at: number): Sql {
  return sql`s.at <= ${at} AND s.until > ${at}`;
}
