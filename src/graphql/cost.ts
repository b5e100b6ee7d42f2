// What an operation may return, estimated before it runs: objects, counted over the pages that it asks for.

import { createRequire } from 'node:module';
import {
  type ASTNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { ComplexityEstimatorArgs, getComplexity as GetComplexity } from 'graphql-query-complexity';
import { Invalid } from '../core/errors.ts';
import { DEFAULT_PAGE, LARGEST_PAGE } from '../core/pagination.ts';
import { Recent } from '../core/recent.ts';
import type { VariableCoercer } from './coerce-variables.ts';

// Its ES module imports graphql's ES modules, a second copy beside the one that everything else uses:
// https://github.com/slicknode/graphql-query-complexity/issues/96
const { getComplexity } = createRequire(import.meta.url)('graphql-query-complexity') as {
  getComplexity: typeof GetComplexity;
};

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** Selections that are looked at, each fragment anew where it is spread: more are refused unread. */
const MAX_SELECTIONS = 10_000;
/** How deep the values of variables may nest. */
const MAX_VARIABLE_DEPTH = 60;

/** Estimates that are kept for one operation, each for other values of the variables that decide it. */
const ESTIMATES_KEPT = 50;
/** The arguments that say how much is asked for. */
const SIZES = new Set(['first', 'last', 'ids', 'maxPoints', 'limit', 'maxDepth']);

export class CostLimit {
  private readonly known = new WeakMap<OperationDefinitionNode, KnownEstimates>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly maxCost: number,
    private readonly coercer: VariableCoercer,
  ) {}

  /**
   * Refuses an operation that is estimated to return too many objects. Variables that do not fit their types are left
   * to the execution, which names them all.
   * @throws Invalid with the estimate
   */
  check(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): void {
    if (isDeeper(variables, MAX_VARIABLE_DEPTH)) {
      throw new Invalid('variables', `A variable's value nests more than ${MAX_VARIABLE_DEPTH} levels deep.`);
    }
    const { maxCost } = this;
    const { sizing, estimates } = this.knownOf(document, operation);
    const key = keyOf(operation, variables, sizing);
    const known = estimates.get(key);
    if (known !== undefined && known <= maxCost) return;
    // Values take longer to look through than an estimate to look up, so that only what may be refused is.
    if (!this.doFit(operation, variables)) return;
    const cost = known ?? estimate(this.schema, document, operation, variables);
    estimates.set(key, cost);
    if (cost <= maxCost) return;
    throw new Invalid(
      'query',
      `The operation may return ${cost.toLocaleString('en')} objects; at most ${maxCost.toLocaleString('en')} are allowed. Ask for smaller pages.`,
      { cost, maxCost },
    );
  }

  private knownOf(document: DocumentNode, operation: OperationDefinitionNode): KnownEstimates {
    const known = this.known.get(operation);
    if (known) return known;
    const fresh = { sizing: sizingVariables(document), estimates: new Recent<string, number>(ESTIMATES_KEPT) };
    this.known.set(operation, fresh);
    return fresh;
  }

  private doFit({ variableDefinitions = [] }: OperationDefinitionNode, variables: Variables): boolean {
    return variableDefinitions.length === 0 || this.coercer.coerce(variableDefinitions, variables) !== undefined;
  }
}

interface KnownEstimates {
  readonly sizing: ReadonlySet<string>;
  readonly estimates: Recent<string, number>;
}

/** The variables whose values decide how much is asked for: in sizes, and in the conditions of what is selected. */
function sizingVariables(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  const collect = (node: ASTNode) => {
    visit(node, { Variable: ({ name }) => void names.add(name.value) });
  };
  visit(document, {
    Directive: collect,
    Argument: (node) => {
      if (SIZES.has(node.name.value)) collect(node);
    },
  });
  return names;
}

/** Of other variables it matters whether they are there: an argument may not be null. */
function keyOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Variables,
  sizing: ReadonlySet<string>,
): string {
  let key = '';
  for (const { variable } of variableDefinitions) {
    const name = variable.name.value;
    const value = variables?.[name];
    const isWhole = sizing.has(name) || value === null || value === undefined;
    // No JSON begins with these signs.
    key += `${isWhole ? (JSON.stringify(value) ?? '?') : '!'},`;
  }
  return key;
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

/**
 * An object counts one, a scalar nothing; a connection counts what it may hold, its wrappers nothing. A graph of lineage
 * counts its `limit`, and paths theirs, each as long as it may be.
 */
function objectsOf({ field, args, childComplexity, type }: ComplexityEstimatorArgs): number {
  if (!isCompositeType(getNamedType(field.type))) return 0;
  if (type.name.endsWith('Connection') || type.name.endsWith('Edge')) return childComplexity;
  if (typeof args.maxPoints === 'number') return 1 + Math.max(0, args.maxPoints) * (1 + childComplexity);
  if (typeof args.limit === 'number') {
    const length = typeof args.maxDepth === 'number' ? Math.max(0, args.maxDepth) + 1 : 1;
    return 1 + Math.max(0, args.limit) * (1 + length * childComplexity);
  }
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
  if (levels === 0) return true;
  const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return parts.some((part) => isDeeper(part, levels - 1));
}
