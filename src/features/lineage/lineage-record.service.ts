// Writes the edges that come with what is recorded, in the transaction that records it.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import { FOREVER } from '../tags/tag.service.ts';
import { EdgeOrigin, LineageEdgeRow } from './edge.entity.ts';
import { type EdgeClaim, intervalsOf, toClaim } from './lineage.edges.ts';
import { lineageLinked } from './lineage.events.ts';
import { nodeOf, relationBetween } from './lineage.nodes.ts';
import type { HeldNode } from './lineage.service.ts';
import type { LineageLink, LineageRef } from './lineage.types.ts';

/** An edge that became true at a time, epoch milliseconds. */
export interface RecordedEdge extends LineageLink {
  readonly createdAt: number;
}

type EdgeValues = Pick<LineageEdgeRow, 'fromNode' | 'toNode' | 'since' | 'until' | 'origin'>;

export class LineageRecordService {
  /**
   * Records edges, however many. One that is recorded already stays, and is true from the earlier of the two times on.
   * Records no facts: whatever records what they come with tells of them.
   * @returns how many were not recorded yet
   */
  async record(tx: Transaction, edges: readonly RecordedEdge[]): Promise<number> {
    const rows = rowsOf(edges);
    const { affected } = await tx.insert(LineageEdgeRow, rows, { ignoreExisting: true });
    if (affected < rows.length) {
      const { least, onConflict } = tx.dialect;
      const earlier = { since: (...[incoming, known]: Parameters<typeof least>) => least(incoming, known) };
      await tx.insert(LineageEdgeRow, rows, {
        onConflict: onConflict(['fromNode', 'toNode', 'until', 'origin'], earlier, 'lineage_edges'),
      });
    }
    return affected;
  }

  /**
   * Records edges into something that was there before, and that the transaction holds. Each that is new is a fact, since
   * nothing else tells of it.
   */
  async extend(tx: Transaction, held: HeldNode, to: LineageRef, sources: readonly LineageRef[]): Promise<void> {
    const toNode = nodeOf(to);
    const isFromOneOfThem = tx.dialect.inList(sql`e.fromNode`, sources.map(nodeOf));
    const rows = await tx.query<EdgeClaim & Pick<LineageEdgeRow, 'fromNode'>>(
      sql`SELECT e.fromNode AS fromNode, e.origin AS origin, e.since AS since, e.until AS until FROM lineage_edges e WHERE e.toNode = ${toNode} AND ${isFromOneOfThem}`,
    );
    const claims = Map.groupBy(rows, (row) => Number(row.fromNode));
    const claimsOf = (source: LineageRef) => (claims.get(nodeOf(source)) ?? []).map(toClaim);
    const fresh = sources.filter((source) => !claimsOf(source).some(({ origin }) => origin === EdgeOrigin.RECORDED));
    const at = Math.max(tx.startedAt, held.changedAt);
    await this.record(
      tx,
      fresh.map((from) => ({ from, to, createdAt: at })),
    );
    for (const source of fresh) {
      const [interval = { since: at, until: FOREVER }] = intervalsOf([
        ...claimsOf(source),
        { since: at, until: FOREVER },
      ]);
      tx.record(lineageLinked(held.subject, at, { ends: [nodeOf(source), toNode], ...interval }));
    }
  }
}

/** Each edge once, from its earliest time on. */
function rowsOf(edges: readonly RecordedEdge[]): EdgeValues[] {
  const each = new Map<string, EdgeValues>();
  for (const { from, to, createdAt } of edges) {
    const [fromNode, toNode] = [nodeOf(from), nodeOf(to)];
    if (fromNode === toNode || !relationBetween(fromNode, toNode)) {
      throw new Error(`There is no edge from ${from.kind} ${from.pk} to ${to.kind} ${to.pk}.`);
    }
    const signature = `${fromNode} ${toNode}`;
    const since = Math.min(createdAt, each.get(signature)?.since ?? createdAt);
    each.set(signature, { fromNode, toNode, since, until: FOREVER, origin: EdgeOrigin.RECORDED });
  }
  return [...each.values()];
}
