// How one thing leads to another: the simple paths between two nodes, shortest first.

import { Invalid } from '../../core/errors.ts';
import { ascending, type EdgeQueries, type Way } from './edge.queries.ts';
import type { NodeNumber } from './lineage.nodes.ts';

export interface PathRequest {
  readonly from: NodeNumber;
  readonly to: NodeNumber;
  /** Edges of a path at most. */
  readonly maxDepth: number;
  /** Paths at most. */
  readonly limit: number;
}

export type Path = readonly NodeNumber[];

/** What one search may look at: edges that are read, and beginnings of paths that are tried. */
const MOST_EDGES = 200_000;
const MOST_BEGINNINGS = 200_000;

/**
 * The shortest simple paths, shortest first.
 * @throws Invalid where more lies between the two than one search may look at
 */
export async function findPaths(edges: EdgeQueries, request: PathRequest): Promise<Path[]> {
  const { from, to, maxDepth } = request;
  const between = new Between();
  const sides = { down: new Side(from, 'DOWNSTREAM'), up: new Side(to, 'UPSTREAM') };
  // A path of n edges has its first ones among those that lead on from `from`, and its last among those that lead up to
  // `to`: n levels of the two together have seen all of them, or as many as one side has until it ends.
  for (let levels = 0; levels < maxDepth; levels++) {
    const side = sides.up.frontier.length <= sides.down.frontier.length ? sides.up : sides.down;
    await side.advance(edges, between);
    if (side.frontier.length === 0) break;
    if (between.size > MOST_EDGES) throw tooMuch(request);
  }
  return shortestFirst(between, request);
}

/** The edges that were met from both sides. */
class Between {
  size = 0;
  private readonly targets = new Map<NodeNumber, Set<NodeNumber>>();

  add(from: NodeNumber, to: NodeNumber): void {
    const known = this.targets.get(from) ?? new Set<NodeNumber>();
    if (known.size === 0) this.targets.set(from, known);
    if (!known.has(to)) this.size++;
    known.add(to);
  }

  /** In descending order: a stack gives the lowest first. */
  from(node: NodeNumber): NodeNumber[] {
    return [...(this.targets.get(node) ?? [])].sort(ascending).reverse();
  }

  /** How many edges it takes from each node to one of them, for those within reach. */
  distancesTo(node: NodeNumber, atMost: number): Map<NodeNumber, number> {
    const sources = new Map<NodeNumber, NodeNumber[]>();
    for (const [from, targets] of this.targets) {
      for (const to of targets) {
        const known = sources.get(to);
        if (known) known.push(from);
        else sources.set(to, [from]);
      }
    }
    const distances = new Map([[node, 0]]);
    let level = [node];
    for (let distance = 1; distance <= atMost && level.length > 0; distance++) {
      const fresh = level.flatMap((one) => sources.get(one) ?? []).filter((one) => !distances.has(one));
      for (const one of fresh) distances.set(one, distance);
      level = [...new Set(fresh)];
    }
    return distances;
  }
}

class Side {
  frontier: readonly NodeNumber[];
  private readonly seen: Set<NodeNumber>;

  constructor(
    start: NodeNumber,
    private readonly way: Way,
  ) {
    this.frontier = [start];
    this.seen = new Set(this.frontier);
  }

  async advance(edges: EdgeQueries, between: Between): Promise<void> {
    const fresh: NodeNumber[] = [];
    const request = { way: this.way, at: null, enough: Number.POSITIVE_INFINITY };
    for await (const steps of edges.steps(this.frontier, request)) {
      for (const { source, target } of steps) {
        if (this.way === 'DOWNSTREAM') between.add(source, target);
        else between.add(target, source);
        if (this.seen.has(target)) continue;
        this.seen.add(target);
        fresh.push(target);
      }
      if (between.size > MOST_EDGES) break;
    }
    this.frontier = fresh.sort(ascending);
  }
}

/**
 * Tries beginnings of paths, those first that may become the shortest. The distance that is left is known from the edges,
 * so that every beginning leads on to the end unless it would cross itself (A*, Hart, Nilsson and Raphael, 1968).
 */
function shortestFirst(between: Between, request: PathRequest): Path[] {
  const { from, to, maxDepth, limit } = request;
  const distances = between.distancesTo(to, maxDepth);
  const found: Path[] = [];
  /** By the length that the path has at least. */
  const beginnings: Path[][] = Array.from({ length: maxDepth + 1 }, () => []);
  const shortest = distances.get(from);
  if (shortest === undefined) return found;
  beginnings[shortest]?.push([from]);
  let tried = 0;
  for (let length = shortest; length <= maxDepth; ) {
    const path = beginnings[length]?.pop();
    if (!path) {
      length++;
      continue;
    }
    const last = path.at(-1) as NodeNumber;
    if (last === to) {
      found.push(path);
      if (found.length === limit) break;
      continue;
    }
    if (++tried > MOST_BEGINNINGS) throw tooMuch(request);
    for (const next of between.from(last)) {
      const left = distances.get(next);
      if (left === undefined || path.includes(next)) continue;
      beginnings[path.length + left]?.push([...path, next]);
    }
  }
  return found;
}

function tooMuch({ maxDepth }: PathRequest): Invalid {
  return new Invalid(
    'maxDepth',
    `Too much lies within ${maxDepth} edges of the two to look through all of it; ask for paths of fewer edges.`,
  );
}
