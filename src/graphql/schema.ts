// The executable schema: type-graphql's, finished where its decorators cannot say what is meant.

import {
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isInputObjectType,
  Kind,
  lexicographicSortSchema,
  type OperationDefinitionNode,
  printSchema,
  type SelectionSetNode,
} from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import type { RequestContext } from '../core/context.ts';
import { type Features, RESOLVERS } from '../features/index.ts';
import { NODES } from '../features/nodes.ts';
import { fetchAhead } from './ahead.ts';
import { resolveDirectly } from './direct-resolvers.ts';
import { NodeResolver } from './node.resolver.ts';

/** Inputs of which exactly one field is given. type-graphql ignores the directive. */
const ONE_OF = [
  'ModelBy',
  'VersionOfModelBy',
  'ModelVersionBy',
  'ExperimentBy',
  'RunBy',
  'DatasetBy',
  'PromotionGateInput',
];

const ROOT_DESCRIPTIONS = {
  Query: 'Everything that can be read: the registry, what was tracked, and how they hang together.',
  Mutation: 'Every change. Each is one transaction: rules, writes and events commit together or not at all.',
  Subscription:
    'What happens, as it happens, over WebSocket. Each event carries a cursor: given as `after`, it resumes where a connection ended, without a gap.',
};

/** Subscriptions follow the event log; nothing may publish past it. */
const NO_PUB_SUB: PubSub = {
  publish: () => {
    throw new Error('Events reach subscribers through the event log, not by publishing.');
  },
  subscribe: () => {
    throw new Error('Subscriptions follow the event log.');
  },
};

/** Builds the schema over resolver objects; without them it can be printed and checked, not executed. */
export function buildGraphSchema(ofFeatures?: Features['resolvers']): GraphQLSchema {
  const resolvers = ofFeatures && new Map<object, object>([...ofFeatures, [NodeResolver, new NodeResolver(NODES)]]);
  const schema = buildSchemaSync({
    resolvers: [NodeResolver, ...RESOLVERS] as never,
    validate: false,
    pubSub: NO_PUB_SUB,
    container: { get: (resolver) => resolvers?.get(resolver) },
  });
  for (const name of ONE_OF) {
    const type = schema.getType(name);
    if (isInputObjectType(type)) type.isOneOf = true;
  }
  for (const [name, description] of Object.entries(ROOT_DESCRIPTIONS)) {
    const type = schema.getType(name);
    if (type) type.description = description;
  }
  if (resolvers) resolveDirectly(schema, resolvers);
  fetchAhead(schema);
  renewLoadersAroundMutations(schema);
  readHeadFirst(schema);
  return schema;
}

/** Each mutation field reads afresh, and so does what is selected of its payload. */
function renewLoadersAroundMutations(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (!resolve) continue;
    field.resolve = (source, args, context: RequestContext, info) => {
      context.loaders = context.loaders.renewed();
      return resolve(source, args, context, info);
    };
  }
}

/** The field that says how new the other fields of its query are at least, so that they have to be read after it. */
const HEAD = 'eventHead';

function readHeadFirst(schema: GraphQLSchema): void {
  const fields = schema.getQueryType()?.getFields() ?? {};
  const readHead = fields[HEAD]?.resolve;
  if (!readHead) return;
  const heads = new WeakMap<OperationDefinitionNode, WeakMap<object, Promise<unknown>>>();
  const headOf = (source: unknown, context: RequestContext, info: GraphQLResolveInfo): Promise<unknown> => {
    const { operation } = info;
    const known = heads.get(operation) ?? new WeakMap<object, Promise<unknown>>();
    heads.set(operation, known);
    const head = known.get(context) ?? Promise.resolve(readHead(source, {}, context, info));
    known.set(context, head);
    return head;
  };
  const hasHead = new WeakMap<OperationDefinitionNode, boolean>();
  for (const field of Object.values(fields)) {
    const { name, resolve } = field;
    if (!resolve) continue;
    field.resolve = (source, args, context: RequestContext, info) => {
      if (name === HEAD) return headOf(source, context, info);
      const { operation } = info;
      const isHeadSelected = hasHead.get(operation) ?? selects(HEAD, operation.selectionSet, info.fragments);
      hasHead.set(operation, isHeadSelected);
      if (!isHeadSelected) return resolve(source, args, context, info);
      const go = () => resolve(source, args, context, info);
      return headOf(source, context, info).then(go, go);
    };
  }
}

function selects(name: string, { selections }: SelectionSetNode, fragments: GraphQLResolveInfo['fragments']): boolean {
  return selections.some((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value === name;
    const set =
      selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments[selection.name.value]?.selectionSet;
    return set !== undefined && selects(name, set, fragments);
  });
}

/** The schema as it is committed: sorted, so that a change shows as what it is. */
export function printGraphSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
