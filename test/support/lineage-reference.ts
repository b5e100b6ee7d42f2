// Lineage in plain memory: what the answers about a small graph have to be, found without cleverness.

export type Kind = 'DATASET' | 'RUN' | 'MODEL_VERSION';
export type Direction = 'UPSTREAM' | 'DOWNSTREAM' | 'BOTH';

/** A node by its number: row number and kind in one. */
export type Node = number;

/** That an origin says that an edge holds in [since, until); without an end where it still does. */
export interface Claim {
  readonly from: Node;
  readonly to: Node;
  readonly origin: 0 | 1;
  readonly since: number;
  readonly until: number | null;
}

const KINDS: readonly (Kind | undefined)[] = [undefined, 'DATASET', 'RUN', 'MODEL_VERSION'];

export function kindOf(node: Node): Kind {
  const kind = KINDS[node % 4];
  if (!kind) throw new Error(`${node} is no node.`);
  return kind;
}

/** A graph at a moment. */
export class ReferenceGraph {
  /** The edges that hold, each once, as `from to`. */
  readonly edges = new Map<string, { readonly from: Node; readonly to: Node }>();

  constructor(
    readonly claims: readonly Claim[],
    readonly at: number | null,
  ) {
    for (const claim of claims) {
      if (this.holds(claim)) this.edges.set(`${claim.from} ${claim.to}`, { from: claim.from, to: claim.to });
    }
  }

  /** The fewest edges to every node that is reached, the root among them. */
  distances(root: Node, direction: Direction): Map<Node, number> {
    if (direction === 'BOTH') {
      const [up, down] = [this.distances(root, 'UPSTREAM'), this.distances(root, 'DOWNSTREAM')];
      return new Map([...up, ...down].map(([node, far]) => [node, Math.min(far, up.get(node) ?? far)]));
    }
    const distances = new Map([[root, 0]]);
    const queue = [root];
    for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
      for (const { from, to } of this.edges.values()) {
        const [here, there] = direction === 'UPSTREAM' ? [to, from] : [from, to];
        if (here !== node || distances.has(there)) continue;
        distances.set(there, (distances.get(node) ?? 0) + 1);
        queue.push(there);
      }
    }
    return distances;
  }

  /** Everything that is reached, nearest first. */
  reached(root: Node, direction: Direction, depth = Number.POSITIVE_INFINITY, kinds: readonly Kind[] | null = null) {
    return [...this.distances(root, direction)]
      .map(([node, far]) => ({ node, depth: far }))
      .filter(({ node, depth: far }) => far <= depth && (node === root || !kinds || kinds.includes(kindOf(node))))
      .sort((a, b) => a.depth - b.depth || a.node - b.node);
  }

  /** Every way from one node to another that visits none twice, of at most so many edges. */
  simplePaths(from: Node, to: Node, maxDepth: number): Node[][] {
    const found: Node[][] = [];
    const visit = (path: Node[]) => {
      const last = path.at(-1) as Node;
      if (last === to) return void found.push(path);
      if (path.length > maxDepth) return;
      for (const edge of this.edges.values()) {
        if (edge.from === last && !path.includes(edge.to)) visit([...path, edge.to]);
      }
    };
    visit([from]);
    return found;
  }

  /** When an edge that holds began and ends, over all its claims that touch one another. */
  interval(from: Node, to: Node): { readonly since: number; readonly until: number | null } {
    const end = (claim: Claim) => claim.until ?? Number.POSITIVE_INFINITY;
    const all = this.claims.filter((claim) => claim.from === from && claim.to === to);
    const parts = all.filter((claim) => this.holds(claim));
    for (let grown = true; grown; ) {
      const more = all.filter(
        (claim) => !parts.includes(claim) && parts.some((part) => claim.since <= end(part) && part.since <= end(claim)),
      );
      parts.push(...more);
      grown = more.length > 0;
    }
    const until = Math.max(...parts.map(end));
    return { since: Math.min(...parts.map(({ since }) => since)), until: Number.isFinite(until) ? until : null };
  }

  private holds({ since, until }: Claim): boolean {
    return this.at === null ? until === null : since <= this.at && this.at < (until ?? Number.POSITIVE_INFINITY);
  }
}
