// Orders of lists: over columns of their own, and over what a row may lack, a run's metrics and params.

import { SPECIAL } from './filters.ts';
import type { Direction, OrderTerm, Ranking } from './prepared-list.ts';
import { column, raw, type Sql, sql } from './sql.ts';

/** One order of a list: its terms, and where it may be the list's first one, the index that holds it. */
export interface Order {
  readonly terms: readonly OrderTerm[];
  /** What the list is joined with to be sorted so. */
  readonly join?: Sql;
  readonly ranking?: Ranking;
  /** The same of the runs of one experiment alone. @param experiment its row number */
  readonly rankingWithin?: (experiment: Sql) => Ranking;
}

/** Several orders of a list, the first one first. */
export interface SortedBy {
  readonly order: readonly OrderTerm[];
  /** What the list is joined with to be sorted, but for what the ranking joins. */
  readonly joins: readonly Sql[];
  readonly ranking: Order['ranking'];
  readonly rankingWithin: Order['rankingWithin'];
}

export function sorted(orders: readonly Order[]): SortedBy {
  const { ranking, rankingWithin } = orders[0] ?? {};
  return {
    order: orders.flatMap(({ terms }) => terms),
    joins: orders.flatMap(({ join }, index) => (join && (index > 0 || !ranking) ? [join] : [])),
    ranking,
    rankingWithin,
  };
}

/**
 * By columns of the list's own, and by name where no order is given.
 * @param columns what each field of the order stands for
 * @param isNameUnique whether no two rows of the list share a name
 */
export function byFields<F extends string>(
  orderBy: readonly { readonly field: F; readonly direction: Direction }[] | null | undefined,
  columns: Readonly<Record<F, Sql>> & { readonly NAME: Sql },
  isNameUnique: boolean,
): OrderTerm[] {
  if (!orderBy || orderBy.length === 0) {
    return [{ name: 'NAME', expression: columns.NAME, direction: 'ASC', isUnique: isNameUnique }];
  }
  return orderBy.map(({ field, direction }) => ({
    name: field,
    expression: columns[field],
    direction,
    isUnique: isNameUnique && field === 'NAME',
  }));
}

/**
 * By the latest value of a metric: infinities in place, NaN and missing last whatever the direction.
 * @param runPk the list's column that holds the run's row number
 */
export function byMetric(alias: string, key: string, runPk: Sql, direction: Direction): Order {
  const [pk, special, value] = [column(alias, 'pk'), column(alias, 'special'), column(alias, 'value')];
  const { join, table, last } = joined('metrics', alias, key, runPk);
  const ranking: Ranking = {
    table,
    join,
    index: 'metrics_value',
    isRanked: sql`${column(alias, 'key')} = ${key}`,
    floor: sql`${special} > ${SPECIAL.nan}`,
    isUnranked: sql`(${pk} IS NULL OR ${special} = ${SPECIAL.nan})`,
    areUnrankedAlike: true,
    terms: [
      { expression: special, direction },
      { expression: value, direction },
    ],
    last,
    // With the sign, no condition on these takes the place of what the walk along the index is bounded by.
    metric: { key, special: sql`+${special}`, value: sql`+${value}` },
  };
  return {
    join,
    terms: [
      {
        name: `metric ${key}`,
        expression: sql`(CASE WHEN ${pk} IS NULL OR ${special} = ${SPECIAL.nan} THEN 1 ELSE 0 END)`,
        direction: 'ASC',
      },
      {
        name: 'special',
        expression: sql`(CASE WHEN ${special} > ${SPECIAL.nan} THEN ${special} ELSE 0 END)`,
        direction,
      },
      { name: 'value', expression: sql`COALESCE(${value}, 0)`, direction },
    ],
    ranking,
    rankingWithin: (experiment) => ({
      ...ranking,
      index: 'metrics_of_experiment',
      isRanked: sql`${column(alias, 'experimentPk')} = ${experiment} AND ${ranking.isRanked}`,
    }),
  };
}

/** By a param: numbers by value, then text, then missing, whatever the direction. */
export function byParam(alias: string, key: string, runPk: Sql, direction: Direction): Order {
  const [owner, number, value] = [column(alias, 'runPk'), column(alias, 'number'), column(alias, 'value')];
  const { join, table, last } = joined('params', alias, key, runPk);
  return {
    join,
    terms: [
      {
        name: `param ${key}`,
        expression: sql`(CASE WHEN ${owner} IS NULL THEN 2 WHEN ${number} IS NULL THEN 1 ELSE 0 END)`,
        direction: 'ASC',
      },
      { name: 'number', expression: sql`COALESCE(${number}, 0)`, direction },
      { name: 'text', expression: sql`COALESCE(${value}, '')`, direction },
    ],
    ranking: {
      table,
      join,
      index: 'params_key',
      isRanked: sql`${column(alias, 'key')} = ${key} AND ${number} IS NOT NULL`,
      isUnranked: sql`(${owner} IS NULL OR ${number} IS NULL)`,
      areUnrankedAlike: false,
      terms: [{ expression: number, direction }],
      last,
    },
  };
}

function joined(table: string, alias: string, key: string, runPk: Sql) {
  const from = sql`${raw(table)} ${raw(alias)}`;
  const owner = column(alias, 'runPk');
  const on = sql`${owner} = ${runPk}`;
  const join = sql`LEFT JOIN ${from} ON ${on} AND ${column(alias, 'key')} = ${key}`;
  return { table: { from, on }, join, last: { column: owner, of: runPk } };
}
