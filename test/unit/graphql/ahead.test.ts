// What is selected of a page is resolved once for all its objects, under either executor.

import { describe, expect, it } from '@jest/globals';
import { buildSchema, type ExecutionResult, execute, type GraphQLSchema, isObjectType, parse } from 'graphql';
import { ANONYMOUS, LoaderScope, type RequestContext } from '../../../src/core/context.ts';
import { fetchAhead } from '../../../src/graphql/ahead.ts';
import { DEFAULT_COMPILER_LIMITS } from '../../../src/graphql/compiled-queries.ts';
import { Executor } from '../../../src/graphql/executor.ts';

interface Item {
  readonly kind: 'Box' | 'Bag';
  readonly pk: number;
}

const SDL = `
  type Query { shelf: Shelf!  things: [Thing]! }
  type Shelf { nodes: [Box!]! edges: [Edge!]! }
  type Edge { node: Box! }
  interface Thing { pk: Int! label(mark: String): String! }
  type Box implements Thing { pk: Int! label(mark: String): String! bag: Bag boxes(first: Int): [Box!]! }
  type Bag implements Thing { pk: Int! label(mark: String): String! box: Box! fails: String }
`;
const TOGETHER = ['Box.label', 'Box.bag', 'Box.boxes', 'Bag.label', 'Bag.box', 'Bag.fails'];

const item = (kind: Item['kind'], pk: number): Item => ({ kind, pk });
const BOXES = [1, 2, 3].map((pk) => item('Box', pk));

/** What each field gives for its objects. */
const VALUES: Readonly<Record<string, (parents: readonly Item[], args: Record<string, unknown>) => unknown[]>> = {
  label: (parents, { mark }) => parents.map(({ kind, pk }) => `${kind} ${pk}${mark ?? ''}`),
  // The second has none; the others share one.
  bag: (parents) => {
    const shared = item('Bag', 9);
    return parents.map(({ pk }) => (pk === 2 ? null : shared));
  },
  box: (parents) => parents.map(({ pk }) => item('Box', pk * 10)),
  boxes: (parents, { first }) =>
    parents.map(({ pk }) => Array.from({ length: Number(first) }, (_, index) => item('Box', pk * 100 + index))),
  fails: () => {
    throw new Error('The bag is torn.');
  },
};

function schemaThatTells(calls: string[]): GraphQLSchema {
  const schema = buildSchema(SDL);
  const thing = schema.getType('Thing');
  if (thing && 'resolveType' in thing) thing.resolveType = (object: Item) => object.kind;
  for (const name of TOGETHER) {
    const [typeName = '', fieldName = ''] = name.split('.');
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (!field) throw new Error(`There is no ${name}.`);
    field.extensions = { resolvedTogether: true };
    field.resolve = async (parents: readonly Item[], args) => {
      calls.push(`${name}(${Object.values(args).join()}) of ${parents.map(({ pk }) => pk).join()}`);
      return VALUES[fieldName]?.(parents, args);
    };
  }
  const query = schema.getQueryType()?.getFields();
  if (query?.shelf) query.shelf.resolve = async () => ({ nodes: BOXES, edges: BOXES.map((node) => ({ node })) });
  if (query?.things) query.things.resolve = async () => [BOXES[0], null, item('Bag', 7), BOXES[1]];
  fetchAhead(schema);
  return schema;
}

type Execute = (schema: GraphQLSchema, query: string, context: RequestContext, variables: object) => unknown;

const EXECUTORS: readonly (readonly [string, Execute])[] = [
  [
    'graphql-js',
    (schema, query, contextValue, variableValues) =>
      execute({ schema, document: parse(query), contextValue, variableValues: { ...variableValues } }),
  ],
  [
    'the compiled form',
    (schema, query, contextValue, variableValues) => {
      const executor = new Executor(schema, { ...DEFAULT_COMPILER_LIMITS, compileAt: 1 });
      return executor.execute({ document: parse(query), contextValue, variableValues: { ...variableValues } });
    },
  ],
];

describe.each(EXECUTORS)('fetching ahead under %s', (_name, run) => {
  async function ask(query: string, variables: object = {}) {
    const calls: string[] = [];
    const context = { actor: ANONYMOUS, loaders: new LoaderScope(new Map()) };
    const result = (await run(schemaThatTells(calls), query, context, variables)) as ExecutionResult;
    return { calls: calls.sort(), data: JSON.parse(JSON.stringify(result.data)), errors: result.errors };
  }

  it('resolves each level once, for all its objects, each of them once', async () => {
    const { calls, data } = await ask('{ shelf { nodes { label bag { label box { label } } } } }');
    expect(calls).toEqual([
      'Bag.box() of 9',
      'Bag.label() of 9',
      'Box.bag() of 1,2,3',
      'Box.label() of 1,2,3',
      'Box.label() of 90',
    ]);
    expect(data.shelf.nodes[1]).toEqual({ label: 'Box 2', bag: null });
    expect(data.shelf.nodes[2].bag).toEqual({ label: 'Bag 9', box: { label: 'Box 90' } });
  });

  it('reaches the nodes of edges, and what lists of lists hold', async () => {
    const { calls, data } = await ask('{ shelf { edges { node { boxes(first: 2) { label } } } } }');
    expect(calls).toEqual(['Box.boxes(2) of 1,2,3', 'Box.label() of 100,101,200,201,300,301']);
    expect(data.shelf.edges[1].node.boxes).toEqual([{ label: 'Box 200' }, { label: 'Box 201' }]);
  });

  it('tells aliases with other arguments apart, also where a fragment and a variable give them', async () => {
    const query = `query ($mark: String) { shelf { nodes { ...Marked b: label(mark: "?") } } }
      fragment Marked on Thing { a: label(mark: $mark) }`;
    const { calls, data } = await ask(query, { mark: '!' });
    expect(calls).toEqual(['Box.label(!) of 1,2,3', 'Box.label(?) of 1,2,3']);
    expect(data.shelf.nodes[0]).toEqual({ a: 'Box 1!', b: 'Box 1?' });
  });

  it('leaves alone what is not included', async () => {
    const query = `query ($yes: Boolean!, $no: Boolean!) { shelf { nodes {
      pk label @skip(if: $yes) ... @include(if: $no) { bag { label } } bag @include(if: $yes) { pk } } } }`;
    const { calls, data } = await ask(query, { yes: true, no: false });
    expect(calls).toEqual(['Box.bag() of 1,2,3']);
    expect(data.shelf.nodes[0]).toEqual({ pk: 1, bag: { pk: 9 } });
  });

  it('takes the objects of an abstract type by what they are', async () => {
    const { calls, data } = await ask('{ things { label ... on Bag { box { pk } } } }');
    expect(calls).toEqual(['Bag.box() of 7', 'Bag.label() of 7', 'Box.label() of 1,2']);
    expect(data.things).toEqual([{ label: 'Box 1' }, null, { label: 'Bag 7', box: { pk: 70 } }, { label: 'Box 2' }]);
  });

  it('gives an error to each object whose field failed, and its siblings their values', async () => {
    const { calls, data, errors } = await ask('{ shelf { nodes { bag { fails label } } } }');
    // The compiled form leaves what met an error to graphql-js, which resolves it again.
    expect([...new Set(calls)]).toEqual(['Bag.fails() of 9', 'Bag.label() of 9', 'Box.bag() of 1,2,3']);
    expect(data.shelf.nodes[0].bag).toEqual({ fails: null, label: 'Bag 9' });
    expect(errors?.map(({ message, path }) => [message, path?.join('.')])).toEqual([
      ['The bag is torn.', 'shelf.nodes.0.bag.fails'],
      ['The bag is torn.', 'shelf.nodes.2.bag.fails'],
    ]);
  });
});
