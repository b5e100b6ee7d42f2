// What one request may ask for: tokens, depth, aliases, repeated fields and directives, and an estimate of its cost.

import { createRequire } from 'node:module';
import {
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import type { ComplexityEstimatorArgs, getComplexity as GetComplexity } from 'graphql-query-complexity';
import { DEFAULT_PAGE } from '../core/pagination.ts';

// Its ES module imports graphql's ES modules, a second copy beside the one that everything else uses:
// https://github.com/slicknode/graphql-query-complexity/issues/96
const { getComplexity } = createRequire(import.meta.url)('graphql-query-complexity') as {
  getComplexity: typeof GetComplexity;
};

export interface QueryLimits {
  /** Objects that a query may return, as estimated from its lists. */
  readonly maxCost: number;
  /** Levels of fields. */
  readonly maxDepth: number;
}

export const DEFAULT_LIMITS: QueryLimits = { maxCost: 500_000, maxDepth: 20 };

/** Tokens of a document; a request is refused while it is still being read. */
export const MAX_TOKENS = 10_000;
const MAX_ALIASES = 100;
const MAX_REPETITIONS = 50;
const MAX_DIRECTIVES = 10;
/** What introspection nests is limited by graphql-js' own rule. */
const INTROSPECTION = /^__(schema|type)$/;

/** The rules beside the language's own. */
export function limitRules({ maxDepth }: QueryLimits): ValidationRule[] {
  return [depthRule(maxDepth), aliasRule, repetitionRule, directiveRule];
}

function refuse(context: ValidationContext, message: string, node: FieldNode | OperationDefinitionNode): void {
  context.reportError(new GraphQLError(message, { nodes: node }));
}

function depthRule(maxDepth: number): ValidationRule {
  return (context) => {
    const fragmentDepths = new Map<string, number>();
    const depthOf = (set: SelectionSetNode): number => {
      let deepest = 0;
      for (const selection of set.selections) {
        let depth = 0;
        if (selection.kind === Kind.FIELD) {
          if (INTROSPECTION.test(selection.name.value)) continue;
          depth = 1 + (selection.selectionSet ? depthOf(selection.selectionSet) : 0);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          depth = depthOf(selection.selectionSet);
        } else {
          const name = selection.name.value;
          if (!fragmentDepths.has(name)) {
            // Set first, so that a fragment that spreads itself (another rule refuses it) ends here.
            fragmentDepths.set(name, 0);
            const fragment: FragmentDefinitionNode | null | undefined = context.getFragment(name);
            fragmentDepths.set(name, fragment ? depthOf(fragment.selectionSet) : 0);
          }
          depth = fragmentDepths.get(name) ?? 0;
        }
        deepest = Math.max(deepest, depth);
      }
      return deepest;
    };
    return {
      OperationDefinition(node) {
        const depth = depthOf(node.selectionSet);
        if (depth > maxDepth)
          refuse(context, `The operation is ${depth} levels deep; at most ${maxDepth} are allowed.`, node);
      },
    };
  };
}

const aliasRule: ValidationRule = (context): ASTVisitor => {
  let aliases = 0;
  return {
    Field(node) {
      if (node.alias && ++aliases === MAX_ALIASES + 1) {
        refuse(context, `The document has more than ${MAX_ALIASES} aliases.`, node);
      }
    },
  };
};

const repetitionRule: ValidationRule = (context): ASTVisitor => ({
  SelectionSet(node) {
    const counts = new Map<string, number>();
    for (const selection of node.selections) {
      if (selection.kind !== Kind.FIELD) continue;
      const key = (selection.alias ?? selection.name).value;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (count === MAX_REPETITIONS + 1) {
        refuse(context, `The field "${key}" is selected more than ${MAX_REPETITIONS} times in one place.`, selection);
      }
    }
  },
});

const directiveRule: ValidationRule = (context): ASTVisitor => ({
  Field(node) {
    if ((node.directives?.length ?? 0) > MAX_DIRECTIVES) {
      refuse(context, `A field has more than ${MAX_DIRECTIVES} directives.`, node);
    }
  },
});

/**
 * Refuses an operation that is estimated to return too many objects.
 * @throws GraphQLError with the estimate
 */
export function checkCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>> | null | undefined,
  { maxCost }: QueryLimits,
): void {
  const cost = getComplexity({
    schema,
    query: document,
    variables: { ...variables },
    ...(operationName && { operationName }),
    estimators: [objectsOf],
  });
  if (cost > maxCost) {
    throw new GraphQLError(
      `The operation may return ${cost.toLocaleString('en')} objects; at most ${maxCost.toLocaleString('en')} are allowed. Ask for smaller pages.`,
      { extensions: { code: 'BAD_USER_INPUT', cost, maxCost } },
    );
  }
}

/** An object counts one, a scalar nothing; a connection or sample counts what it may hold, its wrappers nothing. */
function objectsOf({ field, args, childComplexity, type }: ComplexityEstimatorArgs): number {
  if (!isCompositeType(getNamedType(field.type))) return 0;
  if (type.name.endsWith('Connection') || type.name.endsWith('Edge')) return childComplexity;
  if (typeof args.maxPoints === 'number') return 1 + Math.max(0, args.maxPoints) * (1 + childComplexity);
  const isConnection = getNamedType(field.type).name.endsWith('Connection');
  return isConnection ? 1 + pageSize(args) * (1 + childComplexity) : 1 + childComplexity;
}

function pageSize(args: Readonly<Record<string, unknown>>): number {
  for (const size of [args.first, args.last]) if (typeof size === 'number') return Math.max(0, size);
  return DEFAULT_PAGE;
}
