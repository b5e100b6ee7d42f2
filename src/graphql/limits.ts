// What one document may look like: tokens, depth, aliases, repeated fields and directives, introspection.

import {
  type ASTNode,
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

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
const MAX_INTROSPECTIONS = 10;
const MAX_INTROSPECTION_ALIASES = 5;
/** What introspection nests is limited by graphql-js' own rule. */
const INTROSPECTION = /^__(schema|type)$/;

/** The rules beside the language's own. */
export function limitRules({ maxDepth }: QueryLimits): ValidationRule[] {
  return [depthRule(maxDepth), aliasRule, repetitionRule, directiveRule, introspectionRule];
}

function refuse(context: ValidationContext, message: string, node: ASTNode): void {
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
      const key = responseKey(selection);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (count === MAX_REPETITIONS + 1) {
        refuse(context, `"${key}" is selected more than ${MAX_REPETITIONS} times in one place.`, selection);
      }
    }
  },
});

function responseKey(selection: SelectionNode): string {
  if (selection.kind === Kind.FIELD) return (selection.alias ?? selection.name).value;
  if (selection.kind === Kind.FRAGMENT_SPREAD) return `...${selection.name.value}`;
  return `... on ${selection.typeCondition?.name.value ?? 'the same type'}`;
}

const directiveRule: ValidationRule = (context): ASTVisitor => ({
  enter(node) {
    if ('directives' in node && (node.directives?.length ?? 0) > MAX_DIRECTIVES) {
      refuse(context, `More than ${MAX_DIRECTIVES} directives are in one place.`, node);
    }
  },
});

/** The schema's own lists are long and lead to one another; no tool asks for them more than a few times over. */
const introspectionRule: ValidationRule = (context): ASTVisitor => {
  let roots = 0;
  let aliases = 0;
  return {
    Field(node) {
      if (INTROSPECTION.test(node.name.value) && ++roots === MAX_INTROSPECTIONS + 1) {
        refuse(context, `The document asks for the schema more than ${MAX_INTROSPECTIONS} times.`, node);
      }
      const isInside = context.getParentType()?.name.startsWith('__');
      if (isInside && node.alias && ++aliases === MAX_INTROSPECTION_ALIASES + 1) {
        refuse(context, `Introspection has more than ${MAX_INTROSPECTION_ALIASES} aliases.`, node);
      }
    },
  };
};
