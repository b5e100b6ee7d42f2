// What an operation may return, estimated before it runs: objects, counted over the pages that it asks for.

import { createRequire } from 'node:module';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  getVariableValues,
  isCompositeType,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { ComplexityEstimatorArgs, getComplexity as GetComplexity } from 'graphql-query-complexity';
import { Invalid } from '../core/errors.ts';
import { DEFAULT_PAGE, LARGEST_PAGE } from '../core/pagination.ts';

// Its ES module imports graphql's ES modules, a second copy beside the one that everything else uses:
// https://github.com/slicknode/graphql-query-complexity/issues/96
const { getComplexity } = createRequire(import.meta.url)('graphql-query-complexity') as {
  getComplexity: typeof GetComplexity;
};

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** Selections that are looked at, each fragment anew where it is spread: more are refused unread. */
const MAX_SELECTIONS = 10_000;
/** Arguments that {@link objectsOf} reads, and those of `@skip` and `@include`. */
const DECIDING_ARGUMENTS = new Set(['first', 'last', 'maxPoints', 'ids', 'if']);
/** Estimates of one operation, by different variables. */
const ESTIMATES_KEPT = 100;
/** How deep the values of variables may nest. */
const MAX_VARIABLE_DEPTH = 60;

/**
 * Refuses an operation that is estimated to return too many objects. Variables that do not fit their types are left
 * to the execution, which names them all.
 * @throws Invalid with the estimate
 */
export function checkCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
  maxCost: number,
): void {
  if (isDeeper(variables, MAX_VARIABLE_DEPTH)) {
    throw new Invalid('variables', `A variable's value nests more than ${MAX_VARIABLE_DEPTH} levels deep.`);
  }
  const estimates = estimatesOf(operation, document);
  const key = estimates.keyOf(variables);
  let cost = estimates.known.get(key);
  if (cost === undefined) {
    const { errors } = getVariableValues(
      schema,
      operation.variableDefinitions ?? [],
      { ...variables },
      { maxErrors: 1 },
    );
    if (errors) return;
    cost = estimate(schema, document, operation, variables);
    if (estimates.known.size >= ESTIMATES_KEPT) estimates.known.clear();
    estimates.known.set(key, cost);
  }
  if (cost <= maxCost) return;
  throw new Invalid(
    'query',
    `The operation may return ${cost.toLocaleString('en')} objects; at most ${maxCost.toLocaleString('en')} are allowed. Ask for smaller pages.`,
    { cost, maxCost },
  );
}

/** What an operation was estimated at before. */
interface Estimates {
  /** By the values of the variables that an estimate depends on. */
  readonly known: Map<string, number>;
  keyOf(variables: Variables): string;
}

/** By operation: documents are read once, and asked again as the same objects. */
const ESTIMATES = new WeakMap<OperationDefinitionNode, Estimates>();

function estimatesOf(operation: OperationDefinitionNode, document: DocumentNode): Estimates {
  const made = ESTIMATES.get(operation);
  if (made) return made;
  const names = deciding(document);
  const estimates: Estimates = {
    known: new Map(),
    // One that is left out may have a default, and so is not the same as null.
    keyOf: (variables) =>
      names.length === 0
        ? ''
        : JSON.stringify(names.map((name) => (Object.hasOwn(variables ?? {}, name) ? [variables?.[name]] : []))),
  };
  ESTIMATES.set(operation, estimates);
  return estimates;
}

/** The variables that decide on the size of a page, on how much is asked for by ids, or whether something is left out. */
function deciding(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Argument: ({ name, value }) => {
      if (!DECIDING_ARGUMENTS.has(name.value)) return false;
      visit(value, { Variable: (variable) => void names.add(variable.name.value) });
      return false;
    },
  });
  return [...names];
}

function estimate(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  try {
    return getComplexity({
      schema,
      query: document,
      variables: { ...variables },
      ...(operation.name && { operationName: operation.name.value }),
      estimators: [objectsOf],
      maxQueryNodes: MAX_SELECTIONS,
    });
  } catch (error) {
    // The library throws where it has seen too many selections, or where an argument cannot be.
    if (error instanceof GraphQLError) throw new Invalid('query', error.message);
    throw error;
  }
}

/** An object counts one, a scalar nothing; a connection counts what it may hold, its wrappers nothing. */
function objectsOf({ field, args, childComplexity, type }: ComplexityEstimatorArgs): number {
  if (!isCompositeType(getNamedType(field.type))) return 0;
  if (type.name.endsWith('Connection') || type.name.endsWith('Edge')) return childComplexity;
  if (typeof args.maxPoints === 'number') return 1 + Math.max(0, args.maxPoints) * (1 + childComplexity);
  const isConnection = getNamedType(field.type).name.endsWith('Connection');
  if (isConnection) return 1 + pageSize(args) * (1 + childComplexity);
  // What is asked for by ids is as much as there are ids.
  return Array.isArray(args.ids) ? args.ids.length * (1 + childComplexity) : 1 + childComplexity;
}

function pageSize(args: Readonly<Record<string, unknown>>): number {
  // A size that no page has is refused by the list itself, in better words.
  for (const size of [args.first, args.last])
    if (typeof size === 'number') return Math.min(LARGEST_PAGE, Math.max(0, size));
  return DEFAULT_PAGE;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
