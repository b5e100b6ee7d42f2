// Reads of runs.

import { groupsInOrderOf } from '../../core/batching.ts';
import type { Columns } from '../../core/needed-columns.ts';
import { type Page, readPageArgs } from '../../core/pagination.ts';
import type { Database } from '../../database/database.ts';
import { metricSpan } from '../../database/filters.ts';
import { type ListRequest, type ListSource, readPage, readPages } from '../../database/list.ts';
import type { Known } from '../../database/prepared-list.ts';
import { and, name, sql } from '../../database/sql.ts';
import { CurrentTags } from '../tags/current-tags.service.ts';
import type { Tag } from '../tags/tag.types.ts';
import { Param } from './param.types.ts';
import { RUN_PARTS, Run, RunTag } from './run.entity.ts';
import { runCandidates, runCondition, runsOf } from './run.filters.ts';
import { sortedRuns } from './run.orders.ts';
import type { RunListArgs } from './run.types.ts';

export const runTags = new CurrentTags(RunTag, 'run_tags', 'runPk');

const RUN_PK = sql`r.pk`;
const RUNS: ListSource<Run> = {
  name: 'runs',
  columns: sql`r.*`,
  from: sql`runs r`,
  key: RUN_PK,
  hydrate: Run.from,
};
const DELETED = sql`SELECT x.pk AS owner FROM runs x WHERE x.deletedAt IS NOT NULL`;

export class RunQueries {
  constructor(private readonly db: Database) {}

  /** Runs by row number, tombstones included. @param of which columns of them */
  async byPks(pks: readonly number[], of: Columns = null): Promise<Run[]> {
    const { columns, hydrate } = RUN_PARTS.of(of);
    const rows = await this.db.read<Run>(
      sql`SELECT ${columns} FROM runs r WHERE ${this.db.dialect.inList(sql`r.pk`, pks)}`,
    );
    return rows.map(hydrate);
  }

  /** Runs by the id that trackers know them by, without tombstones. */
  async byRunIds(runIds: readonly string[]): Promise<Run[]> {
    const rows = await this.db.read<Run>(
      sql`SELECT r.* FROM runs r WHERE ${this.db.dialect.inList(sql`r.runId`, runIds)} AND r.deletedAt IS NULL`,
    );
    return rows.map(Run.from);
  }

  /** Runs of all experiments. @param of which columns of them */
  async list(args: RunListArgs, of: Columns): Promise<Page<Run>> {
    const [source, request] = this.prepare(args, of);
    return readPage(this.db, source, request);
  }

  /** The same list of the runs of each experiment. */
  async listByExperiment(args: RunListArgs, of: Columns, experimentPks: readonly number[]): Promise<Page<Run>[]> {
    const [only] = experimentPks;
    if (experimentPks.length === 1 && args.orderBy?.[0]?.metric) {
      return [await readPage(this.db, ...this.prepare(args, of, only))];
    }
    const [source, request] = this.prepare(args, of);
    return readPages(this.db, source, sql`r.experimentPk`, request, experimentPks);
  }

  /** The same list of the children of each run. */
  async listByParent(args: RunListArgs, of: Columns, parentPks: readonly number[]): Promise<Page<Run>[]> {
    const [source, request] = this.prepare(args, of);
    return readPages(this.db, source, sql`r.parentPk`, request, parentPks);
  }

  /** The tags of each run. */
  async tags(pks: readonly number[]): Promise<Tag[][]> {
    return runTags.of(this.db, pks);
  }

  /** The params of each run, all or those with the given keys, A–Z by key. */
  async params(pks: readonly number[], keys: readonly string[] | null): Promise<Param[][]> {
    const { dialect } = this.db;
    const isWanted = keys === null ? sql`` : sql` AND ${dialect.inList(sql`p.key`, keys)}`;
    const rows = await this.db.read<{ runPk: number; key: string; value: string }>(
      sql`SELECT p.runPk AS runPk, p.key AS ${name('key')}, p.value AS ${name('value')} FROM params p WHERE ${dialect.inList(sql`p.runPk`, pks)}${isWanted} ORDER BY p.runPk, p.key`,
    );
    return groupsInOrderOf(
      pks,
      rows,
      (row) => row.runPk,
      ({ key, value }) => new Param(key, value),
    );
  }

  /** @param experiment the row number of the one whose runs are listed; all by default */
  private prepare(
    { filter, orderBy, deleted, ...page }: RunListArgs,
    of: Columns,
    experiment?: number,
  ): [ListSource<Run>, ListRequest] {
    const { dialect } = this.db;
    const { order, joins, ranking, rankingWithin } = sortedRuns(orderBy);
    // With the sign, SQLite does not take the index of the deleted runs for those that are not.
    const byDeletion = deleted ? sql`r.deletedAt IS NOT NULL` : sql`+r.deletedAt IS NULL`;
    const isWanted = experiment === undefined ? byDeletion : and([byDeletion, sql`r.experimentPk = ${experiment}`]);
    const where = (known: Known) => (filter ? [isWanted, runCondition(dialect, filter, known)] : [isWanted]);
    const candidates = [
      ...(experiment === undefined ? [] : [runsOf(experiment, rankingWithin)]),
      // Of a deleted run, the experiment may be one of several deleted ones with its name.
      ...(filter ? runCandidates(dialect, filter, isWanted, deleted ? undefined : rankingWithin) : []),
      ...(deleted ? [{ rows: DELETED, column: RUN_PK }] : []),
    ];
    const span = metricSpan(filter, orderBy?.[0]?.metric);
    return [
      { ...RUNS, ...RUN_PARTS.of(of), joins },
      { where, order, page: readPageArgs(page), candidates, ranking, span },
    ];
  }
}
