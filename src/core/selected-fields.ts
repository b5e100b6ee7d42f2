// What an operation selects below a field, so that a resolver reads just that, for a whole page at once.

import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/**
 * The names of the fields that are selected at a path below the field that is being resolved, whatever type conditions
 * and directives they stand under; none where the path is not selected.
 */
export function selectedFields(
  { fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>,
  path: readonly string[],
): Set<string> {
  let sets = fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  for (const name of path) {
    sets = sets.flatMap((set) =>
      [...fieldsOf(set, fragments)].flatMap((field) => (field.name.value === name ? (field.selectionSet ?? []) : [])),
    );
  }
  return new Set(sets.flatMap((set) => [...fieldsOf(set, fragments)].map((field) => field.name.value)));
}

function* fieldsOf(
  { selections }: SelectionSetNode,
  fragments: GraphQLResolveInfo['fragments'],
): Generator<GraphQLResolveInfo['fieldNodes'][number]> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) yield selection;
    else {
      const set =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection.selectionSet
          : fragments[selection.name.value]?.selectionSet;
      if (set) yield* fieldsOf(set, fragments);
    }
  }
}
