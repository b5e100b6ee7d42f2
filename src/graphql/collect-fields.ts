// Which fields a selection has for an object type, as graphql-js collects them.

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql';

export type VariableValues = Readonly<Record<string, unknown>>;
export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;
/** What `@skip` and `@include` may stand at. */
export type Guarded = FieldNode | FragmentSpreadNode | InlineFragmentNode;

/** What decides which fields a selection has. */
export interface Circumstances {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly variableValues: VariableValues;
}

/**
 * The fields that selections have for an object type, by the names that they have in the answer, in its order.
 * @throws GraphQLError where a condition has no value
 */
export function collectFields(
  circumstances: Circumstances,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): ReadonlyMap<string, readonly FieldNode[]> {
  const { schema, fragments, variableValues } = circumstances;
  const collected = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (!isIncluded(selection, variableValues)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const nodes = collected.get(key);
        if (nodes) nodes.push(selection);
        else collected.set(key, [selection]);
        continue;
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
      if (fragment && applies(schema, fragment.typeCondition?.name.value, type)) collect(fragment.selectionSet);
    }
  };
  selectionSets.forEach(collect);
  return collected;
}

/** Whether a fragment with a type condition, or none, is one for an object type. */
export function applies(schema: GraphQLSchema, condition: string | undefined, type: GraphQLObjectType): boolean {
  if (condition === undefined || condition === type.name) return true;
  const conditionType = schema.getType(condition);
  return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
}

/** Whether `@skip` and `@include` let something in. @throws GraphQLError where a condition has no value */
export function isIncluded(node: Guarded, variableValues: VariableValues): boolean {
  if (!node.directives?.length) return true;
  const values = { ...variableValues };
  return (
    getDirectiveValues(GraphQLSkipDirective, node, values)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, values)?.if !== false
  );
}

/** The variables that decide what is selected. */
export function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: (directive) => {
      visit(directive, { Variable: ({ name }) => void names.add(name.value) });
    },
  });
  return [...names].sort();
}

export function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}
