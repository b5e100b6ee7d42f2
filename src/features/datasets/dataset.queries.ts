// Reads of datasets, of the runs that used them, and of what runs used.

import { groupsInOrderOf } from '../../core/batching.ts';
import type { ForwardPageArgs, Page } from '../../core/pagination.ts';
import { readPageArgs } from '../../core/pagination.ts';
import type { Database } from '../../database/database.ts';
import { combined, rangeCondition, textCondition } from '../../database/filters.ts';
import { type ListSource, readPage, readPages } from '../../database/list.ts';
import { byFields } from '../../database/orders.ts';
import { or, type Sql, sql } from '../../database/sql.ts';
import { Run } from '../runs/run.entity.ts';
import { Dataset, InputKind, type RunInputRow } from './dataset.entity.ts';
import { type DatasetFilter, type DatasetKey, type DatasetListArgs, DatasetOrderField } from './dataset.types.ts';

const DATASETS: ListSource<Dataset> = {
  name: 'datasets',
  columns: sql`d.*`,
  from: sql`datasets d`,
  key: sql`d.pk`,
  hydrate: Dataset.from,
};

/** A run may use a dataset in several contexts; it is listed once, for the first of them. */
const RUNS_OF_DATASET: ListSource<Run> = {
  name: 'datasetRuns',
  columns: sql`r.*`,
  from: sql`run_inputs i JOIN runs r ON r.pk = i.runPk`,
  key: [sql`i.runPk`, sql`i.kind`, sql`i.context`],
  hydrate: Run.from,
};
const IS_FIRST_CONTEXT = sql`NOT EXISTS (SELECT 1 FROM run_inputs o WHERE o.runPk = i.runPk AND o.kind = i.kind AND o.inputPk = i.inputPk AND o.context < i.context)`;

const ORDER: Readonly<Record<DatasetOrderField, Sql>> = {
  [DatasetOrderField.NAME]: sql`d.name`,
  [DatasetOrderField.CREATED_AT]: sql`d.createdAt`,
};

export class DatasetQueries {
  constructor(private readonly db: Database) {}

  /** Datasets by row number. */
  async byPks(pks: readonly number[]): Promise<Dataset[]> {
    const rows = await this.db.read<Dataset>(
      sql`SELECT d.* FROM datasets d WHERE ${this.db.dialect.inList(sql`d.pk`, pks)}`,
    );
    return rows.map(Dataset.from);
  }

  /** Datasets by name and digest. */
  async byKeys(keys: readonly DatasetKey[]): Promise<Dataset[]> {
    const isOneOfThem = or(keys.map(({ name, digest }) => sql`(d.name = ${name} AND d.digest = ${digest})`));
    return (await this.db.read<Dataset>(sql`SELECT d.* FROM datasets d WHERE ${isOneOfThem}`)).map(Dataset.from);
  }

  async list(args: DatasetListArgs): Promise<Page<Dataset>> {
    const where: Sql[] = [];
    if (args.filter) where.push(combined<DatasetFilter>(args.filter, (filter) => this.conditions(filter)));
    return readPage(this.db, DATASETS, {
      where,
      order: byFields(args.orderBy, ORDER, false),
      page: readPageArgs(args),
    });
  }

  /** The runs that used each dataset, newest first, without deleted ones. */
  async runs(datasetPks: readonly number[], args: ForwardPageArgs): Promise<Page<Run>[]> {
    return readPages(
      this.db,
      RUNS_OF_DATASET,
      sql`i.inputPk`,
      {
        where: [sql`i.kind = ${InputKind.DATASET}`, sql`r.deletedAt IS NULL`, IS_FIRST_CONTEXT],
        order: [{ name: 'STARTED_AT', expression: sql`r.startedAt`, direction: 'DESC' }],
        page: readPageArgs({ first: args.first, after: args.after }),
      },
      datasetPks,
    );
  }

  /** What each run used, in the order in which it was logged, datasets first. */
  async inputs(runPks: readonly number[]): Promise<RunInputRow[][]> {
    const rows = await this.db.read<RunInputRow>(
      sql`SELECT i.* FROM run_inputs i WHERE ${this.db.dialect.inList(sql`i.runPk`, runPks)} ORDER BY i.runPk, i.createdAt, i.kind, i.inputPk, i.context`,
    );
    return groupsInOrderOf(runPks, rows, (row) => row.runPk);
  }

  private conditions(filter: DatasetFilter): Sql[] {
    const { dialect } = this.db;
    const conditions: Sql[] = [];
    if (filter.name) conditions.push(textCondition(dialect, sql`d.name`, filter.name));
    if (filter.digest) conditions.push(textCondition(dialect, sql`d.digest`, filter.digest));
    if (filter.createdAt) conditions.push(rangeCondition(sql`d.createdAt`, filter.createdAt));
    return conditions;
  }
}
