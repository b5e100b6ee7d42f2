// Resolvers that are called at once, with their arguments as graphql-js coerced them. type-graphql makes a promise of every
// argument, for each row anew, and an instance of every input, for each of a thousand points looking up all over again what
// it consists of: https://github.com/MichalLytek/type-graphql/issues/348

import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import type { RequestContext } from '../core/context.ts';

type Resolve = GraphQLFieldResolver<unknown, RequestContext>;
type ResolverMetadata = ReturnType<typeof getMetadataStorage>['fieldResolvers'][number];
/** What fields, queries and mutations have in common. */
type MethodMetadata = Pick<ResolverMetadata, 'target' | 'methodName' | 'params'>;
type ParameterMetadata = NonNullable<ResolverMetadata['params']>[number];
type ObjectMetadata = ReturnType<typeof getMetadataStorage>['objectTypes'][number];
type Methods = Readonly<Record<string, (...parameters: unknown[]) => unknown>>;

/**
 * Has queries, mutations and the fields of objects resolved by their methods and getters themselves, with the arguments
 * as they were coerced: inputs are plain objects then, as their classes have fields only. What is declared with decorators
 * stays; the fields of Subscription stay as type-graphql made them.
 * @param instances the resolver objects by class
 */
export function resolveDirectly(schema: GraphQLSchema, instances: ReadonlyMap<object, object>): void {
  const { queries, mutations } = getMetadataStorage();
  resolveRoot(schema.getQueryType(), queries, instances);
  resolveRoot(schema.getMutationType(), mutations, instances);
  resolveFields(schema, instances);
}

function resolveRoot(
  type: GraphQLObjectType | null | undefined,
  declared: ReturnType<typeof getMetadataStorage>['queries'],
  instances: ReadonlyMap<object, object>,
): void {
  const fields = type?.getFields() ?? {};
  for (const metadata of declared) {
    const field = fields[metadata.schemaName];
    if (!field || metadata.middlewares?.length || metadata.roles) continue;
    field.resolve = ofAResolver(metadata, instances.get(metadata.target) as Methods);
  }
}

function resolveFields(schema: GraphQLSchema, instances: ReadonlyMap<object, object>): void {
  const { objectTypes, fieldResolvers } = getMetadataStorage();
  for (const objectType of objectTypes) {
    const type = schema.getType(objectType.name);
    if (!isObjectType(type)) continue;
    const declaring = classesOf(objectType);
    for (const field of Object.values(type.getFields())) {
      if (!field.resolve || field.resolve === defaultFieldResolver) continue;
      const metadata = declaring
        .map((declared) =>
          fieldResolvers.find((one) => one.schemaName === field.name && one.getObjectType?.() === declared),
        )
        .find((found) => found !== undefined);
      if (!metadata || metadata.middlewares?.length || metadata.roles) continue;
      if (isPlain(metadata)) {
        field.resolve = undefined;
        continue;
      }
      field.resolve =
        metadata.kind === 'internal'
          ? ofTheObject(metadata, field.resolve as Resolve)
          : ofAResolver(metadata, instances.get(metadata.target) as Methods);
    }
  }
}

/** A getter that is declared `simple` is read as a property: it never throws, and never gives a promise. */
function isPlain({ kind, target, methodName }: ResolverMetadata): boolean {
  if (kind !== 'internal' || !Object.getOwnPropertyDescriptor(target.prototype, methodName)?.get) return false;
  return getMetadataStorage().fields.some(
    (field) => field.target === target && field.name === methodName && field.simple === true,
  );
}

/** The classes that may declare a field of an object type, the nearest first. */
function classesOf({ target, interfaceClasses = [] }: ObjectMetadata): readonly unknown[] {
  const ancestors: unknown[] = [];
  for (let one: unknown = target; typeof one === 'function'; one = Object.getPrototypeOf(one)) ancestors.push(one);
  return [target, ...interfaceClasses, ...ancestors];
}

/** A getter or a method of the object's own class; another object is left to type-graphql, which makes one of it. */
function ofTheObject({ target, methodName, params = [] }: ResolverMetadata, otherwise: Resolve): Resolve {
  if (Object.getOwnPropertyDescriptor(target.prototype, methodName)?.get) {
    return (root, args, context, info) =>
      root instanceof target ? (root as Record<string, unknown>)[methodName] : otherwise(root, args, context, info);
  }
  const parametersFor = readerOf(params);
  return (root, args, context, info) =>
    root instanceof target
      ? (root as Methods)[methodName]?.(...parametersFor(root, args, context, info))
      : otherwise(root, args, context, info);
}

function ofAResolver({ target, methodName, params = [] }: MethodMetadata, instance: Methods): Resolve {
  const method = instance?.[methodName]?.bind(instance);
  if (!method) throw new Error(`No resolver object for ${target.name}: list it in the feature's table of contents.`);
  const parametersFor = readerOf(params);
  return (root, args, context, info) => {
    try {
      return method(...parametersFor(root, args, context, info));
    } catch (error) {
      // graphql-js leaves the rejections of a list's earlier items to nobody, where a later item fails at once:
      // https://github.com/graphql/graphql-js/pull/3761
      return Promise.reject(error);
    }
  };
}

function readerOf(params: readonly ParameterMetadata[]): (...given: Parameters<Resolve>) => unknown[] {
  const readers = [...params].sort((a, b) => a.index - b.index).map(parameterReader);
  return (...given) => readers.map((read) => read(...given));
}

function parameterReader(parameter: ParameterMetadata): Resolve {
  switch (parameter.kind) {
    case 'arg':
      return (_root, args) => args[parameter.name];
    case 'args':
      return (_root, args) => args;
    case 'root':
      return (root) => root;
    case 'context':
      return (_root, _args, context) => context;
    case 'info':
      return (_root, _args, _context, info) => info;
    default:
      throw new Error(
        `A parameter of ${parameter.target.name}.${parameter.methodName} is of an unknown kind: ${parameter.kind}.`,
      );
  }
}
