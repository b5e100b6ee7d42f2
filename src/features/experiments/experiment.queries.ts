// Reads of experiments.

import { type Page, readPageArgs } from '../../core/pagination.ts';
import type { Database } from '../../database/database.ts';
import type { Dialect } from '../../database/dialect.ts';
import { combined, keyedCondition, rangeCondition, textCondition } from '../../database/filters.ts';
import { type ListSource, readPage } from '../../database/list.ts';
import { byFields } from '../../database/orders.ts';
import { type Sql, sql } from '../../database/sql.ts';
import { CurrentTags } from '../tags/current-tags.service.ts';
import type { Tag } from '../tags/tag.types.ts';
import { Experiment, ExperimentTag } from './experiment.entity.ts';
import { type ExperimentFilter, type ExperimentListArgs, ExperimentOrderField } from './experiment.types.ts';

export const experimentTags = new CurrentTags(ExperimentTag, 'experiment_tags', 'experimentPk');

const EXPERIMENTS: ListSource<Experiment> = {
  name: 'experiments',
  columns: sql`e.*`,
  from: sql`experiments e`,
  key: sql`e.pk`,
  hydrate: Experiment.from,
};

const ORDER: Readonly<Record<ExperimentOrderField, Sql>> = {
  [ExperimentOrderField.NAME]: sql`e.name`,
  [ExperimentOrderField.CREATED_AT]: sql`e.createdAt`,
  [ExperimentOrderField.UPDATED_AT]: sql`e.updatedAt`,
};

export class ExperimentQueries {
  constructor(private readonly db: Database) {}

  /** Experiments by row number, tombstones included. */
  async byPks(pks: readonly number[]): Promise<Experiment[]> {
    const rows = await this.db.read<Experiment>(
      sql`SELECT e.* FROM experiments e WHERE ${this.db.dialect.inList(sql`e.pk`, pks)}`,
    );
    return rows.map(Experiment.from);
  }

  /** Experiments by name, without tombstones. */
  async byNames(names: readonly string[]): Promise<Experiment[]> {
    const rows = await this.db.read<Experiment>(
      sql`SELECT e.* FROM experiments e WHERE ${this.db.dialect.inList(sql`e.name`, names)} AND e.live = 1`,
    );
    return rows.map(Experiment.from);
  }

  async list(args: ExperimentListArgs): Promise<Page<Experiment>> {
    const where = [args.deleted ? sql`e.deletedAt IS NOT NULL` : sql`e.live = 1`];
    if (args.filter) where.push(combined(args.filter, (filter) => conditions(this.db.dialect, filter)));
    // Those that were deleted may have shared a name.
    return readPage(this.db, EXPERIMENTS, {
      where,
      order: byFields(args.orderBy, ORDER, !args.deleted),
      page: readPageArgs(args),
    });
  }

  /** The tags of each experiment. */
  async tags(pks: readonly number[]): Promise<Tag[][]> {
    return experimentTags.of(this.db, pks);
  }
}

function conditions(dialect: Dialect, filter: ExperimentFilter): Sql[] {
  const all: Sql[] = [];
  if (filter.name) all.push(textCondition(dialect, sql`e.name`, filter.name));
  if (filter.createdAt) all.push(rangeCondition(sql`e.createdAt`, filter.createdAt));
  if (filter.tag) {
    const { key, value } = filter.tag;
    const rows = sql`FROM experiment_tags t WHERE t.experimentPk = e.pk AND t.key = ${key}`;
    all.push(keyedCondition(filter.tag, rows, value ? textCondition(dialect, sql`t.value`, value) : undefined));
  }
  return all;
}
