// Lineage in the graph.

import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { selectedFields } from '../../core/selected-fields.ts';
import type { LineageService } from './lineage.service.ts';
import {
  LineageEdge,
  LinkLineageInput,
  LinkLineagePayload,
  UnlinkLineageInput,
  UnlinkLineagePayload,
} from './lineage.types.ts';
import {
  ClosureArgs,
  LineageArgs,
  LineageDirection,
  LineageGraph,
  LineageNode,
  LineageNodeConnection,
  LineageNodesArgs,
  LineagePath,
  LineagePathsArgs,
} from './lineage-node.types.ts';
import type { LineageReader, Reading } from './lineage-reader.service.ts';

@Resolver()
export class LineageResolver {
  constructor(
    private readonly service: LineageService,
    private readonly reader: LineageReader,
  ) {}

  @Query(() => LineageGraph, {
    description: 'What something rests on and what came of it, breadth first, with the edges among all of that.',
  })
  async lineage(
    @Args(() => LineageArgs) args: LineageArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<LineageGraph> {
    const root = await this.reader.find(context.loaders, args.of, 'of');
    return this.reader.graph(reading(context, info, GRAPH), root, args, args.direction);
  }

  @Query(() => LineageNodeConnection, {
    description:
      'What something reaches, without itself, nearest first, page by page, however much it is. A page follows the levels before it anew.',
  })
  async lineageNodes(
    @Args(() => LineageNodesArgs) args: LineageNodesArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<LineageNodeConnection> {
    return new LineageNodeConnection(await this.reader.nodePage(reading(context, info, CONNECTION), args));
  }

  @Query(() => [LineagePath], {
    description:
      'How `from` leads to `to` in the direction of the data: the shortest ways first, none through the same node twice; empty where there is none.',
  })
  async lineagePaths(
    @Args(() => LineagePathsArgs) args: LineagePathsArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<LineagePath[]> {
    return this.reader.paths(reading(context, info, GRAPH), args);
  }

  @Mutation(() => LinkLineagePayload, {
    description: 'Links two things of which one came of the other unseen by a run.',
  })
  async linkLineage(
    @Arg('input', () => LinkLineageInput, { description: 'The edge.' }) input: LinkLineageInput,
    @Ctx() { actor }: RequestContext,
  ): Promise<LinkLineagePayload> {
    return { edge: await this.reader.edge(await this.service.link(actor, input)) };
  }

  @Mutation(() => UnlinkLineagePayload, {
    description: 'Ends what `linkLineage` made, and nothing else; its time stays known.',
  })
  async unlinkLineage(
    @Arg('input', () => UnlinkLineageInput, { description: 'The edge.' }) input: UnlinkLineageInput,
    @Ctx() { actor }: RequestContext,
  ): Promise<UnlinkLineagePayload> {
    return { edge: await this.reader.edge(await this.service.unlink(actor, input)) };
  }
}

@Resolver(() => LineageNode)
export class LineageNodeResolver {
  constructor(private readonly reader: LineageReader) {}

  @FieldResolver(() => LineageGraph, { description: 'What it rests on, breadth first.' })
  upstream(
    @Root() root: LineageNode,
    @Args(() => ClosureArgs) args: ClosureArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<LineageGraph> {
    return this.reader.graph(reading(context, info, GRAPH), root, args, LineageDirection.UPSTREAM);
  }

  @FieldResolver(() => LineageGraph, { description: 'What came of it, breadth first.' })
  downstream(
    @Root() root: LineageNode,
    @Args(() => ClosureArgs) args: ClosureArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<LineageGraph> {
    return this.reader.graph(reading(context, info, GRAPH), root, args, LineageDirection.DOWNSTREAM);
  }
}

@Resolver(() => LineageGraph)
export class LineageGraphResolver {
  constructor(private readonly reader: LineageReader) {}

  @FieldResolver(() => [LineageEdge], { description: 'All edges among the nodes.' })
  edges(@Root() graph: LineageGraph, @Ctx() context: RequestContext): Promise<LineageEdge[]> {
    return this.reader.edgesOf(context, graph);
  }
}

/** Where the objects of nodes are selected: in a graph or a path, and in a connection. */
const GRAPH = [['nodes', 'node']];
const CONNECTION = [
  ['nodes', 'node'],
  ['edges', 'node', 'node'],
];
const KNOWN_WITHOUT_READING: ReadonlySet<string> = new Set(['id', '__typename']);

function reading(
  { loaders }: RequestContext,
  info: GraphQLResolveInfo,
  places: readonly (readonly string[])[],
): Reading {
  const needsRows = places.some((path) =>
    [...selectedFields(info, path)].some((name) => !KNOWN_WITHOUT_READING.has(name)),
  );
  return { loaders, needsRows };
}
