// Fetching ahead: once objects are there, what is selected of them is loaded for all of them together, level by level,
// so that the fields of each object find their values waiting and need no promise of their own.

import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isCompositeType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import type { RequestContext } from '../core/context.ts';
import { isResolvedTogether } from '../core/together.ts';
import { planOf, type SelectionPlan, type Step, selectedSteps } from './selection-plan.ts';

type Resolver = GraphQLFieldResolver<unknown, RequestContext>;

/** The resolvers of fields that are resolved together, as they were declared: their root is many objects. */
const declared = new WeakMap<object, Resolver>();

/** Lets every resolver that gives objects fetch ahead, and every field that is resolved together take what was fetched. */
export function fetchAhead(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!field.resolve) continue;
      const isTogether = isResolvedTogether(field);
      if (isTogether) declared.set(field, field.resolve);
      const own = isTogether ? ofOne(field.resolve) : field.resolve;
      const leading = isCompositeType(getNamedType(field.type)) ? leadingOn(own) : own;
      field.resolve = isTogether ? waitingOr(leading) : leading;
    }
  }
}

/** Takes what is waiting; where nothing is, the field is resolved for its object by itself. */
function waitingOr(resolveAlone: Resolver): Resolver {
  return (parent, args, context, info) => {
    const value = context.loaders.ahead.of(info.fieldNodes[0] as object, parent as object);
    return value === undefined ? resolveAlone(parent, args, context, info) : given(value);
  };
}

/** A resolver for many objects as one for a single object. */
function ofOne(resolveAll: Resolver): Resolver {
  return (parent, args, context, info) => {
    const values = resolveAll([parent], args, context, info);
    return values instanceof Promise ? values.then(only) : only(values);
  };
}

function only(values: unknown): unknown {
  return given((values as readonly unknown[])[0] ?? null);
}

/** An error is rejected, not thrown: graphql-js would leave what other items of a list reject to nobody. */
function given(value: unknown): unknown {
  return value instanceof Error ? Promise.reject(value) : value;
}

/** Fetches what is selected of a resolver's value before the value is given. */
function leadingOn(resolve: Resolver): Resolver {
  return (parent, args, context, info) => {
    const value = resolve(parent, args, context, info);
    const plan = planOf(info);
    if (!plan) return value;
    const afterFetching = async (found: unknown) => {
      await fetchSelected(plan, objectsIn([found]), context, info);
      return found;
    };
    return value instanceof Promise ? value.then(afterFetching) : afterFetching(value);
  };
}

async function fetchSelected(
  plan: SelectionPlan,
  objects: readonly object[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<void> {
  if (objects.length === 0) return;
  const work: Promise<void>[] = [];
  for (const [typeName, ofType] of byTypeName(plan.type, objects, context, info)) {
    for (const step of selectedSteps(plan, typeName, info.variableValues)) {
      work.push(follow(step, ofType, context, info));
    }
  }
  await Promise.all(work);
}

async function follow(
  step: Step,
  objects: readonly object[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<void> {
  const values = step.isTogether
    ? await valuesTogether(step, objects, context, info)
    : objects.map((parent) => (parent as Record<string, unknown>)[step.field.name]);
  if (step.children) await fetchSelected(step.children, objectsIn(values), context, info);
}

/** Resolves a field of many objects, and lets the values wait. An argument that does not fit is left to each field to say. */
async function valuesTogether(
  { field, occurrences }: Step,
  objects: readonly object[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<readonly unknown[]> {
  const resolveAll = declared.get(field);
  const node = occurrences[0]?.node;
  const args = node && argumentsOf(field, node, info);
  if (!resolveAll || !args) return [];
  let values: readonly unknown[];
  try {
    const own = { ...info, fieldName: field.name, returnType: field.type, fieldNodes: occurrences.map(nodeOf) };
    values = (await resolveAll(objects, args, context, own)) as readonly unknown[];
  } catch (error) {
    values = objects.map(() => error);
  }
  for (const occurrence of occurrences) context.loaders.ahead.put(occurrence.node, objects, values);
  return values;
}

function nodeOf({ node }: Step['occurrences'][number]): FieldNode {
  return node;
}

function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  { variableValues }: GraphQLResolveInfo,
): Record<string, unknown> | undefined {
  try {
    return getArgumentValues(field, node, variableValues);
  } catch {
    return undefined;
  }
}

function byTypeName(
  type: GraphQLCompositeType,
  objects: readonly object[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Iterable<readonly [string, readonly object[]]> {
  if (isObjectType(type)) return [[type.name, objects]];
  const nameOf = (object: object) => type.resolveType?.(object, context, info, type);
  return Map.groupBy(objects, (object) => String(nameOf(object)));
}

/** The objects among values and lists of values, in their order; one that comes several times in a row, once. */
function objectsIn(values: readonly unknown[]): readonly object[] {
  const objects: object[] = [];
  for (const value of values) {
    if (Array.isArray(value)) for (const item of value) addObject(objects, item);
    else addObject(objects, value);
  }
  return objects;
}

function addObject(objects: object[], value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Error) return;
  if (objects[objects.length - 1] !== value) objects.push(value);
}
