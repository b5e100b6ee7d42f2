// Arguments are read from their literals once: with whatever variables, they become what graphql-js makes of them.

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  buildSchema,
  type FieldNode,
  type GraphQLField,
  getArgumentValues,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { ArgumentCoercer } from '../../src/graphql/coerce-arguments.ts';

const schema = buildSchema(`
  enum Colour { RED GREEN }
  scalar Json
  input One @oneOf { a: Int b: String }
  input Filter { and: [Filter!] not: Filter id: ID number: Int! = 7 needed: Boolean! colour: Colour = RED one: One json: Json }
  type Query { f(filter: Filter, required: Int!, size: Int! = 5, list: [[Int]!] = [[1]], text: String, colour: Colour): Int }
`);
const field = schema.getQueryType()?.getFields().f as GraphQLField<unknown, unknown>;

const variable = fc.constantFrom('$one', '$two', '$three');
const { literal } = fc.letrec<{ literal: string; object: string }>((tie) => ({
  literal: fc.oneof(
    { maxDepth: 3 },
    { weight: 4, arbitrary: fc.constantFrom('1', '2.5', '"text"', 'true', 'null', 'RED', 'BLUE') },
    { weight: 4, arbitrary: variable },
    { weight: 4, arbitrary: tie('object') },
    { weight: 1, arbitrary: fc.array(tie('literal'), { maxLength: 2 }).map((items) => `[${items.join(' ')}]`) },
  ),
  object: objectOf({
    and: tie('literal'),
    not: tie('object'),
    id: fc.oneof(variable, fc.constant('"id"')),
    number: fc.oneof(variable, fc.constant('3')),
    needed: mostly(fc.oneof(variable, fc.constant('true')), tie('literal')),
    colour: fc.oneof(variable, fc.constant('GREEN')),
    one: objectOf({ a: fc.oneof(variable, fc.constant('1')), b: fc.oneof(variable, fc.constant('null')) }),
    json: tie('literal'),
  }),
}));
const fields = fc
  .record(
    {
      filter: mostly(literal, fc.constant('{ needed: true id: $one }')),
      required: mostly(fc.oneof(variable, fc.constant('1')), literal),
      size: fc.oneof(variable, fc.constant('2')),
      list: fc.oneof(variable, fc.constant('[[1 2] [null]]'), literal),
      text: fc.oneof(variable, fc.constant('"text"'), fc.constant('null')),
      colour: fc.oneof(variable, fc.constant('RED')),
    },
    { requiredKeys: ['required'] },
  )
  .map((given) => `f(${written(given)})`);
const value = fc.constantFrom<unknown>(null, 0, 'text', true, undefined, { a: 1 });
const variables = fc.record({ one: value, two: value, three: value }, { requiredKeys: [] });

function mostly<T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: other });
}

function objectOf(parts: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
  return fc.record(parts, { requiredKeys: [] }).map((given) => `{ ${written(given)} }`);
}

function written(given: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(given)
    .map(([name, text]) => `${name}: ${text}`)
    .join(' ');
}

function outcomeOf(work: () => unknown): unknown {
  try {
    return { values: work() };
  } catch (error) {
    return { message: (error as Error).message };
  }
}

it('arguments become what graphql-js makes of them', () => {
  const outcomes = { values: 0, message: 0 };
  fc.assert(
    fc.property(fields, fc.array(variables, { minLength: 1, maxLength: 3 }), (text, requests) => {
      const { selectionSet } = parse(`{ ${text} }`).definitions[0] as OperationDefinitionNode;
      const node = selectionSet.selections[0] as FieldNode;
      const coercer = new ArgumentCoercer(field, node);
      for (const given of requests) {
        const expected = outcomeOf(() => getArgumentValues(field, node, given));
        outcomes[Object.keys(expected as object)[0] as keyof typeof outcomes]++;
        expect(outcomeOf(() => coercer.coerce(given))).toEqual(expected);
      }
    }),
    { numRuns: 2_000 },
  );
  // Not vacuous: some of what was made up is in order, and some is not.
  expect(Math.min(outcomes.values, outcomes.message)).toBeGreaterThan(100);
});
