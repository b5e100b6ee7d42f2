// What the filter of runs means in SQL, over `runs r`.

import type { Dialect } from '../../database/dialect.ts';
import {
  combined,
  isBounded,
  isGiven,
  keyedCondition,
  metricCondition,
  metricSpan,
  necessary,
  ownersByOwnText,
  ownersByText,
  rangeCondition,
  runsByMetric,
  textCondition,
} from '../../database/filters.ts';
import type { Candidates, Span } from '../../database/prepared-list.ts';
import { type Sql, sql } from '../../database/sql.ts';
import type { MetricFilter, ParamFilter, TagFilter } from '../filters/filter.types.ts';
import type { RunFilter } from './run.types.ts';

/** The whole filter as one condition. @throws Invalid where it nests too deep */
export function runCondition(dialect: Dialect, filter: RunFilter): Sql {
  return combined(filter, (part) => conditions(dialect, part));
}

const TAGS = { table: 'run_tags', owner: 'runPk' };
const PARAMS = { table: 'params', owner: 'runPk' };

/** What the filter names through indexes of their own, so that it need not be looked for in all runs. */
export function runCandidates(dialect: Dialect, filter: RunFilter): Candidates[] {
  const rows = necessary(filter).flatMap((part) => [
    ...ownersByOwnText(dialect, 'runs', 'name', part.name),
    ...(part.status ? [sql`SELECT x.pk AS owner FROM runs x WHERE ${dialect.inList(sql`x.status`, part.status)}`] : []),
    ...(part.tag ? ownersByText(dialect, TAGS, part.tag) : []),
    ...(part.param ? ownersByText(dialect, PARAMS, part.param) : []),
    ...(part.metric ? runsByMetric(part.metric) : []),
    ...ownersByOwnText(dialect, 'datasets', 'name', part.dataset).map(
      (datasets) =>
        sql`SELECT DISTINCT i.runPk AS owner FROM (${datasets}) d ${dialect.nestedJoin} run_inputs i ON i.kind = 'DATASET' AND i.inputPk = d.owner`,
    ),
  ]);
  return rows.map((found) => ({ rows: found, column: sql`r.pk` }));
}

/** The values of a metric that the filter leaves; undefined where it leaves runs without one. */
export function spanOf(filter: RunFilter, key: string): Span | undefined {
  const metrics = necessary(filter).map(({ metric }) => metric);
  return metricSpan(metrics.filter(isGiven), key);
}

function conditions(dialect: Dialect, filter: RunFilter): Sql[] {
  const all: Sql[] = [];
  if (filter.name) all.push(textCondition(dialect, sql`r.name`, filter.name));
  if (isGiven(filter.status)) all.push(dialect.inList(sql`r.status`, filter.status));
  if (filter.startedAt) all.push(rangeCondition(sql`r.startedAt`, filter.startedAt));
  if (filter.endedAt) all.push(rangeCondition(sql`r.endedAt`, filter.endedAt));
  if (filter.experiment) {
    const isNamed = textCondition(dialect, sql`e.name`, filter.experiment);
    // Not correlated, so that the few experiments are found first and their runs through the index.
    all.push(sql`r.experimentPk IN (SELECT e.pk FROM experiments e WHERE ${isNamed})`);
  }
  if (filter.tag) all.push(tagCondition(dialect, filter.tag));
  if (filter.param) all.push(paramCondition(dialect, filter.param));
  if (filter.metric) all.push(latestMetricCondition(filter.metric));
  if (filter.dataset) {
    const isNamed = textCondition(dialect, sql`d.name`, filter.dataset);
    all.push(
      sql`EXISTS (SELECT 1 FROM run_inputs i JOIN datasets d ON d.pk = i.inputPk WHERE i.runPk = r.pk AND i.kind = 'DATASET' AND ${isNamed})`,
    );
  }
  return all;
}

function tagCondition(dialect: Dialect, filter: TagFilter): Sql {
  const rows = sql`FROM run_tags t WHERE t.runPk = r.pk AND t.key = ${filter.key}`;
  return keyedCondition(filter, rows, filter.value ? textCondition(dialect, sql`t.value`, filter.value) : undefined);
}

function paramCondition(dialect: Dialect, filter: ParamFilter): Sql {
  const rows = sql`FROM params p WHERE p.runPk = r.pk AND p.key = ${filter.key}`;
  return keyedCondition(filter, rows, filter.value ? textCondition(dialect, sql`p.value`, filter.value) : undefined);
}

function latestMetricCondition(filter: MetricFilter): Sql {
  const rows = sql`FROM metrics m WHERE m.runPk = r.pk AND m.key = ${filter.key}`;
  return keyedCondition(
    filter,
    rows,
    isBounded(filter) ? metricCondition(sql`m.special`, sql`m.value`, filter) : undefined,
  );
}
