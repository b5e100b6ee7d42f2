// What is worked out of a document once, for each of its fields.

import type { FieldNode } from 'graphql';

/**
 * Values by the places of a document that select one field of an answer. With other variables other places may be let
 * in: then the value is worked out anew.
 */
export class ByFieldNodes<V> {
  private readonly known = new WeakMap<FieldNode, { readonly nodes: readonly FieldNode[]; readonly value: V }>();

  get(nodes: readonly FieldNode[], workOut: () => V): V {
    const [first] = nodes;
    const known = first && this.known.get(first);
    if (known && isSame(known.nodes, nodes)) return known.value;
    const value = workOut();
    if (first) this.known.set(first, { nodes, value });
    return value;
  }
}

function isSame(some: readonly FieldNode[], others: readonly FieldNode[]): boolean {
  return some === others || (some.length === others.length && some.every((node, index) => node === others[index]));
}
