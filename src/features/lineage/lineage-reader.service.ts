// What lineage answers: graphs, pages and paths, with the objects that their nodes stand for.

import type { Clock } from '../../core/clock.ts';
import type { LoaderScope } from '../../core/context.ts';
import { Invalid, NotFound } from '../../core/errors.ts';
import { pastMoment } from '../../core/moment.ts';
import { mapPage, type Page, readPageArgs } from '../../core/pagination.ts';
import type { ClosureRequest, ReachedNode } from './closure.ts';
import type { EdgeQueries } from './edge.queries.ts';
import { type EdgeEnds, edgeDuring, intervalsOf } from './lineage.edges.ts';
import { LineageLoaders } from './lineage.loaders.ts';
import { idOf, kindOf, type NodeNumber, readNode, rowOf } from './lineage.nodes.ts';
import type { LineageEdge, LineageKind } from './lineage.types.ts';
import {
  type ClosureArgs,
  LARGEST_DEPTH,
  LARGEST_LIMIT,
  LARGEST_PATHS,
  type LineageDirection,
  LineageGraph,
  LineageGraphNode,
  type LineageNode,
  type LineageNodesArgs,
  LineagePath,
  type LineagePathsArgs,
} from './lineage-node.types.ts';
import { allReached, readReachedPage } from './node-pages.ts';
import { findPaths } from './path-search.ts';

/** How the objects of one kind are found, as the table of contents says. */
export interface LineageNodeSource {
  /** By row number, tombstones included. */
  load(loaders: LoaderScope, pk: number): Promise<LineageNode | undefined>;
  /** An object of which nothing but its id is asked for. */
  withId(pk: number): LineageNode;
}

export type LineageNodeSources = Readonly<Record<LineageKind, LineageNodeSource>>;

/** Where an answer goes, and what of its nodes it needs. */
export interface Reading {
  readonly loaders: LoaderScope;
  /** Whether more of the nodes is selected than their ids, which are known without reading them. */
  readonly needsRows: boolean;
}

export class LineageReader {
  constructor(
    private readonly queries: EdgeQueries,
    private readonly sources: LineageNodeSources,
    private readonly clock: Clock,
  ) {}

  /** An object by its global id, tombstones included. @throws Invalid for an id of something else, NotFound */
  async find(loaders: LoaderScope, id: string, field: string): Promise<LineageNode> {
    const node = readNode(id, field);
    const found = await this.sources[kindOf(node)].load(loaders, rowOf(node));
    if (!found) throw new NotFound('There is no dataset, run or version of this id.', field);
    return found;
  }

  /** The closure of an object. What is asked of several at once with the same arguments is followed together. */
  async graph(
    reading: Reading,
    root: LineageNode,
    args: ClosureArgs,
    direction: LineageDirection,
  ): Promise<LineageGraph> {
    const request = this.checkClosure(args, direction);
    const closure = await reading.loaders.of(LineageLoaders).closures.load(request, readNode(root.id, 'of'));
    const nodes = await this.show(reading, closure.nodes);
    return new LineageGraph(root, nodes, closure.isComplete, closure.nodes, request.at);
  }

  /** All edges among the nodes of a graph. */
  async edgesOf({ loaders }: Pick<Reading, 'loaders'>, { reached, at }: LineageGraph): Promise<LineageEdge[]> {
    return loaders.of(LineageLoaders).edges.load({ nodes: reached.map(({ node }) => node), at });
  }

  /** A page of everything that an object reaches. */
  async nodePage(reading: Reading, args: LineageNodesArgs): Promise<Page<LineageGraphNode>> {
    const page = readPageArgs({ first: args.first, after: args.after });
    const { depth = null, kinds = null } = args;
    if (depth !== null && depth < 1) throw new Invalid('depth', `\`depth\` must be at least 1; got ${depth}.`);
    const at = pastMoment(this.clock, args.at);
    const root = await this.find(reading.loaders, args.of, 'of');
    const request = {
      of: readNode(root.id, 'of'),
      direction: args.direction,
      depth: depth ?? Number.POSITIVE_INFINITY,
      kinds,
      at,
    };
    const reached = await readReachedPage(this.queries, request, page);
    const shown = await this.show(reading, reached.items);
    return mapPage(reached, (item) => shown[reached.items.indexOf(item)] as LineageGraphNode);
  }

  /** The row numbers of everything of one kind that an object flowed into, without itself. @throws NotFound, Invalid */
  async reached(loaders: LoaderScope, id: string, kind: LineageKind): Promise<number[]> {
    const root = await this.find(loaders, id, 'of');
    const nodes = await allReached(this.queries, {
      of: readNode(root.id, 'of'),
      direction: 'DOWNSTREAM',
      depth: Number.POSITIVE_INFINITY,
      kinds: [kind],
      at: null,
    });
    return nodes.map(rowOf);
  }

  /** How one object leads to another. @throws NotFound, Invalid for the same one twice, and where too much lies between */
  async paths(reading: Reading, args: LineagePathsArgs): Promise<LineagePath[]> {
    const { maxDepth, limit } = args;
    checkWithin('maxDepth', maxDepth, 1, LARGEST_DEPTH);
    checkWithin('limit', limit, 1, LARGEST_PATHS);
    const { loaders } = reading;
    const ends = await Promise.all([this.find(loaders, args.from, 'from'), this.find(loaders, args.to, 'to')]);
    const [from, to] = ends.map(({ id }) => readNode(id, 'from')) as [NodeNumber, NodeNumber];
    if (from === to) throw new Invalid('to', '`from` and `to` are the same: there is no way to go.');
    const paths = await findPaths(this.queries, { from, to, maxDepth, limit });
    const edges = await loaders.of(LineageLoaders).edges.load({ nodes: [...new Set(paths.flat())], at: null });
    const edgeByIds = new Map(edges.map((edge) => [`${edge.from} ${edge.to}`, edge]));
    return Promise.all(
      paths.map(async (path) => {
        const nodes = await this.show(
          reading,
          path.map((node, depth) => ({ node, depth })),
        );
        const along = path.slice(1).map((node, index) => [path[index] as NodeNumber, node] as const);
        return Object.assign(new LineagePath(), {
          nodes,
          // An edge that was unlinked while this was read is the only one that can be missing.
          edges: along.flatMap((pair) => edgeByIds.get(pair.map(idOf).join(' ')) ?? []),
        });
      }),
    );
  }

  /** An edge that was written, as it is now or was last. */
  async edge(ends: EdgeEnds): Promise<LineageEdge> {
    const [interval] = intervalsOf(await this.queries.claims(ends));
    if (!interval) throw new Error('An edge that was written is gone.');
    return edgeDuring(ends, interval);
  }

  private async show({ loaders, needsRows }: Reading, reached: readonly ReachedNode[]): Promise<LineageGraphNode[]> {
    if (!needsRows) return reached.map((one) => new LineageGraphNode(this.sourceOf(one).withId(rowOf(one.node)), one));
    return Promise.all(
      reached.map(async (one) => {
        const node = await this.sourceOf(one).load(loaders, rowOf(one.node));
        if (!node) throw new Error(`An edge leads to ${idOf(one.node)}, which is not there.`);
        return new LineageGraphNode(node, one);
      }),
    );
  }

  private sourceOf({ node }: ReachedNode): LineageNodeSource {
    return this.sources[kindOf(node)];
  }

  private checkClosure({ depth, limit, kinds, at }: ClosureArgs, direction: LineageDirection): ClosureRequest {
    checkWithin('depth', depth, 0, LARGEST_DEPTH);
    checkWithin('limit', limit, 1, LARGEST_LIMIT);
    return { direction, depth, limit, kinds: kinds ?? null, at: pastMoment(this.clock, at) };
  }
}

function checkWithin(argument: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  const range = `${least} and ${most.toLocaleString('en')}`;
  throw new Invalid(argument, `\`${argument}\` must be between ${range}; got ${value}.`);
}
