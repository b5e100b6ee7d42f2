// A document as the compiler is given it: what depends on variables is decided or taken out, so that nothing of it is
// left to another reading of the language than graphql-js' own.

import {
  type DocumentNode,
  type FieldNode,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

export type VariableValues = Readonly<Record<string, unknown>>;

export interface BareDocument {
  readonly document: DocumentNode;
  /** The field as it was written, for each field that is left. */
  readonly originals: ReadonlyMap<FieldNode, FieldNode>;
}

/**
 * One operation with its fragments, without arguments and variables, and without what `@skip` and `@include` leave out
 * for these values of their variables.
 * @throws GraphQLError where a condition has no value
 */
export function bareDocument(
  { definitions }: DocumentNode,
  operation: OperationDefinitionNode,
  variableValues: VariableValues,
): BareDocument {
  const originals = new Map<FieldNode, FieldNode>();
  const bareSet = ({ kind, selections }: SelectionSetNode): SelectionSetNode => ({
    kind,
    selections: selections.filter((selection) => isIncluded(selection, variableValues)).map(bareSelection),
  });
  const bareSelection = (selection: SelectionNode): SelectionNode => {
    const { kind } = selection;
    if (kind === Kind.FRAGMENT_SPREAD) return { kind, name: selection.name };
    if (kind === Kind.INLINE_FRAGMENT) {
      const { typeCondition, selectionSet } = selection;
      return { kind, ...(typeCondition && { typeCondition }), selectionSet: bareSet(selectionSet) };
    }
    const { name, alias, selectionSet } = selection;
    const field: FieldNode = {
      kind,
      name,
      ...(alias && { alias }),
      ...(selectionSet && { selectionSet: bareSet(selectionSet) }),
    };
    originals.set(field, selection);
    return field;
  };
  const bare = definitions.flatMap((definition): DocumentNode['definitions'] => {
    if (definition === operation) {
      const { kind, operation: type, selectionSet } = operation;
      return [{ kind, operation: type, selectionSet: bareSet(selectionSet) }];
    }
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) return [];
    const { kind, name, typeCondition, selectionSet } = definition;
    return [{ kind, name, typeCondition, selectionSet: bareSet(selectionSet) }];
  });
  return { document: { kind: Kind.DOCUMENT, definitions: bare }, originals };
}

function isIncluded(selection: SelectionNode, variableValues: VariableValues): boolean {
  if (!selection.directives?.length) return true;
  const values = { ...variableValues };
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, values)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection, values)?.if !== false
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

/** Fields of the language itself that describe the schema. */
const INTROSPECTION = new Set(['__schema', '__type']);
/** What the compiler calls the places in lists. */
const INDEX = /^idx\d+$/;

/**
 * Whether the compiled form of a document can be right. It cannot where
 * - it asks for the schema, which is compiled without its arguments;
 * - an answer would have a key `__proto__`, which the compiled form takes for something else;
 * - two paths are one when their keys are joined by `_`, as in `{ a { b_c } a_b { c } }`: the compiler tells places apart
 *   by such names. No two are where no key goes on with `_` after another key.
 */
export function isCompilable(document: DocumentNode, isTypeName: (name: string) => boolean): boolean {
  const keys = new Set<string>();
  let isPossible = true;
  visit(document, {
    Field: ({ name, alias }) => {
      if (INTROSPECTION.has(name.value)) isPossible = false;
      if (alias || name.value !== '__typename') keys.add((alias ?? name).value);
    },
  });
  const isKey = (text: string) => keys.has(text) || INDEX.test(text) || isTypeName(text);
  return isPossible && !keys.has('__proto__') && ![...keys].some((key) => prefixesOf(key).some(isKey));
}

/** What comes before each `_` of a key. */
function prefixesOf(key: string): string[] {
  return [...key.matchAll(/_/g)].map(({ index }) => key.slice(0, index));
}
