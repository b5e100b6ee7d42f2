// Writes points of one or of many runs: a few statements, however many points, and no value read to be written back.

import type { Dialect } from '../../database/dialect.ts';
import { SPECIAL } from '../../database/filters.ts';
import { raw, type Sql, sql } from '../../database/sql.ts';
import type { Row, Transaction } from '../../database/transaction.ts';
import { MetricPointRow, MetricRow } from './metric.entity.ts';
import { comparePoints, recencyOf, type StoredPoint } from './point-order.ts';

/** A checked point of a run. */
export interface NewPoint extends StoredPoint {
  readonly runPk: number;
  readonly key: string;
}

/** What became of points that were written. */
export interface PointsWritten {
  /** Points that were not there before. */
  readonly added: number;
  /** The points that were not there before, where they were asked for. */
  readonly newPoints: readonly NewPoint[];
}

interface WriteOptions {
  readonly isNewWanted?: boolean;
  /** Called once metrics that had no point before are there: one statement, and an error where they are too many. */
  readonly checkMetrics?: () => Promise<void>;
}

/** The points of one metric that are to be written, each once, oldest first. */
export interface Series {
  readonly runPk: number;
  readonly key: string;
  readonly points: readonly StoredPoint[];
  /** The metric's row number, once it is known. */
  pk?: number;
  /** The latest point that it had before. */
  latest?: StoredPoint;
}

/** Runs whose metrics are looked up in one statement. */
const RUNS_PER_LOOKUP = 2_000;

/**
 * Writes points in a transaction that holds their runs, or is the only one that knows them. Points that are there
 * already change nothing. For imports: a call takes tens of thousands of points of any number of runs at once.
 */
export async function writePoints(tx: Transaction, points: readonly NewPoint[]): Promise<PointsWritten> {
  return writeSeries(tx, await findSeries(tx, points));
}

/** Points by their metrics, and what there is of these: one statement for one run. For {@link writeSeries}. */
export async function findSeries(tx: Transaction, points: readonly NewPoint[]): Promise<readonly Series[]> {
  const all = seriesOf(points);
  await findMetrics(tx, all);
  return all;
}

/** As {@link writePoints}, of what was found since the transaction holds the runs. */
export async function writeSeries(
  tx: Transaction,
  all: readonly Series[],
  { isNewWanted = false, checkMetrics }: WriteOptions = {},
): Promise<PointsWritten> {
  const known = all.filter((series) => series.pk !== undefined);
  const fresh = all.filter((series) => series.pk === undefined);
  const newPoints = isNewWanted ? await findNew(tx, all) : [];
  if (fresh.length > 0) {
    tx.deferInsert(MetricRow, fresh.map(newMetricRow), OF_THE_EXPERIMENT);
    await Promise.all([findMetrics(tx, fresh), checkMetrics?.()]);
  }
  const given = all.reduce((count, series) => count + series.points.length, 0);
  if (known.length === 0) {
    // Of a new metric, all points are new.
    tx.deferInsert(MetricPointRow, pointRows(all), { ignoreExisting: true });
    return { added: given, newPoints };
  }
  const { affected: added } = await tx.insert(MetricPointRow, pointRows(all), { ignoreExisting: true });
  bringUpToDate(tx, known, added < given);
  return { added, newPoints };
}

function seriesOf(points: readonly NewPoint[]): Series[] {
  const byRun = new Map<number, Map<string, NewPoint[]>>();
  for (const point of points) {
    let byKey = byRun.get(point.runPk);
    if (!byKey) {
      byKey = new Map();
      byRun.set(point.runPk, byKey);
    }
    const series = byKey.get(point.key);
    if (series) series.push(point);
    else byKey.set(point.key, [point]);
  }
  const all: Series[] = [];
  for (const [runPk, byKey] of byRun) {
    for (const [key, given] of byKey) all.push({ runPk, key, points: eachOnce(given) });
  }
  return all;
}

/** In order and without repetitions; points mostly come so. */
function eachOnce(points: NewPoint[]): NewPoint[] {
  const isDone = points.every((point, index) => index === 0 || comparePoints(points[index - 1] as NewPoint, point) < 0);
  if (isDone) return points;
  points.sort(comparePoints);
  return points.filter((point, index) => index === 0 || comparePoints(points[index - 1] as NewPoint, point) !== 0);
}

async function findMetrics(tx: Transaction, all: readonly Series[]): Promise<void> {
  const byRun = Map.groupBy(all, (series) => series.runPk);
  const runPks = [...byRun.keys()];
  for (let start = 0; start < runPks.length; start += RUNS_PER_LOOKUP) {
    const some = runPks.slice(start, start + RUNS_PER_LOOKUP);
    const sought = some.flatMap((runPk) => byRun.get(runPk) ?? []);
    const keys = [...new Set(sought.map((series) => series.key))];
    const { inList } = tx.dialect;
    const rows = await tx.query<StoredPoint & { pk: number; runPk: number; key: string }>(
      sql`SELECT m.pk, m.runPk, m.key, m.step, m.at, m.special, m.value FROM metrics m WHERE ${inList(sql`m.runPk`, some)} AND ${inList(sql`m.key`, keys)}`,
    );
    const found = new Map<number, Map<string, (typeof rows)[number]>>(some.map((runPk) => [runPk, new Map()]));
    for (const row of rows) found.get(row.runPk)?.set(row.key, row);
    for (const series of sought) {
      const row = found.get(series.runPk)?.get(series.key);
      if (!row) continue;
      series.pk = row.pk;
      series.latest = row;
    }
  }
}

/**
 * The points that are not there yet. Whatever is later than the latest of its metric is new; only what is not is looked
 * up, so that those who log forward pay nothing for it.
 */
async function findNew(tx: Transaction, all: readonly Series[]): Promise<NewPoint[]> {
  const stored = new Set<string>();
  const isOlder =
    ({ latest }: Series) =>
    (point: StoredPoint) =>
      latest && comparePoints(point, latest) <= 0;
  for (const series of all) {
    const older = series.points.filter(isOlder(series));
    if (older.length === 0) continue;
    const [steps, times] = [older.map(({ step }) => step), older.map(({ at }) => at)];
    const rows = await tx.query<StoredPoint>(
      sql`SELECT p.step, p.at, p.special, p.value FROM metric_points p WHERE p.metricPk = ${series.pk as number} AND ${tx.dialect.inList(sql`p.step`, [...new Set(steps)])} AND p.at >= ${Math.min(...times)} AND p.at <= ${Math.max(...times)}`,
    );
    for (const row of rows) stored.add(identityOf(series.pk, row));
  }
  return all.flatMap(({ runPk, key, pk, points }) =>
    points
      .filter((point) => stored.size === 0 || !stored.has(identityOf(pk, point)))
      .map(({ step, at, special, value }) => ({ runPk, key, step, at, special, value })),
  );
}

function identityOf(metricPk: number | undefined, { step, at, special, value }: StoredPoint): string {
  return [metricPk, step, at, special, value].join(' ');
}

/** A metric is in the experiment of its run. */
const OF_THE_EXPERIMENT = {
  computed: { experimentPk: sql`(SELECT r.experimentPk FROM runs r WHERE r.pk = ?)` },
};

function newMetricRow(series: Series): Row {
  return { ...metricRow(series), experimentPk: series.runPk };
}

/** What the points of a series alone make of their metric. */
function metricRow({ runPk, key, points }: Series): Row {
  const latest = points.at(-1) as StoredPoint;
  let minValue: number | null = null;
  let maxValue: number | null = null;
  for (const { special, value } of points) {
    if (special !== SPECIAL.finite) continue;
    if (minValue === null || value < minValue) minValue = value;
    if (maxValue === null || value > maxValue) maxValue = value;
  }
  const { step, at, special, value } = latest;
  const recency = recencyOf(latest);
  return { runPk, key, step, at, special, value, recency, minValue, maxValue, count: points.length };
}

function pointRows(all: readonly Series[]): Row[] {
  const rows: Row[] = [];
  for (const { pk, points } of all) {
    for (const { step, at, special, value } of points) rows.push({ metricPk: pk, step, at, special, value });
  }
  return rows;
}

/** Merges points into metrics that had some before. */
function bringUpToDate(tx: Transaction, known: readonly Series[], isRepeated: boolean): void {
  // With its row number given, a row takes no new one from MySQL's counter only to be merged into the one that is there.
  const rows = known.map((series) => ({ pk: series.pk, ...metricRow(series), ...(isRepeated && { count: 0 }) }));
  tx.deferInsert(MetricRow, rows, { onConflict: merge(tx.dialect) });
  if (!isRepeated) return;
  const isOneOfThem = tx.dialect.inList(
    raw('metrics.pk'),
    known.map((series) => series.pk as number),
  );
  tx.defer(
    sql`UPDATE metrics SET count = (SELECT COUNT(*) FROM metric_points p WHERE p.metricPk = metrics.pk) WHERE ${isOneOfThem}`,
  );
}

function merge(dialect: Dialect): Sql {
  const isLater = sql`${dialect.incoming('recency')} > metrics.recency`;
  const ofTheLater = (incoming: Sql, column: Sql) => sql`CASE WHEN ${isLater} THEN ${incoming} ELSE ${column} END`;
  // Both databases give NULL for the extreme of NULL and a number.
  const extreme = (of: Dialect['least']) => (incoming: Sql, column: Sql) =>
    of(sql`COALESCE(${incoming}, ${column})`, sql`COALESCE(${column}, ${incoming})`);
  return dialect.onConflict(
    ['pk'],
    {
      step: ofTheLater,
      at: ofTheLater,
      special: ofTheLater,
      value: ofTheLater,
      minValue: extreme(dialect.least),
      maxValue: extreme(dialect.greatest),
      count: (incoming, column) => sql`${column} + ${incoming}`,
      // Last, since the others compare with it and MySQL assigns from left to right.
      recency: ofTheLater,
    },
    'metrics',
  );
}
