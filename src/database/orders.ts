// Orders over what a row may lack: a run's metrics and params, wherever a list is sorted by them.

import { SPECIAL } from './filters.ts';
import type { Direction, OrderTerm } from './list.ts';
import { column, raw, type Sql, sql } from './sql.ts';

/** The join that {@link byMetric} sorts over. `runPk` is the column that holds the run's row number. */
export function joinMetric(alias: string, key: string, runPk: Sql): Sql {
  return sql`LEFT JOIN metrics ${raw(alias)} ON ${column(alias, 'runPk')} = ${runPk} AND ${column(alias, 'key')} = ${key}`;
}

/** By the latest value: infinities in place, NaN and missing last whatever the direction. */
export function byMetric(alias: string, key: string, direction: Direction): OrderTerm[] {
  const [pk, special, value] = [column(alias, 'pk'), column(alias, 'special'), column(alias, 'value')];
  return [
    {
      name: `metric ${key}`,
      expression: sql`(CASE WHEN ${pk} IS NULL OR ${special} = ${SPECIAL.nan} THEN 1 ELSE 0 END)`,
      direction: 'ASC',
    },
    { name: 'special', expression: sql`COALESCE(${special}, 0)`, direction },
    { name: 'value', expression: sql`COALESCE(${value}, 0)`, direction },
  ];
}

export function joinParam(alias: string, key: string, runPk: Sql): Sql {
  return sql`LEFT JOIN params ${raw(alias)} ON ${column(alias, 'runPk')} = ${runPk} AND ${column(alias, 'key')} = ${key}`;
}

/** Numbers by value, then text, then missing, whatever the direction. */
export function byParam(alias: string, key: string, direction: Direction): OrderTerm[] {
  const [runPk, number, value] = [column(alias, 'runPk'), column(alias, 'number'), column(alias, 'value')];
  return [
    {
      name: `param ${key}`,
      expression: sql`(CASE WHEN ${runPk} IS NULL THEN 2 WHEN ${number} IS NULL THEN 1 ELSE 0 END)`,
      direction: 'ASC',
    },
    { name: 'number', expression: sql`COALESCE(${number}, 0)`, direction },
    { name: 'text', expression: sql`COALESCE(${value}, '')`, direction },
  ];
}
