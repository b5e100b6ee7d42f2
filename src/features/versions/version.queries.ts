// Reads of versions.

import type { Columns } from '../../core/needed-columns.ts';
import { type ForwardPageArgs, type Page, readPageArgs } from '../../core/pagination.ts';
import { exactlyOne } from '../../core/selector.ts';
import { checkNotEmpty } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import type { Dialect } from '../../database/dialect.ts';
import {
  combined,
  isGiven,
  keyedCondition,
  latestMetricCondition,
  metricSpan,
  necessary,
  ownersByText,
  rangeCondition,
  runsByMetric,
  type TextCondition,
  textCondition,
} from '../../database/filters.ts';
import { type ListRequest, type ListSource, readPage, readPages } from '../../database/list.ts';
import { byMetric, type Order, type SortedBy, sorted } from '../../database/orders.ts';
import type { Candidates, Known } from '../../database/prepared-list.ts';
import { type Sql, sql } from '../../database/sql.ts';
import { TagHistory } from '../tags/tag.service.ts';
import type { Tag } from '../tags/tag.types.ts';
import { type ReferencedVersions, readReferenced } from './referenced-versions.ts';
import { ModelVersion, NEWEST_VERSION_FIRST, VERSION_PARTS, VERSIONS, VersionTag } from './version.entity.ts';
import {
  type ModelVersionFilter,
  type ModelVersionOrder,
  ModelVersionOrderField,
  type VersionListArgs,
} from './version.types.ts';

export const versionTags = new TagHistory(VersionTag, 'version_tags', 'versionPk');

const TAGS = { table: 'version_tags', owner: 'versionPk', where: sql`x.holds = 1` };
const IS_LIVE = sql`v.deletedAt IS NULL`;

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

  /** The live version of each model that each reference picks. */
  async byReferences(wanted: readonly ReferencedVersions[]): Promise<(readonly (ModelVersion | undefined)[])[]> {
    return readReferenced(this.db, wanted);
  }

  /** @param of which columns of them */
  async list(args: VersionListArgs, of: Columns): Promise<Page<ModelVersion>> {
    const { source, request } = this.listOf(args);
    return readPage(this.db, { ...source, ...VERSION_PARTS.of(of) }, request);
  }

  /** The same page of each model's versions. @param of which columns of them */
  async ofModels(args: VersionListArgs, of: Columns, modelPks: readonly number[]): Promise<Page<ModelVersion>[]> {
    const { source, request } = this.listOf(args);
    return readPages(this.db, { ...source, ...VERSION_PARTS.of(of) }, sql`v.modelPk`, request, modelPks);
  }

  /** The same page of the versions that each run made. @param of which columns of them */
  async ofRuns(args: ForwardPageArgs, of: Columns, runPks: readonly number[]): Promise<Page<ModelVersion>[]> {
    const request = { where: [IS_LIVE], order: NEWEST_VERSION_FIRST, page: readPageArgs(args) };
    return readPages(this.db, { ...VERSIONS, ...VERSION_PARTS.of(of) }, sql`v.runPk`, request, runPks);
  }

  /** The tags of each version, now or at an instant. */
  async tags(pks: readonly number[], at: number | null): Promise<Tag[][]> {
    return versionTags.of(this.db, pks, at);
  }

  private listOf({ filter, orderBy, ...page }: VersionListArgs): {
    source: ListSource<ModelVersion>;
    request: ListRequest;
  } {
    const where = (known: Known) => [
      IS_LIVE,
      ...(filter ? [combined<ModelVersionFilter>(filter, (part) => this.conditions(part, known))] : []),
    ];
    const { order, joins, ranking } = orderOf(orderBy ?? []);
    return {
      source: { ...VERSIONS, joins },
      request: {
        where,
        order: order.length > 0 ? order : NEWEST_VERSION_FIRST,
        page: readPageArgs(page),
        candidates: filter ? this.candidates(filter) : [],
        ranking,
        span: metricSpan(filter, orderBy?.[0]?.metric),
      },
    };
  }

  /** What the filter names through indexes of their own, so that it need not be looked for in all versions. */
  private candidates(filter: ModelVersionFilter): Candidates[] {
    const { dialect } = this.db;
    return necessary(filter).flatMap(({ model, stage, status, tag, metric }) => {
      const versions = [
        ...(stage
          ? [sql`SELECT x.pk AS owner FROM model_versions x WHERE ${dialect.inList(sql`x.stageName`, stage)}`]
          : []),
        ...(status
          ? [sql`SELECT x.pk AS owner FROM model_versions x WHERE ${dialect.inList(sql`x.status`, status)}`]
          : []),
        ...(tag ? ownersByText(dialect, TAGS, tag) : []),
        ...(model ? [versionsOfModels(dialect, model)] : []),
      ];
      return [
        ...versions.map((rows) => ({ rows, column: sql`v.pk` })),
        ...(metric ? runsByMetric(metric).map((rows) => ({ rows, column: sql`v.runPk` })) : []),
      ];
    });
  }

  private conditions(filter: ModelVersionFilter, { key: pk = sql`v.pk`, metric }: Known): Sql[] {
    const { dialect } = this.db;
    const conditions: Sql[] = [];
    if (filter.model) {
      const named = textCondition(dialect, sql`m.name`, filter.model);
      // Not IN: MariaDB would begin with the models, and leave the index that holds the list's order.
      conditions.push(
        sql`(SELECT CASE WHEN m.live = 1 AND ${named} THEN 1 END FROM models m WHERE m.pk = v.modelPk) = 1`,
      );
    }
    if (isGiven(filter.stage)) conditions.push(dialect.inList(sql`v.stageName`, filter.stage));
    if (isGiven(filter.status)) conditions.push(dialect.inList(sql`v.status`, filter.status));
    if (filter.createdAt) conditions.push(rangeCondition(sql`v.createdAt`, filter.createdAt));
    if (filter.tag) {
      const { key, value } = filter.tag;
      const rows = sql`FROM version_tags t WHERE t.versionPk = ${pk} AND t.key = ${key} AND t.holds = 1`;
      conditions.push(
        keyedCondition(filter.tag, rows, value ? textCondition(dialect, sql`t.value`, value) : undefined),
      );
    }
    if (filter.metric) conditions.push(latestMetricCondition(filter.metric, sql`v.runPk`, metric));
    return conditions;
  }
}

/** Whatever the condition is: models are far fewer than versions. */
function versionsOfModels(dialect: Dialect, filter: TextCondition): Sql {
  const isNamed = textCondition(dialect, sql`f.name`, filter);
  return sql`SELECT x.pk AS owner FROM models f ${dialect.nestedJoin} model_versions x ON x.modelPk = f.pk WHERE f.live = 1 AND ${isNamed}`;
}

/** @throws Invalid where an order names not exactly one thing */
function orderOf(orderBy: readonly ModelVersionOrder[]): SortedBy {
  const orders = orderBy.map(({ field, metric, direction }, index): Order => {
    const [kind, value] = exactlyOne({ field, metric }, 'orderBy');
    if (kind === 'field') return { terms: [{ name: value, expression: ORDER[value], direction }] };
    return byMetric(`metric${index}`, checkNotEmpty(value, 'orderBy.metric', 'key'), sql`v.runPk`, direction);
  });
  return sorted(orders);
}
