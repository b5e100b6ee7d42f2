// Brings in many edges at once, with the times that another tracker knows.

import type { Transaction } from '../../database/transaction.ts';
import { nodeOf, relationBetween } from './lineage.nodes.ts';
import type { LineageLink, LineageRelation } from './lineage.types.ts';
import type { LineageRecordService } from './lineage-record.service.ts';

/** An edge as its tracker knows it, between what is here already; tombstones too. */
export interface EdgeToImport extends LineageLink {
  readonly relation: keyof typeof LineageRelation;
  /** When it became true there, epoch milliseconds. */
  readonly createdAt: number;
}

export class LineageImportService {
  constructor(private readonly records: LineageRecordService) {}

  /**
   * Adds those that are not recorded yet; the others stay, and are true from the earlier of the two times on. They count
   * as recorded, so that `unlinkLineage` leaves them alone. Records no facts.
   * @returns how many were added
   */
  async link(tx: Transaction, edges: readonly EdgeToImport[]): Promise<number> {
    for (const { from, to, relation } of edges) {
      const possible = relationBetween(nodeOf(from), nodeOf(to));
      if (relation !== possible) {
        throw new Error(`An edge from ${from.kind} to ${to.kind} is ${possible ?? 'not possible'}, not ${relation}.`);
      }
    }
    return this.records.record(tx, edges);
  }
}
