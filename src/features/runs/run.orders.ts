// What the orders of runs mean in SQL: the joins they sort over and the terms they sort by.

import { Invalid } from '../../core/errors.ts';
import { exactlyOne } from '../../core/selector.ts';
import { checkNotEmpty } from '../../core/text.ts';
import type { Direction, OrderTerm } from '../../database/list.ts';
import { byMetric, byParam, joinMetric, joinParam } from '../../database/orders.ts';
import { join, type Sql, sql } from '../../database/sql.ts';
import { type RunOrder, RunOrderField } from './run.types.ts';

/** Each is a join or two and lengthens every cursor. */
const MOST_ORDERS = 10;

export interface SortedRuns {
  /** `runs r` with what is joined to sort it. */
  readonly from: Sql;
  readonly order: readonly OrderTerm[];
}

const NEWEST_FIRST: SortedRuns = { from: sql`runs r`, order: byField(RunOrderField.STARTED_AT, 'DESC') };

/** @throws Invalid where one of the orders names not exactly one thing, or there are too many */
export function sortedRuns(orderBy: readonly RunOrder[] | null | undefined): SortedRuns {
  if (!orderBy || orderBy.length === 0) return NEWEST_FIRST;
  if (orderBy.length > MOST_ORDERS) {
    throw new Invalid('orderBy', `\`orderBy\` has ${orderBy.length} orders; at most ${MOST_ORDERS} are allowed.`);
  }
  const joins: Sql[] = [];
  const order = orderBy.flatMap(({ field, metric, param, direction }, index): OrderTerm[] => {
    const [kind, value] = exactlyOne({ field, metric, param }, 'orderBy');
    if (kind === 'field') return byField(value, direction);
    checkNotEmpty(value, `orderBy.${kind}`, 'key');
    const alias = `o${index}`;
    joins.push(kind === 'metric' ? joinMetric(alias, value, sql`r.pk`) : joinParam(alias, value, sql`r.pk`));
    return kind === 'metric' ? byMetric(alias, value, direction) : byParam(alias, value, direction);
  });
  return { from: sql`runs r ${join(joins, ' ')}`, order };
}

function byField(field: RunOrderField, direction: Direction): OrderTerm[] {
  if (field === RunOrderField.NAME) return [{ name: field, expression: sql`r.name`, direction }];
  if (field === RunOrderField.STARTED_AT) return [{ name: field, expression: sql`r.startedAt`, direction }];
  return [
    { name: 'ended', expression: sql`(CASE WHEN r.endedAt IS NULL THEN 1 ELSE 0 END)`, direction: 'ASC' },
    { name: field, expression: sql`COALESCE(r.endedAt, 0)`, direction },
  ];
}
