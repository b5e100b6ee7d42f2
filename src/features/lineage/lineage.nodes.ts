// Nodes of lineage as the table of edges holds them, one number each, and which relations there are between their kinds.

import { Invalid } from '../../core/errors.ts';
import { globalId, parseGlobalId, quoted } from '../../core/ids.ts';
import { LineageKind, type LineageRef, LineageRelation } from './lineage.types.ts';

/** A node is its row number and its kind in one integer, so that an edge is two of them and a traversal compares one. */
export type NodeNumber = number;

const KINDS_PER_ROW = 4;
/** Stored: never to be changed. */
const CODES: Readonly<Record<LineageKind, number>> = { DATASET: 1, RUN: 2, MODEL_VERSION: 3 };
const KINDS = [undefined, LineageKind.DATASET, LineageKind.RUN, LineageKind.MODEL_VERSION];
const TYPES: Readonly<Record<LineageKind, string>> = { DATASET: 'Dataset', RUN: 'Run', MODEL_VERSION: 'ModelVersion' };
const KIND_OF_TYPE = new Map(Object.entries(TYPES).map(([kind, type]) => [type, kind as LineageKind]));

export function nodeOf({ kind, pk }: LineageRef): NodeNumber {
  return pk * KINDS_PER_ROW + CODES[kind];
}

export function kindOf(node: NodeNumber): LineageKind {
  const kind = KINDS[node % KINDS_PER_ROW];
  if (!kind) throw new Error(`${node} is no node of lineage.`);
  return kind;
}

/** How nodes of some kinds end: the rest of their numbers, divided by four. */
export function kindCodes(kinds: readonly LineageKind[]): number[] {
  return kinds.map((kind) => CODES[kind]);
}

export function rowOf(node: NodeNumber): number {
  return Math.floor(node / KINDS_PER_ROW);
}

export function idOf(node: NodeNumber): string {
  return globalId(TYPES[kindOf(node)], rowOf(node));
}

/**
 * Reads the global id of a node.
 * @throws Invalid where it is no id, or the id of something that has no lineage
 */
export function readNode(id: string, field: string): NodeNumber {
  const parsed = parseGlobalId(id);
  if (!parsed)
    throw new Invalid(field, `${quoted(id)} is not an id; expected the id of a Dataset, Run or ModelVersion.`);
  const kind = KIND_OF_TYPE.get(parsed.typeName);
  if (!kind) {
    throw new Invalid(field, `Expected the id of a Dataset, Run or ModelVersion, got the id of a ${parsed.typeName}.`);
  }
  return nodeOf({ kind, pk: parsed.pk });
}

const { DATASET, RUN, MODEL_VERSION } = LineageKind;
const RELATIONS: Readonly<Record<LineageKind, Partial<Record<LineageKind, LineageRelation>>>> = {
  [DATASET]: { [RUN]: LineageRelation.USED, [DATASET]: LineageRelation.DERIVED_FROM },
  [RUN]: { [MODEL_VERSION]: LineageRelation.PRODUCED, [DATASET]: LineageRelation.PRODUCED },
  [MODEL_VERSION]: { [RUN]: LineageRelation.USED, [MODEL_VERSION]: LineageRelation.DERIVED_FROM },
};

/** The one relation that an edge from a kind to a kind can be; undefined where there is none. */
export function relationBetween(from: NodeNumber, to: NodeNumber): LineageRelation | undefined {
  return RELATIONS[kindOf(from)][kindOf(to)];
}
