// What is worked out for the fields of a document is worked out once, and anew where other places select them.

import { expect, it } from '@jest/globals';
import { type FieldNode, Kind, parse } from 'graphql';
import { ByFieldNodes } from '../../../src/core/by-field-nodes.ts';

function fieldsOf(query: string): readonly FieldNode[] {
  const [operation] = parse(query).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('It is an operation.');
  return operation.selectionSet.selections as readonly FieldNode[];
}

it('works a value out once for the same places, and anew for others', () => {
  const [a, b, c] = fieldsOf('{ a b c }') as [FieldNode, FieldNode, FieldNode];
  const values = new ByFieldNodes<number>();
  let count = 0;
  const ask = (...nodes: FieldNode[]) => values.get(nodes, () => ++count);
  expect([ask(a, b), ask(a, b), ask(c), ask(a, b)]).toEqual([1, 1, 2, 1]);
  expect([ask(a), ask(a), ask(a, b), ask(a, c)]).toEqual([3, 3, 4, 5]);
  expect([ask(), ask()]).toEqual([6, 7]);
});
