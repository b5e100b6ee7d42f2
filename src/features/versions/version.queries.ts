// Reads of versions.

import { inOrderOf } from '../../core/batching.ts';
import { type ForwardPageArgs, type Page, type PageRequest, readPageArgs } from '../../core/pagination.ts';
import { exactlyOne } from '../../core/selector.ts';
import { checkNotEmpty } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import {
  combined,
  isGiven,
  keyedCondition,
  metricCondition,
  rangeCondition,
  textCondition,
} from '../../database/filters.ts';
import { type ListRequest, type ListSource, type OrderTerm, readPage, readPages } from '../../database/list.ts';
import { byMetric, joinMetric } from '../../database/orders.ts';
import { join, type Sql, sql } from '../../database/sql.ts';
import type { MetricFilter } from '../filters/filter.types.ts';
import { TagHistory } from '../tags/tag.service.ts';
import type { Tag } from '../tags/tag.types.ts';
import { ModelVersion, NEWEST_VERSION_FIRST, VERSIONS, VersionTag } from './version.entity.ts';
import { HIGHEST_NUMBER_FIRST, referenceCondition, type VersionReference } from './version.reference.ts';
import {
  type ModelVersionFilter,
  type ModelVersionOrder,
  ModelVersionOrderField,
  type VersionListArgs,
} from './version.types.ts';

export const versionTags = new TagHistory(VersionTag, 'version_tags', 'versionPk');

const IS_LIVE = sql`v.deletedAt IS NULL`;
const ONE: PageRequest = { limit: 1, isBackward: false, after: null, before: null };

const ORDER: Readonly<Record<ModelVersionOrderField, Sql>> = {
  [ModelVersionOrderField.NUMBER]: sql`v.number`,
  [ModelVersionOrderField.CREATED_AT]: sql`v.createdAt`,
  [ModelVersionOrderField.UPDATED_AT]: sql`v.updatedAt`,
};

export class VersionQueries {
  constructor(private readonly db: Database) {}

  /** Versions by row number, tombstones included. */
  async byPks(pks: readonly number[]): Promise<ModelVersion[]> {
    const rows = await this.db.read<ModelVersion>(
      sql`SELECT v.* FROM model_versions v WHERE ${this.db.dialect.inList(sql`v.pk`, pks)}`,
    );
    return rows.map(ModelVersion.from);
  }

  /** The live version of each model that a reference picks. */
  async byReference(
    reference: VersionReference,
    modelPks: readonly number[],
  ): Promise<readonly (ModelVersion | undefined)[]> {
    if ('alias' in reference) return this.byAlias(reference.alias, modelPks);
    const where = [IS_LIVE, referenceCondition(reference)];
    const request = { where, order: HIGHEST_NUMBER_FIRST, page: ONE };
    const pages = await readPages(this.db, VERSIONS, sql`v.modelPk`, request, modelPks);
    return pages.map((page) => page.items[0]);
  }

  async list(args: VersionListArgs): Promise<Page<ModelVersion>> {
    const { source, request } = this.listOf(args);
    return readPage(this.db, source, request);
  }

  /** The same page of each model's versions. */
  async ofModels(args: VersionListArgs, modelPks: readonly number[]): Promise<Page<ModelVersion>[]> {
    const { source, request } = this.listOf(args);
    return readPages(this.db, source, sql`v.modelPk`, request, modelPks);
  }

  /** The same page of the versions that each run made. */
  async ofRuns(args: ForwardPageArgs, runPks: readonly number[]): Promise<Page<ModelVersion>[]> {
    const request = { where: [IS_LIVE], order: NEWEST_VERSION_FIRST, page: readPageArgs(args) };
    return readPages(this.db, VERSIONS, sql`v.runPk`, request, runPks);
  }

  /** The tags of each version, now or at an instant. */
  async tags(pks: readonly number[], at: number | null): Promise<Tag[][]> {
    return versionTags.of(this.db, pks, at);
  }

  private async byAlias(alias: string, modelPks: readonly number[]): Promise<(ModelVersion | undefined)[]> {
    const rows = await this.db.read<ModelVersion>(
      sql`SELECT v.* FROM model_aliases a JOIN model_versions v ON v.pk = a.versionPk WHERE ${this.db.dialect.inList(sql`a.modelPk`, modelPks)} AND a.alias = ${alias} AND a.holds = 1`,
    );
    return inOrderOf(modelPks, rows.map(ModelVersion.from), (version) => version.modelPk);
  }

  private listOf(args: VersionListArgs): { source: ListSource<ModelVersion>; request: ListRequest } {
    const where = [IS_LIVE];
    if (args.filter) where.push(combined<ModelVersionFilter>(args.filter, (filter) => this.conditions(filter)));
    const { joins, terms } = orderOf(args.orderBy ?? []);
    const source = { ...VERSIONS, from: join([VERSIONS.from, ...joins], ' ') };
    const order = terms.length > 0 ? terms : NEWEST_VERSION_FIRST;
    return { source, request: { where, order, page: readPageArgs(args) } };
  }

  private conditions(filter: ModelVersionFilter): Sql[] {
    const { dialect } = this.db;
    const conditions: Sql[] = [];
    if (filter.model) {
      const named = textCondition(dialect, sql`m.name`, filter.model);
      conditions.push(sql`v.modelPk IN (SELECT m.pk FROM models m WHERE m.live = 1 AND ${named})`);
    }
    if (isGiven(filter.stage)) conditions.push(dialect.inList(sql`v.stageName`, filter.stage));
    if (isGiven(filter.status)) conditions.push(dialect.inList(sql`v.status`, filter.status));
    if (filter.createdAt) conditions.push(rangeCondition(sql`v.createdAt`, filter.createdAt));
    if (filter.tag) {
      const { key, value } = filter.tag;
      const rows = sql`FROM version_tags t WHERE t.versionPk = v.pk AND t.key = ${key} AND t.holds = 1`;
      conditions.push(
        keyedCondition(filter.tag, rows, value ? textCondition(dialect, sql`t.value`, value) : undefined),
      );
    }
    if (filter.metric) conditions.push(latestMetricCondition(filter.metric));
    return conditions;
  }
}

/** A condition on the latest value of a metric of the run that made the version. */
function latestMetricCondition(filter: MetricFilter): Sql {
  const rows = sql`FROM metrics x WHERE x.runPk = v.runPk AND x.key = ${filter.key}`;
  const { eq, gt, gte, lt, lte } = filter;
  const compares = [eq, gt, gte, lt, lte].some(isGiven);
  return keyedCondition(filter, rows, compares ? metricCondition(sql`x.special`, sql`x.value`, filter) : undefined);
}

/** @throws Invalid where an order names not exactly one thing */
function orderOf(orderBy: readonly ModelVersionOrder[]): { joins: Sql[]; terms: OrderTerm[] } {
  const joins: Sql[] = [];
  const terms = orderBy.flatMap(({ field, metric, direction }, index): OrderTerm[] => {
    const [kind, value] = exactlyOne({ field, metric }, 'orderBy');
    if (kind === 'field') return [{ name: value, expression: ORDER[value], direction }];
    const alias = `metric${index}`;
    joins.push(joinMetric(alias, checkNotEmpty(value, 'orderBy.metric', 'key'), sql`v.runPk`));
    return byMetric(alias, value, direction);
  });
  return { joins, terms };
}
