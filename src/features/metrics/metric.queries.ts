// Reads of metrics and their points.

import { groupsInOrderOf } from '../../core/batching.ts';
import type { Columns } from '../../core/needed-columns.ts';
import { type Page, readPageArgs } from '../../core/pagination.ts';
import type { Database } from '../../database/database.ts';
import { isGiven } from '../../database/filters.ts';
import { type ListSource, readPages } from '../../database/list.ts';
import { EntityParts } from '../../database/parts.ts';
import { beyond } from '../../database/prepared-list.ts';
import { and, join, type Sql, sql } from '../../database/sql.ts';
import { MetricRow } from './metric.entity.ts';
import { type HistoryArgs, METRIC_COLUMNS, Metric } from './metric.types.ts';
import type { StoredPoint } from './point-order.ts';
import { Sampler, type SeriesSize } from './sampling.ts';

/** Points of metrics between two steps; null is no bound. */
export interface StepRange {
  readonly fromStep?: number | null;
  readonly toStep?: number | null;
}

/** A stored point, with the metric it belongs to. */
export interface PointOfMetric extends StoredPoint {
  readonly metricPk: number;
}

const POINT = sql`p.metricPk, p.step, p.at, p.special, p.value`;
/** The order of points, and what tells those of one metric apart. */
const PLACE = [sql`p.step`, sql`p.at`, sql`p.special`, sql`p.value`];
const OLDEST_FIRST = PLACE.map((expression) => ({ expression, direction: 'ASC' as const }));

const HISTORY: ListSource<PointOfMetric> = {
  name: 'history',
  columns: POINT,
  from: sql`metric_points p`,
  key: PLACE,
  hydrate: (row) => row as PointOfMetric,
};

const PARTS = new EntityParts(MetricRow, 'm');

/** Points read at once: what a sample holds in memory beside itself, and how long it keeps others waiting. */
const POINTS_PER_READ = 20_000;

export class MetricQueries {
  constructor(private readonly db: Database) {}

  /** The metrics of each run, A–Z by key. @param keys only these, or null for all @param of which of their columns */
  async ofRuns(runPks: readonly number[], keys: readonly string[] | null, of: Columns): Promise<Metric[][]> {
    const { columns, hydrate } = PARTS.of(['runPk', ...(of ?? METRIC_COLUMNS)]);
    const { inList } = this.db.dialect;
    const where = [inList(sql`m.runPk`, runPks)];
    if (keys) where.push(inList(sql`m.key`, keys));
    const rows = await this.db.read<MetricRow>(
      sql`SELECT ${columns} FROM metrics m WHERE ${and(where)} ORDER BY m.runPk, m.key`,
    );
    return groupsInOrderOf(
      runPks,
      rows,
      (row) => row.runPk,
      (row) => new Metric(hydrate(row)),
    );
  }

  /** A page of the points of each metric, oldest first. */
  async history(metricPks: readonly number[], args: HistoryArgs): Promise<Page<PointOfMetric>[]> {
    const request = { where: inRange(args), order: [], page: readPageArgs({ first: args.first, after: args.after }) };
    return readPages(this.db, HISTORY, sql`p.metricPk`, request, metricPks);
  }

  /**
   * At most so many points of each metric that keep its shape; see {@link Sampler}. However many points there are,
   * only a part of them is in memory at a time.
   */
  async sampled(metricPks: readonly number[], maxPoints: number, range: StepRange): Promise<StoredPoint[][]> {
    const sizes = await this.sizes(metricPks, range);
    const samplers = new Map([...sizes].map(([pk, size]) => [pk, new Sampler(size, maxPoints)]));
    for (const together of readTogether(sizes)) {
      for await (const points of this.read(together, range)) {
        for (const point of points) samplers.get(point.metricPk)?.add(point);
      }
    }
    return metricPks.map((pk) => samplers.get(pk)?.points() ?? []);
  }

  private async sizes(metricPks: readonly number[], range: StepRange): Promise<Map<number, SeriesSize>> {
    const rows = await this.db.read<{ metricPk: number; total: number; specials: number | string }>(
      sql`SELECT p.metricPk AS metricPk, COUNT(*) AS total, SUM(CASE WHEN p.special = 0 THEN 0 ELSE 1 END) AS specials FROM metric_points p WHERE ${this.of(metricPks, range)} GROUP BY p.metricPk`,
    );
    return new Map(rows.map((row) => [row.metricPk, { total: row.total, specials: Number(row.specials) }]));
  }

  /** All points of metrics, in order, part by part. */
  private async *read(metricPks: readonly number[], range: StepRange): AsyncGenerator<PointOfMetric[]> {
    const order = join([sql`p.metricPk`, ...PLACE], ', ');
    // Several are so small that one statement takes them whole, while a large one is read by keyset.
    const [alone] = metricPks.length === 1 ? metricPks : [];
    const ofThem = this.of(metricPks, range);
    let where = ofThem;
    for (;;) {
      const limit = alone === undefined ? sql`` : sql` LIMIT ${POINTS_PER_READ}`;
      const points = await this.db.read<PointOfMetric>(
        sql`SELECT ${POINT} FROM metric_points p WHERE ${where} ORDER BY ${order}${limit}`,
      );
      yield points;
      const last = points.at(-1);
      if (alone === undefined || !last || points.length < POINTS_PER_READ) return;
      const place = [last.step, last.at, last.special, last.value];
      where = and([ofThem, beyond(this.db.dialect, OLDEST_FIRST, place, false)]);
      // SQLite answers without ever waiting: others are let in between two parts.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private of(metricPks: readonly number[], range: StepRange): Sql {
    const [alone] = metricPks;
    const isOneOfThem =
      metricPks.length === 1 && alone !== undefined
        ? sql`p.metricPk = ${alone}`
        : this.db.dialect.inList(sql`p.metricPk`, metricPks);
    return and([isOneOfThem, ...inRange(range)]);
  }
}

function inRange({ fromStep, toStep }: StepRange): Sql[] {
  const conditions: Sql[] = [];
  if (isGiven(fromStep)) conditions.push(sql`p.step >= ${fromStep}`);
  if (isGiven(toStep)) conditions.push(sql`p.step <= ${toStep}`);
  return conditions;
}

/** Metrics in groups that one read can take. */
function readTogether(sizes: ReadonlyMap<number, SeriesSize>): number[][] {
  const groups: number[][] = [];
  let room = 0;
  for (const [pk, { total }] of sizes) {
    if (total > room || groups.length === 0) {
      groups.push([]);
      room = POINTS_PER_READ;
    }
    groups.at(-1)?.push(pk);
    room -= total;
  }
  return groups;
}
