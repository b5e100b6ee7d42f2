// The edges of lineage, all of them in one table, whatever they come from.

import { Entity, Index } from 'typeorm';
import { Instant, KeyPart, LargeKeyPart } from '../../database/columns.ts';

/** Who says that an edge holds. It does as long as one of them says so. */
export enum EdgeOrigin {
  /** What was recorded: an input of a run, the run of a version, an origin of a dataset. It never ceases. */
  RECORDED = 0,
  /** `linkLineage`; until `unlinkLineage`. */
  LINKED = 1,
}

/**
 * That one node came of another from `since` on, as one origin says. The key begins with the node it comes from, the index
 * with the node it leads to, and both hold all columns: a traversal reads nothing else. Which relation it is follows from
 * the kinds of the two.
 */
@Entity('lineage_edges')
@Index('lineage_edges_upstream', ['toNode', 'fromNode', 'since'])
export class LineageEdgeRow {
  @LargeKeyPart() fromNode!: number;
  @LargeKeyPart() toNode!: number;
  /** The end of the interval [since, until); forever while it holds. */
  @LargeKeyPart() until!: number;
  @KeyPart() origin!: EdgeOrigin;
  @Instant() since!: number;
}
