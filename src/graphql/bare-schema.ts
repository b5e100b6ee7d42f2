// The schema as the compiler is given it: the same types without arguments, over resolvers that are given theirs, and
// all else, as graphql-js gives them.

import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLFieldConfigMap,
  type GraphQLFieldResolver,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLSchema,
  type GraphQLTypeResolver,
  GraphQLUnionType,
  isInterfaceType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import type { VariableValues } from './bare-document.ts';
import type { ArgumentCoercer } from './coerce-arguments.ts';

/** One execution, in the place of the context: what the resolvers are given beside their object. */
export class Run {
  private readonly known = new Map<object, Record<string, unknown>>();

  constructor(
    readonly contextValue: unknown,
    readonly variableValues: VariableValues,
  ) {}

  /** The arguments of a field in one place of the document, coerced once for all the rows there. @throws GraphQLError */
  argumentsOf(place: ArgumentCoercer): Record<string, unknown> {
    const known = this.known.get(place);
    if (known) return known;
    const values = place.coerce(this.variableValues);
    this.known.set(place, values);
    return values;
  }
}

/** What the compiler's information for resolvers says beside graphql-js'. */
export interface BareInfo extends GraphQLResolveInfo {
  readonly place: ArgumentCoercer;
  variableValues: Record<string, unknown>;
}

type BareResolver = GraphQLFieldResolver<unknown, Run>;

const NO_ARGUMENTS: Record<string, unknown> = Object.freeze({});

export function bareSchema(schema: GraphQLSchema): GraphQLSchema {
  const bare = new Map<string, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isObjectType(type)) {
      const { name } = type;
      const interfaces = () => type.getInterfaces().map(named);
      bare.set(
        name,
        new GraphQLObjectType({ name, interfaces, fields: () => fieldsOf(type), isTypeOf: isPlainObject }),
      );
    } else if (isInterfaceType(type)) {
      const { name } = type;
      const interfaces = () => type.getInterfaces().map(named);
      bare.set(
        name,
        new GraphQLInterfaceType({ name, interfaces, fields: () => fieldsOf(type), resolveType: typeNameOf(type) }),
      );
    } else if (isUnionType(type)) {
      const { name } = type;
      bare.set(
        name,
        new GraphQLUnionType({ name, types: () => type.getTypes().map(named), resolveType: typeNameOf(type) }),
      );
    }
  }
  const named = <T extends GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType>({ name }: T): T =>
    bare.get(name) as T;
  const output = (type: GraphQLOutputType): GraphQLOutputType => {
    if (isNonNullType(type)) return new GraphQLNonNull(output(type.ofType) as never);
    if (isListType(type)) return new GraphQLList(output(type.ofType));
    return isLeafType(type) ? type : named(type);
  };
  const fieldsOf = (type: GraphQLObjectType | GraphQLInterfaceType): GraphQLFieldConfigMap<unknown, Run> =>
    Object.fromEntries(
      Object.values(type.getFields()).map((field) => {
        const resolve = bareResolver(field);
        return [field.name, { type: output(field.type), ...(resolve && { resolve }) }];
      }),
    );
  const [query, subscription] = [schema.getQueryType(), schema.getSubscriptionType()];
  return new GraphQLSchema({
    assumeValid: true,
    query: query && named(query),
    subscription: subscription && named(subscription),
    types: [...bare.values()],
  });
}

function bareResolver({ resolve, args }: GraphQLField<unknown, unknown>): BareResolver | undefined {
  if (!resolve) return undefined;
  const hasArguments = args.length > 0;
  return (source, _none, run, given) => {
    const info = given as BareInfo;
    info.variableValues = run.variableValues;
    return resolve(source, hasArguments ? run.argumentsOf(info.place) : NO_ARGUMENTS, run.contextValue, info);
  };
}

/**
 * The compiled form reads properties where graphql-js would wait for a promise or call a function: what is no plain
 * object is an error there, and so graphql-js' to answer.
 */
function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && typeof (value as Partial<PromiseLike<unknown>>).then !== 'function';
}

/** An error here would be thrown where nothing catches it; without a name it is one of the answer's. */
function typeNameOf(type: GraphQLAbstractType): GraphQLTypeResolver<unknown, Run> {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  return (value, run, info) => {
    try {
      const name: unknown = resolveType(value, run.contextValue, info, type);
      return typeof name === 'string' ? name : undefined;
    } catch {
      return undefined;
    }
  };
}
