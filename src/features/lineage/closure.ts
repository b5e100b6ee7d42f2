// What something leads to, or came of, within bounds: breadth first, for many roots in the same statements.

import { ascending, type EdgeQueries, type Way } from './edge.queries.ts';
import { kindOf, type NodeNumber } from './lineage.nodes.ts';
import type { LineageKind } from './lineage.types.ts';

/** A node, and the fewest edges that lead to it. */
export interface ReachedNode {
  readonly node: NodeNumber;
  readonly depth: number;
}

export interface ClosureRequest {
  readonly direction: Way | 'BOTH';
  /** Edges at most. */
  readonly depth: number;
  /** Nodes at most, the root among them. */
  readonly limit: number;
  /** What is returned, beside the root; every kind is passed through. */
  readonly kinds: readonly LineageKind[] | null;
  readonly at: number | null;
}

export interface Closure {
  /** Nearest first, beginning with the root; those of one depth in the order of their numbers. */
  readonly nodes: readonly ReachedNode[];
  /** False where something lies beyond the bounds, of whatever kind. */
  readonly isComplete: boolean;
}

/** Nodes that are passed through on the way to those of other kinds: as many as one answer may look at. */
const MOST_PASSED = 100_000;

/**
 * How far is looked beyond the depth, through what was found the other way, for something that was not. What goes on
 * further than that counts as left out.
 */
const MOST_LEVELS_BEYOND = 100;

/** The closure of each root. One statement for each level and way of all of them, unless levels are very large. */
export async function closuresOf(
  edges: EdgeQueries,
  roots: readonly NodeNumber[],
  request: ClosureRequest,
): Promise<Closure[]> {
  const { direction, limit } = request;
  const begin = () => roots.map((root) => new Traversal(root, request));
  if (direction !== 'BOTH') {
    const traversals = begin();
    await followTo(request.depth, edges, traversals, request, direction);
    await lookBeyond(edges, traversals, request, direction);
    return traversals;
  }
  const [up, down] = [begin(), begin()];
  await Promise.all([
    followTo(request.depth, edges, up, request, 'UPSTREAM'),
    followTo(request.depth, edges, down, request, 'DOWNSTREAM'),
  ]);
  for (const [index, traversal] of up.entries()) traversal.complement(down[index] as Traversal);
  await Promise.all([lookBeyond(edges, up, request, 'UPSTREAM'), lookBeyond(edges, down, request, 'DOWNSTREAM')]);
  return up.map((traversal, index) => union(traversal, down[index] as Traversal, limit));
}

/** Follows edges level by level, as far as a depth. */
async function followTo(
  depth: number,
  edges: EdgeQueries,
  traversals: readonly Traversal[],
  request: ClosureRequest,
  way: Way,
): Promise<void> {
  for (let level = 1; level <= depth && traversals.some(goesOn); level++) {
    await meetNext(edges, traversals, request, way, false);
    for (const traversal of traversals) traversal.advance(level);
  }
}

/** Finds out whether there is something that the depth left out. */
async function lookBeyond(
  edges: EdgeQueries,
  traversals: readonly Traversal[],
  request: ClosureRequest,
  way: Way,
): Promise<void> {
  for (let level = 1; level <= MOST_LEVELS_BEYOND && traversals.some(goesOn); level++) {
    await meetNext(edges, traversals, request, way, true);
    for (const traversal of traversals) traversal.passOn();
  }
  for (const traversal of traversals) traversal.end();
}

/** Has each meet what its level leads to. */
async function meetNext(
  edges: EdgeQueries,
  traversals: readonly Traversal[],
  request: ClosureRequest,
  way: Way,
  isBeyond: boolean,
): Promise<void> {
  // None has seen as many, both ways together, so that so many targets of one node fill it; the two origins of an edge
  // make two steps.
  const ways = request.direction === 'BOTH' ? 2 : 1;
  const enough = 2 * ways * ((request.kinds ? MOST_PASSED : request.limit) + 1);
  const waiting = new Map<NodeNumber, Traversal[]>();
  for (const traversal of traversals) {
    for (const node of traversal.frontier) {
      const others = waiting.get(node);
      if (others) others.push(traversal);
      else waiting.set(node, [traversal]);
    }
  }
  const nodes = [...waiting.keys()].sort(ascending);
  for await (const steps of edges.steps(nodes, { way, at: request.at, enough })) {
    for (const { source, target } of steps) {
      for (const traversal of waiting.get(source) ?? []) traversal.meet(target);
    }
    if (traversals.every((traversal) => traversal.needsNoMore(isBeyond))) return;
  }
}

/** One root's way through the levels. */
class Traversal implements Closure {
  readonly nodes: ReachedNode[];
  isComplete = true;
  /** Whether it has met more than it may keep. */
  isFull = false;
  /** What it goes on from. */
  frontier: readonly NodeNumber[];
  private readonly seen: Set<NodeNumber>;
  /** What another one has seen, which together with this makes the answer. */
  private elsewhere: ReadonlySet<NodeNumber> = new Set();
  private fresh: NodeNumber[] = [];
  /** What was met beyond the depth, and is found elsewhere. */
  private passed: NodeNumber[] = [];
  private returned = 1;

  constructor(
    root: NodeNumber,
    private readonly request: ClosureRequest,
  ) {
    this.nodes = [{ node: root, depth: 0 }];
    this.frontier = [root];
    this.seen = new Set(this.frontier);
  }

  /** Lets the two of them leave nothing out that the other one has. */
  complement(other: Traversal): void {
    this.elsewhere = other.seen;
    other.elsewhere = this.seen;
  }

  meet(node: NodeNumber): void {
    if (this.isFull || this.seen.has(node)) return;
    this.seen.add(node);
    if (this.elsewhere.has(node)) {
      this.passed.push(node);
      return;
    }
    this.fresh.push(node);
    if (this.isWanted(node)) this.returned++;
    this.isFull = this.returned > this.request.limit || this.seen.size > MOST_PASSED;
  }

  /** Whether further nodes of a level would change nothing. */
  needsNoMore(isBeyond: boolean): boolean {
    return this.frontier.length === 0 || this.isFull || (isBeyond && this.fresh.length > 0);
  }

  /** Ends a level. */
  advance(depth: number): void {
    const { limit } = this.request;
    const fresh = this.fresh.sort(ascending);
    this.fresh = [];
    if (this.isFull) this.isComplete = false;
    this.frontier = this.isComplete ? fresh : [];
    for (const node of fresh) {
      if (this.nodes.length < limit && this.isWanted(node)) this.nodes.push({ node, depth });
    }
  }

  /** Ends a level beyond the depth, where only something that is found nowhere counts. */
  passOn(): void {
    if (this.isFull || this.fresh.length > 0) this.isComplete = false;
    this.frontier = this.isComplete ? this.passed : [];
    this.passed = [];
  }

  /** Ends the search beyond the depth. */
  end(): void {
    if (this.frontier.length > 0) this.isComplete = false;
  }

  private isWanted(node: NodeNumber): boolean {
    return this.request.kinds?.includes(kindOf(node)) ?? true;
  }
}

function goesOn({ frontier }: Traversal): boolean {
  return frontier.length > 0;
}

function union(up: Closure, down: Closure, limit: number): Closure {
  const depths = new Map<NodeNumber, number>();
  for (const { node, depth } of [...up.nodes, ...down.nodes]) {
    depths.set(node, Math.min(depth, depths.get(node) ?? depth));
  }
  const nodes = [...depths]
    .map(([node, depth]) => ({ node, depth }))
    .sort((a, b) => a.depth - b.depth || a.node - b.node);
  return { nodes: nodes.slice(0, limit), isComplete: up.isComplete && down.isComplete && nodes.length <= limit };
}
