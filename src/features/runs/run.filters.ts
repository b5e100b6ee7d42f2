// What the filter of runs means in SQL, over `runs r`.

import type { Dialect } from '../../database/dialect.ts';
import {
  combined,
  isGiven,
  keyedCondition,
  latestMetricCondition,
  necessary,
  ownersByOwnText,
  ownersByText,
  rangeCondition,
  runsByMetric,
  type TextCondition,
  textCondition,
} from '../../database/filters.ts';
import type { Order } from '../../database/orders.ts';
import type { Candidates, Known } from '../../database/prepared-list.ts';
import { type Sql, sql } from '../../database/sql.ts';
import type { ParamFilter, TagFilter } from '../filters/filter.types.ts';
import type { RunFilter } from './run.types.ts';

/**
 * The whole filter as one condition.
 * @param known what a statement has of a run beside its own row
 * @param settled the filter, or a part of it, whose condition on the experiment is known to hold
 * @throws Invalid where it nests too deep
 */
export function runCondition(dialect: Dialect, filter: RunFilter, known: Known, settled?: RunFilter): Sql {
  return combined(filter, (part) =>
    conditions(dialect, part === settled ? { ...part, experiment: null } : part, known),
  );
}

const TAGS = { table: 'run_tags', owner: 'runPk' };
const PARAMS = { table: 'params', owner: 'runPk' };

/**
 * What the filter names through indexes of their own, so that it need not be looked for in all runs.
 * @param also what is a condition beside the filter
 * @param rankingWithin of the list's first order, where there is one
 */
export function runCandidates(
  dialect: Dialect,
  filter: RunFilter,
  also: Sql,
  rankingWithin: Order['rankingWithin'],
): Candidates[] {
  const parts = necessary(filter);
  const rows = parts.flatMap((part) => [
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
  const column = sql`r.pk`;
  return [
    ...rows.map((found) => ({ rows: found, column })),
    ...parts.flatMap((part) => {
      if (!part.experiment) return [];
      const rest = (known: Known) => [also, runCondition(dialect, filter, known, part)];
      const only = theExperiment(part.experiment);
      const ranking = only && rankingWithin?.(only);
      return [{ rows: runsOfExperiments(dialect, part.experiment), column, rest, ranking }];
    }),
  ];
}

/** Whatever the condition is: experiments are far fewer than runs. */
function runsOfExperiments(dialect: Dialect, filter: TextCondition): Sql {
  const isNamed = textCondition(dialect, sql`f.name`, filter);
  return sql`SELECT x.pk AS owner FROM experiments f ${dialect.nestedJoin} runs x ON x.experimentPk = f.pk WHERE ${isNamed}`;
}

/** The experiment that is named, of those that are not deleted; undefined where the condition is another than that. */
function theExperiment({ eq, ignoreCase, ...others }: TextCondition): Sql | undefined {
  if (!isGiven(eq) || ignoreCase || Object.values(others).some(isGiven)) return undefined;
  return sql`(SELECT f.pk FROM experiments f WHERE f.name = ${eq} AND f.live = 1)`;
}

/** The runs of one experiment. */
export function runsOf(experiment: number, rankingWithin: Order['rankingWithin']): Candidates {
  const rows = sql`SELECT x.pk AS owner FROM runs x WHERE x.experimentPk = ${experiment}`;
  return { rows, column: sql`r.pk`, ranking: rankingWithin?.(sql`${experiment}`) };
}

function conditions(dialect: Dialect, filter: RunFilter, { key: pk = sql`r.pk`, metric }: Known): Sql[] {
  const all: Sql[] = [];
  if (filter.name) all.push(textCondition(dialect, sql`r.name`, filter.name));
  if (isGiven(filter.status)) all.push(dialect.inList(sql`r.status`, filter.status));
  if (filter.startedAt) all.push(rangeCondition(sql`r.startedAt`, filter.startedAt));
  if (filter.endedAt) all.push(rangeCondition(sql`r.endedAt`, filter.endedAt));
  if (filter.experiment) {
    const isNamed = textCondition(dialect, sql`e.name`, filter.experiment);
    // Not IN: MariaDB would begin with the experiments, and leave the index that holds the list's order.
    all.push(sql`(SELECT CASE WHEN ${isNamed} THEN 1 END FROM experiments e WHERE e.pk = r.experimentPk) = 1`);
  }
  if (filter.tag) all.push(tagCondition(dialect, filter.tag, pk));
  if (filter.param) all.push(paramCondition(dialect, filter.param, pk));
  if (filter.metric) all.push(latestMetricCondition(filter.metric, pk, metric));
  if (filter.dataset) {
    const isNamed = textCondition(dialect, sql`d.name`, filter.dataset);
    all.push(
      sql`EXISTS (SELECT 1 FROM run_inputs i JOIN datasets d ON d.pk = i.inputPk WHERE i.runPk = ${pk} AND i.kind = 'DATASET' AND ${isNamed})`,
    );
  }
  return all;
}

function tagCondition(dialect: Dialect, filter: TagFilter, pk: Sql): Sql {
  const rows = sql`FROM run_tags t WHERE t.runPk = ${pk} AND t.key = ${filter.key}`;
  return keyedCondition(filter, rows, filter.value ? textCondition(dialect, sql`t.value`, filter.value) : undefined);
}

function paramCondition(dialect: Dialect, filter: ParamFilter, pk: Sql): Sql {
  const rows = sql`FROM params p WHERE p.runPk = ${pk} AND p.key = ${filter.key}`;
  return keyedCondition(filter, rows, filter.value ? textCondition(dialect, sql`p.value`, filter.value) : undefined);
}
