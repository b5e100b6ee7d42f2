// Everything that something reaches, nearest first, page by page, however much it is.

import { Invalid } from '../../core/errors.ts';
import { decodeCursor, encodeCursor, type Page, type PageRequest } from '../../core/pagination.ts';
import type { ReachedNode } from './closure.ts';
import { ascending, type EdgeQueries, type Way } from './edge.queries.ts';
import { kindOf, type NodeNumber } from './lineage.nodes.ts';
import type { LineageKind } from './lineage.types.ts';

export interface ReachRequest {
  readonly of: NodeNumber;
  readonly direction: Way | 'BOTH';
  /** Edges at most; infinite for all. */
  readonly depth: number;
  readonly kinds: readonly LineageKind[] | null;
  readonly at: number | null;
}

/**
 * A page of what a node reaches, without itself. The levels before the page are traversed anew, which costs a statement
 * for each and memory for the numbers of the nodes on them; of the level that the page ends on only the page is read.
 * @throws Invalid for a cursor of another list
 */
export async function readReachedPage(
  edges: EdgeQueries,
  request: ReachRequest,
  { limit, after }: Pick<PageRequest, 'limit' | 'after'>,
): Promise<Page<ReachedNode>> {
  const list = `lineageNodes,${request.direction},${request.of}`;
  const place = after === null ? null : placeOf(list, after);
  const reach = new Reach(edges, request);
  const items: ReachedNode[] = [];
  const first = place?.depth ?? 1;
  while (reach.depth < first && (await reach.advance()));
  let from = place?.node ?? 0;
  while (reach.depth >= first && reach.depth <= request.depth) {
    const { depth } = reach;
    const nodes = await reach.page(from, limit + 1 - items.length);
    for (const node of nodes) items.push({ node, depth });
    if (items.length > limit || !(await reach.advance())) break;
    from = 0;
  }
  return {
    items: items.slice(0, limit),
    cursorOf: ({ depth, node }) => encodeCursor(list, [depth, node]),
    hasNext: () => items.length > limit,
    hasPrevious: () => place !== null,
    total: () => countReached(edges, request),
  };
}

/** Everything that a node reaches, without itself. */
export async function allReached(edges: EdgeQueries, request: ReachRequest): Promise<NodeNumber[]> {
  const reach = new Reach(edges, request);
  const all: NodeNumber[] = [];
  while (reach.depth <= request.depth && (await reach.advance())) {
    for (const node of reach.level) if (!request.kinds || request.kinds.includes(kindOf(node))) all.push(node);
  }
  return all;
}

async function countReached(edges: EdgeQueries, request: ReachRequest): Promise<number> {
  return (await allReached(edges, request)).length;
}

/** A traversal that stands before a level: all of the levels before it are known. */
class Reach {
  /** Of the level that comes next. */
  depth = 1;
  /** What was new on the level before. */
  level: readonly NodeNumber[];
  private readonly sides: readonly Side[];

  constructor(
    private readonly edges: EdgeQueries,
    private readonly request: ReachRequest,
  ) {
    const { of, direction } = request;
    const ways: readonly Way[] = direction === 'BOTH' ? ['UPSTREAM', 'DOWNSTREAM'] : [direction];
    this.sides = ways.map((way) => ({ way, seen: new Set([of]), frontier: [of] }));
    this.level = [of];
  }

  /** Goes past the next level. @returns whether there was something on it */
  async advance(): Promise<boolean> {
    const fresh = await Promise.all(this.sides.map((side) => this.next(side)));
    const isKnown = this.sides.map(
      ({ seen }) =>
        (node: NodeNumber) =>
          seen.has(node),
    );
    this.level = [...new Set(fresh.flat())].filter((node) => !isKnown.some((knows) => knows(node))).sort(ascending);
    this.sides.forEach((side, index) => {
      side.frontier = (fresh[index] as NodeNumber[]).sort(ascending);
      for (const node of side.frontier) side.seen.add(node);
    });
    this.depth++;
    return this.sides.some(({ frontier }) => frontier.length > 0);
  }

  /** The first nodes of the next level after one of them, of the kinds that are asked for. */
  async page(after: NodeNumber, limit: number): Promise<NodeNumber[]> {
    const pages = await Promise.all(this.sides.map((side) => this.pageOf(side, after, limit)));
    return [...new Set(pages.flat())].sort(ascending).slice(0, limit);
  }

  private async next({ way, seen, frontier }: Side): Promise<NodeNumber[]> {
    const fresh = new Set<NodeNumber>();
    const request = { way, at: this.request.at, enough: Number.POSITIVE_INFINITY };
    for await (const steps of this.edges.steps(frontier, request)) {
      for (const { target } of steps) if (!seen.has(target)) fresh.add(target);
    }
    return [...fresh];
  }

  private async pageOf({ way, frontier }: Side, after: NodeNumber, limit: number): Promise<NodeNumber[]> {
    const { at, kinds } = this.request;
    const found: NodeNumber[] = [];
    for (let from = after; found.length < limit; ) {
      const targets = await this.edges.targetPage(frontier, { way, at, kinds, after: from, limit: PAGE_READ });
      found.push(...targets.filter((node) => !this.sides.some(({ seen }) => seen.has(node))));
      const last = targets.at(-1);
      if (targets.length < PAGE_READ || last === undefined) break;
      from = last;
    }
    return found.slice(0, limit);
  }
}

/** What was seen one way, and what was new on the last level. */
interface Side {
  readonly way: Way;
  readonly seen: Set<NodeNumber>;
  frontier: NodeNumber[];
}

/** Targets that one statement reads for a page: some may have been reached before. */
const PAGE_READ = 1_000;

function placeOf(list: string, after: string): ReachedNode {
  const [depth, node] = decodeCursor(list, 2, after, 'after');
  if (!Number.isSafeInteger(depth) || !Number.isSafeInteger(node) || Number(depth) < 1 || Number(node) < 1) {
    throw new Invalid('after', '`after` is not a cursor.');
  }
  return { depth: Number(depth), node: Number(node) };
}
