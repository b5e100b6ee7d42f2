// The executable schema: type-graphql's, finished where its decorators cannot say what is meant.

import { type GraphQLSchema, isInputObjectType, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import type { RequestContext } from '../core/context.ts';
import { type Features, RESOLVERS } from '../features/index.ts';
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
export function buildGraphSchema(resolvers?: Features['resolvers'], nodeResolver?: NodeResolver): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [NodeResolver, ...RESOLVERS] as never,
    validate: false,
    pubSub: NO_PUB_SUB,
    container: { get: (resolver) => (resolver === NodeResolver ? nodeResolver : resolvers?.get(resolver)) },
  });
  for (const name of ONE_OF) {
    const type = schema.getType(name);
    if (isInputObjectType(type)) type.isOneOf = true;
  }
  for (const [name, description] of Object.entries(ROOT_DESCRIPTIONS)) {
    const type = schema.getType(name);
    if (type) type.description = description;
  }
  renewLoadersAroundMutations(schema);
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

/** The schema as it is committed: sorted, so that a change shows as what it is. */
export function printGraphSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
