// Nodes of lineage in the graph, and the arguments of what is asked about them.

import { ArgsType, Field, ID, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { connectionTypes, ForwardPageArgs, Node } from '../../core/pagination.ts';
import { DateTime } from '../../core/scalars.ts';
import type { ReachedNode } from './closure.ts';
import { kindOf } from './lineage.nodes.ts';
import { LineageEdge, LineageKind } from './lineage.types.ts';

export const DEFAULT_DEPTH = 5;
export const LARGEST_DEPTH = 100;
export const DEFAULT_LIMIT = 1_000;
export const LARGEST_LIMIT = 10_000;
export const DEFAULT_PATH_DEPTH = 20;
export const DEFAULT_PATHS = 10;
export const LARGEST_PATHS = 100;

export enum LineageDirection {
  UPSTREAM = 'UPSTREAM',
  DOWNSTREAM = 'DOWNSTREAM',
  BOTH = 'BOTH',
}
registerEnumType(LineageDirection, {
  name: 'LineageDirection',
  description: 'Which way lineage is followed.',
  valuesConfig: {
    UPSTREAM: { description: 'Against the direction of the data: what something rests on.' },
    DOWNSTREAM: { description: 'In the direction of the data: what came of something.' },
    BOTH: { description: 'What something rests on, and what came of it.' },
  },
});

@InterfaceType({ description: 'Something that lineage leads through: a dataset, a run or a version of a model.' })
export abstract class LineageNode extends Node {}

@ObjectType({ simpleResolvers: true, description: 'A node where lineage has reached it.' })
export class LineageGraphNode {
  constructor(node: LineageNode, reached: ReachedNode) {
    this.node = node;
    this.kind = kindOf(reached.node);
    this.depth = reached.depth;
  }

  @Field(() => LineageNode, { description: 'The dataset, run or version; a tombstone where it was deleted.' })
  node: LineageNode;
  @Field(() => LineageKind, { description: 'What it is.' })
  kind: LineageKind;
  @Field(() => Int, { description: 'How many edges lead to it at least.' })
  depth: number;
}

@ObjectType({ simpleResolvers: true, description: 'What lineage reaches from a root, within its bounds.' })
export class LineageGraph {
  constructor(
    root: LineageNode,
    nodes: readonly LineageGraphNode[],
    isComplete: boolean,
    /** What its edges are read for. */
    readonly reached: readonly ReachedNode[],
    readonly at: number | null,
  ) {
    this.root = root;
    this.nodes = nodes;
    this.isComplete = isComplete;
  }

  @Field(() => LineageNode, { description: 'What was asked about.' })
  root: LineageNode;
  @Field(() => [LineageGraphNode], { description: 'The root, at depth 0, and what is reached from it, nearest first.' })
  nodes: readonly LineageGraphNode[];
  @Field(() => Boolean, {
    description:
      'False where `depth` or `limit` left something out. It goes by all that is passed through: also by what `kinds` would leave out.',
  })
  isComplete: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'One way that leads from one node to another.' })
export class LineagePath {
  @Field(() => [LineageGraphNode], { description: 'Its nodes in order, both ends among them.' })
  nodes!: readonly LineageGraphNode[];
  @Field(() => [LineageEdge], { description: 'The edges between them, in order.' })
  edges!: readonly LineageEdge[];
}

const types = connectionTypes<LineageGraphNode>('LineageNode', 'nodes', () => LineageGraphNode);
export const LineageNodeConnection = types.Connection;
export type LineageNodeConnection = InstanceType<typeof LineageNodeConnection>;

@ArgsType()
export class ClosureArgs {
  @Field(() => Int, {
    defaultValue: DEFAULT_DEPTH,
    description: `How many edges to follow at most: up to ${LARGEST_DEPTH}.`,
  })
  depth!: number;
  @Field(() => [LineageKind], {
    nullable: true,
    description: 'Which kinds to return, beside the root; all by default. Every kind is passed through.',
  })
  kinds?: LineageKind[] | null;
  @Field(() => Int, {
    defaultValue: DEFAULT_LIMIT,
    description: `How many nodes to return at most, the root among them: up to ${LARGEST_LIMIT.toLocaleString('en')}.`,
  })
  limit!: number;
  @Field(() => DateTime, { nullable: true, description: 'A moment in the past; now by default.' })
  at?: number | null;
}

@ArgsType()
export class LineageArgs extends ClosureArgs {
  @Field(() => ID, { description: 'The id of a dataset, a run or a version.' })
  of!: string;
  @Field(() => LineageDirection, { defaultValue: LineageDirection.BOTH, description: 'Which way.' })
  direction!: LineageDirection;
}

@ArgsType()
export class LineageNodesArgs extends ForwardPageArgs {
  @Field(() => ID, { description: 'The id of a dataset, a run or a version.' })
  of!: string;
  @Field(() => LineageDirection, { defaultValue: LineageDirection.DOWNSTREAM, description: 'Which way.' })
  direction!: LineageDirection;
  @Field(() => Int, { nullable: true, description: 'How many edges to follow at most; without it, all.' })
  depth?: number | null;
  @Field(() => [LineageKind], {
    nullable: true,
    description: 'Which kinds to return; all by default. Every kind is passed through.',
  })
  kinds?: LineageKind[] | null;
  @Field(() => DateTime, { nullable: true, description: 'A moment in the past; now by default.' })
  at?: number | null;
}

@ArgsType()
export class LineagePathsArgs {
  @Field(() => ID, { description: 'The id of what is at the beginning.' })
  from!: string;
  @Field(() => ID, { description: 'The id of what is at the end.' })
  to!: string;
  @Field(() => Int, {
    defaultValue: DEFAULT_PATH_DEPTH,
    description: `How many edges a way has at most: up to ${LARGEST_DEPTH}.`,
  })
  maxDepth!: number;
  @Field(() => Int, { defaultValue: DEFAULT_PATHS, description: `How many ways at most: up to ${LARGEST_PATHS}.` })
  limit!: number;
}
