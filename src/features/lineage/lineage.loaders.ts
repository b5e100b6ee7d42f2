// Batched traversals: the closures of a whole page are followed together, and so are the edges among what they reach.

import DataLoader from 'dataloader';
import { BatchedByArguments } from '../../core/batching.ts';
import { type Closure, type ClosureRequest, closuresOf } from './closure.ts';
import { ascending, type EdgeQueries } from './edge.queries.ts';
import { edgeDuring, type Interval, intervalAt, intervalsOf } from './lineage.edges.ts';
import type { NodeNumber } from './lineage.nodes.ts';
import type { LineageEdge } from './lineage.types.ts';

/** Nodes in their order, and the moment at which edges among them are asked for. */
export interface EdgesRequest {
  readonly nodes: readonly NodeNumber[];
  readonly at: number | null;
}

export class LineageLoaders {
  constructor(private readonly queries: EdgeQueries) {}

  /** By the node of the root. */
  readonly closures = new BatchedByArguments<ClosureRequest, NodeNumber, Closure>((request, roots) =>
    closuresOf(this.queries, roots, request),
  );

  /** All edges among some nodes, in the order of the nodes that they come from and lead to. */
  readonly edges = new DataLoader<EdgesRequest, LineageEdge[]>(
    async (requests) => {
      const nodes = [...new Set(requests.flatMap((request) => request.nodes))].sort(ascending);
      const steps = await this.queries.stepsAmong(nodes, 'DOWNSTREAM', 'EVER');
      const bySource = new Map<NodeNumber, Map<NodeNumber, Interval[]>>();
      for (const { source, target, since, until } of steps) {
        const targets = bySource.get(source) ?? new Map<NodeNumber, Interval[]>();
        if (targets.size === 0) bySource.set(source, targets);
        const intervals = targets.get(target);
        if (intervals) intervals.push({ since, until });
        else targets.set(target, [{ since, until }]);
      }
      return requests.map((request) => edgesOf(request, bySource));
    },
    { cache: false },
  );
}

function edgesOf(
  { nodes, at }: EdgesRequest,
  bySource: ReadonlyMap<NodeNumber, ReadonlyMap<NodeNumber, readonly Interval[]>>,
): LineageEdge[] {
  const places = new Map(nodes.map((node, index) => [node, index]));
  const edges: LineageEdge[] = [];
  for (const from of nodes) {
    const targets = [...(bySource.get(from) ?? [])].filter(([to]) => places.has(to));
    targets.sort(([a], [b]) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
    for (const [to, claims] of targets) {
      const interval = intervalAt(intervalsOf(claims), at);
      if (interval) edges.push(edgeDuring([from, to], interval));
    }
  }
  return edges;
}
