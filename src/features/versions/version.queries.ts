// Reads of versions.

import { inOrderOf } from '../../core/batching.ts';
import type { Columns } from '../../core/needed-columns.ts';
import { type ForwardPageArgs, type Page, readPageArgs } from '../../core/pagination.ts';
import { exactlyOne } from '../../core/selector.ts';
import { checkNotEmpty } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import {
  combined,
  isBounded,
  isGiven,
  keyedCondition,
  metricCondition,
  metricSpan,
  necessary,
  ownersByText,
  rangeCondition,
  runsByMetric,
  textCondition,
} from '../../database/filters.ts';
import { type ListRequest, type ListSource, readPage, readPages } from '../../database/list.ts';
import { byMetric, type Order, type SortedBy, sorted } from '../../database/orders.ts';
import type { Candidates, Span } from '../../database/prepared-list.ts';
import { join, raw, type Sql, sql } from '../../database/sql.ts';
import type { MetricFilter } from '../filters/filter.types.ts';
import { TagHistory } from '../tags/tag.service.ts';
import type { Tag } from '../tags/tag.types.ts';
import { ModelVersion, NEWEST_VERSION_FIRST, VERSION_PARTS, VERSIONS, VersionTag } from './version.entity.ts';
import { referenceCondition, type VersionReference } from './version.reference.ts';
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

/** Versions that are wanted of models. */
export interface ReferencedVersions {
  readonly reference: VersionReference;
  /** Which columns of them. */
  readonly of: Columns;
  readonly modelPks: readonly number[];
}

/** Those that are found among the versions themselves. */
type DirectlyReferenced = ReferencedVersions & { readonly reference: Exclude<VersionReference, { alias: string }> };

function isDirect(wanted: ReferencedVersions): wanted is DirectlyReferenced {
  return !('alias' in wanted.reference);
}

export class VersionQueries {
  constructor(private readonly db: Database) {}

  /** Versions by row number, tombstones included. */
  async byPks(pks: readonly number[]): Promise<ModelVersion[]> {
    const rows = await this.db.read<ModelVersion>(
      sql`SELECT v.* FROM model_versions v WHERE ${this.db.dialect.inList(sql`v.pk`, pks)}`,
    );
    return rows.map(ModelVersion.from);
  }

  /**
   * The live versions that references pick, of each model; where several match one, that with the highest number. What
   * is not named by an alias is read in one statement for all references to the same models.
   */
  async byReferences(wanted: readonly ReferencedVersions[]): Promise<(readonly (ModelVersion | undefined)[])[]> {
    const found = new Map<ReferencedVersions, readonly (ModelVersion | undefined)[]>();
    const work = wanted.map(async (one) => {
      if ('alias' in one.reference) found.set(one, await this.byAlias(one.reference.alias, one));
    });
    const direct = wanted.filter(isDirect);
    for (const together of Map.groupBy(direct, ({ modelPks }) => modelPks.join()).values()) {
      work.push(this.pickedTogether(together, found));
    }
    await Promise.all(work);
    return wanted.map((one) => found.get(one) ?? []);
  }

  /** What references pick of the same models, with the columns that any of them wants. */
  private async pickedTogether(
    wanted: readonly DirectlyReferenced[],
    found: Map<ReferencedVersions, readonly (ModelVersion | undefined)[]>,
  ): Promise<void> {
    const [{ modelPks } = { modelPks: [] }] = wanted;
    const of = wanted.map((one) => one.of);
    const all = of.flatMap((columns) => columns ?? []);
    const { columns, hydrate } = VERSION_PARTS.of(of.includes(null) ? null : [...new Set(['modelPk', ...all])].sort());
    const { nestedJoin, inList } = this.db.dialect;
    const selects = wanted.map(({ reference }, index) => {
      const picked = sql`SELECT v.pk FROM model_versions v WHERE v.modelPk = m.pk AND ${IS_LIVE} AND ${referenceCondition(reference)} ORDER BY v.number DESC LIMIT 1`;
      return sql`SELECT ${raw(String(index))} AS reference, ${columns} FROM models m ${nestedJoin} model_versions v ON v.pk = (${picked}) WHERE ${inList(sql`m.pk`, modelPks)}`;
    });
    const rows = await this.db.read<ModelVersion & { reference: number }>(join(selects, ' UNION ALL '));
    const byReference = Map.groupBy(rows, (row) => row.reference);
    wanted.forEach((one, index) => {
      const versions = (byReference.get(index) ?? []).map(hydrate);
      found.set(
        one,
        inOrderOf(modelPks, versions, (version) => version.modelPk),
      );
    });
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

  private async byAlias(
    alias: string,
    { of, modelPks }: ReferencedVersions,
  ): Promise<readonly (ModelVersion | undefined)[]> {
    const { columns, hydrate } = VERSION_PARTS.of(of && [...new Set(['modelPk', ...of])].sort());
    const rows = await this.db.read<ModelVersion>(
      sql`SELECT ${columns} FROM model_aliases a JOIN model_versions v ON v.pk = a.versionPk WHERE ${this.db.dialect.inList(sql`a.modelPk`, modelPks)} AND a.alias = ${alias} AND a.holds = 1`,
    );
    return inOrderOf(modelPks, rows.map(hydrate), (version) => version.modelPk);
  }

  private listOf({ filter, orderBy, ...page }: VersionListArgs): {
    source: ListSource<ModelVersion>;
    request: ListRequest;
  } {
    const where = [IS_LIVE];
    if (filter) where.push(combined<ModelVersionFilter>(filter, (part) => this.conditions(part)));
    const { order, joins, ranking } = orderOf(orderBy ?? []);
    const key = orderBy?.[0]?.metric;
    return {
      source: { ...VERSIONS, joins },
      request: {
        where,
        order: order.length > 0 ? order : NEWEST_VERSION_FIRST,
        page: readPageArgs(page),
        candidates: filter ? this.candidates(filter) : [],
        ranking: ranking && { ...ranking, span: filter && key ? spanOf(filter, key) : undefined },
      },
    };
  }

  /** What the filter names through indexes of their own, so that it need not be looked for in all versions. */
  private candidates(filter: ModelVersionFilter): Candidates[] {
    const { dialect } = this.db;
    return necessary(filter).flatMap(({ stage, status, tag, metric }) => {
      const versions = [
        ...(stage
          ? [sql`SELECT x.pk AS owner FROM model_versions x WHERE ${dialect.inList(sql`x.stageName`, stage)}`]
          : []),
        ...(status
          ? [sql`SELECT x.pk AS owner FROM model_versions x WHERE ${dialect.inList(sql`x.status`, status)}`]
          : []),
        ...(tag ? ownersByText(dialect, TAGS, tag) : []),
      ];
      return [
        ...versions.map((rows) => ({ rows, column: sql`v.pk` })),
        ...(metric ? runsByMetric(metric).map((rows) => ({ rows, column: sql`v.runPk` })) : []),
      ];
    });
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
  const rows = sql`FROM metrics m WHERE m.runPk = v.runPk AND m.key = ${filter.key}`;
  return keyedCondition(
    filter,
    rows,
    isBounded(filter) ? metricCondition(sql`m.special`, sql`m.value`, filter) : undefined,
  );
}

/** The values of a metric that the filter leaves; undefined where it leaves versions without one. */
function spanOf(filter: ModelVersionFilter, key: string): Span | undefined {
  const metrics = necessary(filter).map(({ metric }) => metric);
  return metricSpan(metrics.filter(isGiven), key);
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
