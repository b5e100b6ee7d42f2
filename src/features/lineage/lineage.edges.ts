// An edge as it is shown, from what its origins say of it.

import { type Sql, sql } from '../../database/sql.ts';
import { FOREVER } from '../tags/tag.service.ts';
import type { LineageEdgeRow } from './edge.entity.ts';
import { idOf, type NodeNumber, relationBetween } from './lineage.nodes.ts';
import { LineageEdge, type LineageRelation } from './lineage.types.ts';

/** The nodes of an edge: where it comes from, and where it leads to. */
export type EdgeEnds = readonly [from: NodeNumber, to: NodeNumber];

/** When something held: [since, until). */
export type Interval = Pick<LineageEdgeRow, 'since' | 'until'>;

/** That an origin says, or said, that an edge holds. */
export type EdgeClaim = Interval & Pick<LineageEdgeRow, 'origin'>;

/** All that was ever said of one edge: rows for {@link toClaim}. */
export function selectClaims([from, to]: EdgeEnds): Sql {
  return sql`SELECT e.origin AS origin, e.since AS since, e.until AS until FROM lineage_edges e WHERE e.fromNode = ${from} AND e.toNode = ${to}`;
}

/** Large numbers arrive as text on some drivers. */
export function toClaim({ origin, since, until }: EdgeClaim): EdgeClaim {
  return { origin, since: Number(since), until: Number(until) };
}

/** When an edge held, latest first: an edge holds while at least one of its origins says so. */
export function intervalsOf(claims: readonly Interval[]): Interval[] {
  const intervals: { since: number; until: number }[] = [];
  for (const { since, until } of [...claims].sort((a, b) => b.until - a.until)) {
    const later = intervals.at(-1);
    if (later && until >= later.since) later.since = Math.min(later.since, since);
    else intervals.push({ since, until });
  }
  return intervals;
}

/** The interval in which an instant lies, or that has not ended; undefined where an edge did not hold then. */
export function intervalAt(intervals: readonly Interval[], at: number | null): Interval | undefined {
  return intervals.find(({ since, until }) => (at === null ? until === FOREVER : since <= at && at < until));
}

export function edgeDuring([from, to]: EdgeEnds, { since, until }: Interval): LineageEdge {
  return Object.assign(new LineageEdge(), {
    from: idOf(from),
    to: idOf(to),
    relation: relationBetween(from, to) as LineageRelation,
    createdAt: since,
    removedAt: until === FOREVER ? null : until,
  });
}
