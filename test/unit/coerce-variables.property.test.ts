// Variables are coerced in one pass of our own: whatever they are, they become what graphql-js makes of them.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import { VariableCoercer } from '../../src/graphql/coerce-variables.ts';

const schema = buildSchema(`
  directive @oneOf on INPUT_OBJECT
  enum Colour { RED GREEN }
  input One @oneOf { a: Int b: String }
  input Filter { and: [Filter!] not: Filter id: ID number: Int! = 7 real: Float colour: Colour = RED flag: Boolean one: One }
  type Query { f(filter: Filter!, list: [[Int]!], text: String, ids: [ID!]! = ["x"], colours: [Colour]): Int }
`);
const document = parse(`
  query($filter: Filter!, $list: [[Int]!], $text: String = "none", $ids: [ID!]! = ["x"], $colours: [Colour], $odd: Missing) {
    f(filter: $filter, list: $list, text: $text, ids: $ids, colours: $colours)
  }`);
const { variableDefinitions = [] } = document.definitions[0] as OperationDefinitionNode;
const known = variableDefinitions.filter(({ variable }) => variable.name.value !== 'odd');

/** Mostly what is in order, and now and then anything. */
const mostly = (arbitrary: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 40, arbitrary }, { weight: 1, arbitrary: ANYTHING });
const ANYTHING = fc.constantFrom<unknown>(
  null,
  true,
  'BLUE',
  '',
  1.5,
  2 ** 40,
  Number.NaN,
  undefined,
  [],
  [[1]],
  {},
  3,
);
const integer = fc.integer({ min: -5, max: 5 });
const one = fc.oneof(
  fc.record({ a: integer }),
  fc.record({ b: fc.string() }),
  fc.record({ a: integer, b: mostly(fc.constant('both')) }, { requiredKeys: [] }),
);
function filterOf(levels: number): fc.Arbitrary<unknown> {
  const fields = {
    id: mostly(fc.oneof(fc.string(), integer)),
    number: mostly(integer),
    real: mostly(fc.oneof(integer, fc.double({ noNaN: true, noDefaultInfinity: true }))),
    colour: mostly(fc.constantFrom('RED', 'GREEN', null)),
    flag: mostly(fc.boolean()),
    one: mostly(one),
  };
  if (levels === 0) return fc.record(fields, { requiredKeys: [] });
  const inner = filterOf(levels - 1);
  const nested = { and: mostly(fc.oneof(fc.array(inner, { maxLength: 2 }), inner)), not: mostly(inner) };
  return fc.record({ ...fields, ...nested }, { requiredKeys: [] });
}
const variables = fc.record(
  {
    filter: mostly(filterOf(2)),
    list: mostly(fc.array(fc.oneof(fc.array(integer, { maxLength: 3 }), fc.constant(null), integer), { maxLength: 3 })),
    text: mostly(fc.string()),
    ids: mostly(fc.array(fc.oneof(fc.string(), integer), { maxLength: 3 })),
    colours: mostly(fc.array(fc.constantFrom('RED', 'GREEN', null), { maxLength: 3 })),
    unknown: fc.constant('not a variable of the operation'),
  },
  { requiredKeys: ['filter'] },
);

describe('variables', () => {
  const coercer = new VariableCoercer(schema);

  it('become what graphql-js makes of them', () => {
    let accepted = 0;
    fc.assert(
      fc.property(variables, (given) => {
        const { coerced } = getVariableValues(schema, known, given);
        if (coerced) accepted++;
        expect(coercer.coerce(known, given)).toEqual(coerced);
      }),
      { numRuns: 1_000 },
    );
    // Not vacuous: some of what was made up is in order.
    expect(accepted).toBeGreaterThan(100);
  });

  it('of an unknown type are refused', () => {
    expect(coercer.coerce(variableDefinitions, { filter: {} })).toBeUndefined();
  });

  it('are none where none are given or wanted', () => {
    expect(coercer.coerce([], undefined)).toEqual({});
    expect(coercer.coerce([], { stray: 1 })).toEqual({});
  });
});
