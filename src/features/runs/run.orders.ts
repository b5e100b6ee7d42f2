// What the orders of runs mean in SQL: the joins they sort over and the terms they sort by.

import { Invalid } from '../../core/errors.ts';
import { exactlyOne } from '../../core/selector.ts';
import { checkNotEmpty } from '../../core/text.ts';
import type { Direction } from '../../database/list.ts';
import { byMetric, byParam, type Order, type SortedBy, sorted } from '../../database/orders.ts';
import { sql } from '../../database/sql.ts';
import { type RunOrder, RunOrderField } from './run.types.ts';

/** Each is a join or two and lengthens every cursor. */
const MOST_ORDERS = 10;

/** @throws Invalid where one of the orders names not exactly one thing, or there are too many */
export function sortedRuns(orderBy: readonly RunOrder[] | null | undefined): SortedBy {
  const wanted = orderBy ?? [];
  if (wanted.length > MOST_ORDERS) {
    throw new Invalid('orderBy', `\`orderBy\` has ${wanted.length} orders; at most ${MOST_ORDERS} are allowed.`);
  }
  const orders = wanted.map(({ field, metric, param, direction }, index): Order => {
    const [kind, value] = exactlyOne({ field, metric, param }, 'orderBy');
    if (kind === 'field') return byField(value, direction);
    checkNotEmpty(value, `orderBy.${kind}`, 'key');
    return (kind === 'metric' ? byMetric : byParam)(`o${index}`, value, sql`r.pk`, direction);
  });
  return sorted(orders.length > 0 ? orders : [byField(RunOrderField.STARTED_AT, 'DESC')]);
}

function byField(field: RunOrderField, direction: Direction): Order {
  if (field === RunOrderField.NAME) return { terms: [{ name: field, expression: sql`r.name`, direction }] };
  if (field === RunOrderField.STARTED_AT) return { terms: [{ name: field, expression: sql`r.startedAt`, direction }] };
  return {
    terms: [
      { name: 'ended', expression: sql`(CASE WHEN r.endedAt IS NULL THEN 1 ELSE 0 END)`, direction: 'ASC' },
      { name: field, expression: sql`COALESCE(r.endedAt, 0)`, direction },
    ],
    ranking: {
      index: 'runs_ended',
      isRanked: sql`r.endedAt IS NOT NULL`,
      isUnranked: sql`r.endedAt IS NULL`,
      areUnrankedAlike: true,
      terms: [{ expression: sql`r.endedAt`, direction }],
      // Every index ends with the row number.
      last: { column: sql`r.pk`, of: sql`r.pk` },
    },
  };
}
