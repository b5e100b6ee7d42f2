// The rules and writes of the edges that are linked by hand.

import type { ActorIdentity } from '../../core/context.ts';
import { Conflict, Invalid, NotFound } from '../../core/errors.ts';
import type { Database } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { Fact, Transaction } from '../../database/transaction.ts';
import { FOREVER } from '../tags/tag.service.ts';
import { EdgeOrigin, LineageEdgeRow } from './edge.entity.ts';
import { type EdgeClaim, type EdgeEnds, intervalsOf, selectClaims, toClaim } from './lineage.edges.ts';
import { type EdgeDuring, lineageLinked, lineageUnlinked } from './lineage.events.ts';
import { kindOf, type NodeNumber, readNode, relationBetween, rowOf } from './lineage.nodes.ts';
import type { LineageKind, LinkLineageInput, UnlinkLineageInput } from './lineage.types.ts';

/** A node that this transaction holds. */
export interface HeldNode {
  /** What events about edges into it are about: the run, the dataset, or the model of the version. */
  readonly subject: Fact['subject'];
  readonly isDeleted: boolean;
  /** No change of it is dated before this. */
  readonly changedAt: number;
}

/** What lineage asks of the features whose objects it links, each for its own kind. */
export interface LineageSide {
  /**
   * Takes hold of an object for this transaction, tombstones too, as its first statement, and raises the order of the
   * events of its subject.
   * @returns undefined where it never was
   */
  hold(tx: Transaction, pk: number): Promise<HeldNode | undefined>;
  /** Whether it is there, and not deleted. */
  isLive(tx: Transaction, pk: number): Promise<boolean>;
}

export type LineageSides = Readonly<Record<LineageKind, LineageSide>>;

export class LineageService {
  constructor(
    private readonly db: Database,
    private readonly sides: LineageSides,
  ) {}

  /**
   * Links two things by hand; an edge that is linked already stays as it is. One fact about what it leads to is recorded.
   * @returns the nodes of the edge
   * @throws NotFound where one of the two is not there or deleted; Invalid for an edge that cannot be
   */
  async link(actor: ActorIdentity, input: LinkLineageInput): Promise<EdgeEnds> {
    const ends = readEnds(input);
    const [from, to] = ends;
    return this.db.write({ actor, mutation: 'linkLineage', input }, async (tx) => {
      const held = await this.hold(tx, to);
      if (!held || held.isDeleted) throw noSuchNode('input.to');
      if (!(await this.sides[kindOf(from)].isLive(tx, rowOf(from)))) throw noSuchNode('input.from');
      const links = (await readClaims(tx, ends)).filter((claim) => claim.origin === EdgeOrigin.LINKED);
      if (links.some((claim) => claim.until === FOREVER)) return ends;
      // What ended before has ended when this begins: the intervals of one edge never overlap.
      const since = Math.max(tx.startedAt, held.changedAt, ...links.map((claim) => claim.until));
      const [fromNode, toNode] = ends;
      await tx.insert(LineageEdgeRow, { fromNode, toNode, since, until: FOREVER, origin: EdgeOrigin.LINKED });
      tx.record(lineageLinked(held.subject, since, await edgeNow(tx, ends)));
      return ends;
    });
  }

  /**
   * Ends what {@link link} made; its time stays known. What is recorded as well goes on. One fact is recorded.
   * @returns the nodes of the edge
   * @throws NotFound where there is no such edge, Conflict where it is only recorded, Invalid for one that cannot be
   */
  async unlink(actor: ActorIdentity, input: UnlinkLineageInput): Promise<EdgeEnds> {
    const ends = readEnds(input);
    const [fromNode, toNode] = ends;
    return this.db.write({ actor, mutation: 'unlinkLineage', input }, async (tx) => {
      const held = await this.hold(tx, toNode);
      const holding = (await readClaims(tx, ends)).filter((claim) => claim.until === FOREVER);
      if (!held || holding.length === 0) throw new NotFound('There is no such edge, or it was unlinked.', 'input');
      const link = holding.find((claim) => claim.origin === EdgeOrigin.LINKED);
      if (!link) {
        throw new Conflict(
          'This edge was recorded with what it links; only what `linkLineage` made can be unlinked.',
          undefined,
          'input',
        );
      }
      // Later than its beginning, even within a millisecond, so that it did hold at some instant.
      const until = Math.max(tx.startedAt, held.changedAt, link.since + 1);
      await tx.execute(
        sql`UPDATE lineage_edges SET until = ${until} WHERE fromNode = ${fromNode} AND toNode = ${toNode} AND until = ${FOREVER} AND origin = ${EdgeOrigin.LINKED}`,
      );
      tx.record(lineageUnlinked(held.subject, until, await edgeNow(tx, ends)));
      return ends;
    });
  }

  private hold(tx: Transaction, node: NodeNumber): Promise<HeldNode | undefined> {
    return this.sides[kindOf(node)].hold(tx, rowOf(node));
  }
}

async function readClaims(tx: Transaction, ends: EdgeEnds): Promise<EdgeClaim[]> {
  return (await tx.query<EdgeClaim>(selectClaims(ends))).map(toClaim);
}

async function edgeNow(tx: Transaction, ends: EdgeEnds): Promise<EdgeDuring> {
  const [interval] = intervalsOf(await readClaims(tx, ends));
  if (!interval) throw new Error('An edge that was just written is gone.');
  return { ends, ...interval };
}

/** @throws Invalid where the two are one, or cannot hang together like this */
function readEnds({ from, to, relation }: LinkLineageInput | UnlinkLineageInput): EdgeEnds {
  const [fromNode, toNode] = [readNode(from, 'input.from'), readNode(to, 'input.to')];
  if (fromNode === toNode) throw new Invalid('input.to', 'Nothing comes of itself: `from` and `to` are the same.');
  const possible = relationBetween(fromNode, toNode);
  const [fromKind, toKind] = [kindOf(fromNode), kindOf(toNode)];
  if (!possible) {
    throw new Invalid('input.to', `No edge leads from a ${fromKind} to a ${toKind}.`);
  }
  if (possible !== relation) {
    throw new Invalid('input.relation', `An edge from a ${fromKind} to a ${toKind} is ${possible}, not ${relation}.`);
  }
  return [fromNode, toNode];
}

function noSuchNode(field: string): NotFound {
  return new NotFound(`There is no such ${field === 'input.to' ? 'target' : 'source'}, or it was deleted.`, field);
}
