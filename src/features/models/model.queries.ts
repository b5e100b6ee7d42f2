// Reads of models.

import type { Columns } from '../../core/needed-columns.ts';
import type { Page } from '../../core/pagination.ts';
import { readPageArgs } from '../../core/pagination.ts';
import type { Database } from '../../database/database.ts';
import { combined, isGiven, keyedCondition, rangeCondition, textCondition } from '../../database/filters.ts';
import { type ListSource, readPage } from '../../database/list.ts';
import { byFields } from '../../database/orders.ts';
import { type Sql, sql } from '../../database/sql.ts';
import { TagHistory } from '../tags/tag.service.ts';
import type { Tag } from '../tags/tag.types.ts';
import { MODEL_PARTS, Model, ModelTag } from './model.entity.ts';
import { type ModelFilter, type ModelListArgs, ModelOrderField } from './model.types.ts';

export const modelTags = new TagHistory(ModelTag, 'model_tags', 'modelPk');

const MODELS: ListSource<Model> = {
  name: 'models',
  columns: sql`m.*`,
  from: sql`models m`,
  key: sql`m.pk`,
  hydrate: Model.from,
};

const ORDER: Readonly<Record<ModelOrderField, Sql>> = {
  [ModelOrderField.NAME]: sql`m.name`,
  [ModelOrderField.CREATED_AT]: sql`m.createdAt`,
  [ModelOrderField.UPDATED_AT]: sql`m.updatedAt`,
};

export class ModelQueries {
  constructor(private readonly db: Database) {}

  /** Models by row number, tombstones included. */
  async byPks(pks: readonly number[]): Promise<Model[]> {
    const rows = await this.db.read<Model>(
      sql`SELECT m.* FROM models m WHERE ${this.db.dialect.inList(sql`m.pk`, pks)}`,
    );
    return rows.map(Model.from);
  }

  /** Models by name, without tombstones. */
  async byNames(names: readonly string[]): Promise<Model[]> {
    const rows = await this.db.read<Model>(
      sql`SELECT m.* FROM models m WHERE ${this.db.dialect.inList(sql`m.name`, names)} AND m.live = 1`,
    );
    return rows.map(Model.from);
  }

  /** @param of which columns of them */
  async list(args: ModelListArgs, of: Columns): Promise<Page<Model>> {
    const where = [sql`m.live = 1`];
    if (args.filter) where.push(combined<ModelFilter>(args.filter, (filter) => this.conditions(filter)));
    const source = { ...MODELS, ...MODEL_PARTS.of(of) };
    return readPage(this.db, source, { where, order: byFields(args.orderBy, ORDER, true), page: readPageArgs(args) });
  }

  /** The tags of each model, now or at an instant. */
  async tags(pks: readonly number[], at: number | null): Promise<Tag[][]> {
    return modelTags.of(this.db, pks, at);
  }

  private conditions(filter: ModelFilter): Sql[] {
    const { dialect } = this.db;
    const conditions: Sql[] = [];
    if (filter.name) conditions.push(textCondition(dialect, sql`m.name`, filter.name));
    if (filter.createdAt) conditions.push(rangeCondition(sql`m.createdAt`, filter.createdAt));
    if (filter.tag) {
      const { key, value } = filter.tag;
      const rows = sql`FROM model_tags t WHERE t.modelPk = m.pk AND t.key = ${key} AND t.holds = 1`;
      conditions.push(
        keyedCondition(filter.tag, rows, value ? textCondition(dialect, sql`t.value`, value) : undefined),
      );
    }
    if (isGiven(filter.hasVersionIn)) {
      conditions.push(
        sql`EXISTS (SELECT 1 FROM model_versions v WHERE v.modelPk = m.pk AND v.stageName = ${filter.hasVersionIn} AND v.deletedAt IS NULL)`,
      );
    }
    return conditions;
  }
}
