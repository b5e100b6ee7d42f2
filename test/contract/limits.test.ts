// What one request may ask for, the same over HTTP and WebSocket: each limit holds, and what people need passes.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { type GraphQLAnswer, startRegistry, type TestRegistry } from '../support/registry.ts';
import { openWebSocket, type WebSocketClient } from '../support/websocket-client.ts';

const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

/** A filter of one level, nested so often. */
const nestedFilter = (depth: number): object => (depth === 0 ? {} : { not: nestedFilter(depth - 1) });

const WHOLE_INTROSPECTION = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});

const PASSES: readonly [string, string, Record<string, unknown>?][] = [
  ['the introspection query with everything in it', WHOLE_INTROSPECTION],
  ['100 aliases', `{ ${repeat(100, (i) => `a${i}: __typename`)} }`],
  [
    'an estimated 100,000 objects',
    `{ ${repeat(50, (i) => `m${i}: models(first: 500) { nodes { id tags { key } createdBy { name } } }`)} }`,
  ],
  [
    'a filter of twenty levels',
    'query($filter: ModelFilter) { models(filter: $filter) { totalCount } }',
    { filter: nestedFilter(19) },
  ],
  [
    'a filter of 499 alternatives',
    'query($filter: ModelFilter) { models(filter: $filter) { totalCount } }',
    { filter: { or: Array.from({ length: 499 }, () => ({ name: { eq: 'a' } })) } },
  ],
  [
    '5,000 texts to choose from',
    'query($in: [String!]) { models(filter: {name: {in: $in}}) { totalCount } }',
    { in: Array.from({ length: 5_000 }, (_, i) => `name ${i}`) },
  ],
  ['500 ids', 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array(500).fill('TW9kZWw6MQ') }],
];

const REFUSED: readonly [string, string, string, Record<string, unknown>?][] = [
  ['101 aliases', 'more than 100 aliases', `{ ${repeat(101, (i) => `a${i}: __typename`)} }`],
  [
    '101 aliases in fragments',
    'more than 100 aliases',
    `{ ...A ...B } fragment A on Query { ${repeat(60, (i) => `a${i}: __typename`)} } fragment B on Query { ${repeat(60, (i) => `b${i}: __typename`)} }`,
  ],
  ['500 duplicate fields', 'more than 50 times', `{ ${'__typename '.repeat(500)} }`],
  ['500 duplicate lists', 'too often', `{ models { nodes { ${'tags { key value } '.repeat(1_000)} } } }`],
  ['a fragment spread 51 times', 'more than 50 times', `{ ${'...A '.repeat(51)} } fragment A on Query { __typename }`],
  ['repeated directives', 'only be used once', `{ __typename ${'@include(if: true) '.repeat(30)} }`],
  ['many unknown directives', 'More than 10 directives', `query ${repeat(11, (i) => `@d${i}`)} { __typename }`],
  ['a depth of 50', 'levels deep', `{ models ${'{ nodes '.repeat(49)}{ id }${' }'.repeat(49)} }`],
  [
    'circular introspection',
    'introspection depth',
    '{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }',
  ],
  [
    'the schema eleven times',
    'more than 10 times',
    `{ ${repeat(11, (i) => `s${i}: __schema { queryType { name } }`)} }`,
  ],
  [
    'introspection under many names',
    'more than 5 aliases',
    `{ __schema { ${repeat(6, (i) => `t${i}: types { name }`)} } }`,
  ],
  ['a fragment that spreads itself', 'within itself', '{ ...A } fragment A on Query { ...A }'],
  [
    'fragments that spread one another',
    'within itself',
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
  ],
  [
    'fragments that double forty times',
    'nodes',
    `{ ...F0 } ${repeat(40, (i) => `fragment F${i} on Query { ${i === 39 ? '__typename' : `...F${i + 1} ... { ...F${i + 1} }`} }`)}`,
  ],
  ['10,001 tokens', '10000 tokens', `{ ${'__typename '.repeat(9_999)} }`],
  ['a page of 501', 'between 1 and 500', '{ models(first: 501) { totalCount } }'],
  ['a page of none', 'between 1 and 500', '{ models(first: 0) { totalCount } }'],
  ['501 ids', 'at most 500', 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array(501).fill('TW9kZWw6MQ') }],
  [
    'a filter of 21 levels',
    'at most 20 levels',
    'query($filter: ModelFilter) { models(filter: $filter) { totalCount } }',
    { filter: nestedFilter(20) },
  ],
  [
    'a variable nested 1,000 levels deep',
    'levels deep',
    'query($filter: ModelFilter) { models(filter: $filter) { totalCount } }',
    { filter: nestedFilter(1_000) },
  ],
  [
    'a filter of 500 alternatives',
    'at most 500 filters',
    'query($filter: ModelFilter) { models(filter: $filter) { totalCount } }',
    { filter: { or: Array.from({ length: 500 }, () => ({ name: { eq: 'a' } })) } },
  ],
  [
    '5,001 texts to choose from',
    'at most 5000 texts',
    'query($in: [String!]) { models(filter: {name: {in: $in}}) { totalCount } }',
    { in: Array(5_001).fill('a') },
  ],
  [
    '31 things to sort by',
    'too many things',
    'query($orderBy: [ModelOrder!]) { models(orderBy: $orderBy) { totalCount } }',
    { orderBy: Array(31).fill({ field: 'NAME' }) },
  ],
];

describe('the limits of a request', () => {
  let registry: TestRegistry;
  let webSocket: WebSocketClient;
  const ways: Record<string, (query: string, variables?: Record<string, unknown>) => Promise<GraphQLAnswer>> = {
    HTTP: (query, variables) => registry.send(query, variables),
    WebSocket: (query, variables) => webSocket.send(query, variables),
  };
  beforeAll(async () => {
    registry = await startRegistry();
    await registry.ask('mutation { registerModel(input: {name: "churn"}) { model { id } } }');
    webSocket = openWebSocket(registry.url);
  });
  afterAll(async () => {
    await webSocket.stop();
    await registry.stop();
  });

  describe.each(Object.keys(ways))('over %s', (way) => {
    const send = ways[way] as (typeof ways)[string];

    it.each(PASSES)('let pass %s', async (_what, query, variables = {}) => {
      const answer = await send(query, variables);
      expect(answer.errors).toBeUndefined();
    });

    it.each(REFUSED)('refuse %s: %s', async (_what, why, query, variables = {}) => {
      const startedAt = performance.now();
      const { errors } = await send(query, variables);
      expect(errors?.map((error) => error.message).join('\n')).toContain(why);
      for (const error of errors ?? []) {
        expect(error.extensions.code).toMatch(/^(GRAPHQL_PARSE_FAILED|GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT)$/);
      }
      expect(performance.now() - startedAt).toBeLessThan(3_000);
    });

    it.each([
      '{ modelz { totalCount } }',
      '{ models(fist: 3) { totalCount } }',
      '{ models { totalCont } }',
      '{ models(orderBy: [{field: NAM}]) { totalCount } }',
      '{ model(by: {nam: "x"}) { id } }',
      'query($x: Modl) { __typename }',
      '{ ... on Modl { id } }',
    ])('show no suggestions for %s', async (query) => {
      const { errors } = await send(query);
      expect(errors).not.toHaveLength(0);
      expect(JSON.stringify(errors)).not.toMatch(/did you mean|"models"|orderBy"/i);
    });

    it('show no suggestions for the values of variables', async () => {
      const answers = [
        await send('query($by: ModelBy!) { model(by: $by) { id } }', { by: { nam: 'x' } }),
        await send('query($orderBy: [ModelOrder!]) { models(orderBy: $orderBy) { totalCount } }', {
          orderBy: [{ field: 'NAM' }],
        }),
      ];
      for (const { errors } of answers) {
        expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
        expect(JSON.stringify(errors)).not.toMatch(/did you mean/i);
      }
    });
  });

  describe('can be set', () => {
    let strict: TestRegistry;
    beforeAll(async () => {
      strict = await startRegistry({ environment: { MAX_QUERY_COST: '100', MAX_QUERY_DEPTH: '3' } });
    });
    afterAll(() => strict.stop());

    it('to a smaller cost', async () => {
      const { errors } = await strict.send('{ models(first: 100) { totalCount } }');
      expect(errors?.[0]).toMatchObject({
        message: expect.stringContaining('at most 100 are allowed'),
        extensions: { code: 'BAD_USER_INPUT', details: { cost: 101, maxCost: 100 } },
      });
    });

    it('to a smaller depth', async () => {
      const { errors } = await strict.send('{ models(first: 1) { nodes { createdBy { name } } } }');
      expect(errors?.[0]?.message).toContain('4 levels deep; at most 3');
    });

    it('without keeping tools from reading the schema', async () => {
      expect((await strict.send(WHOLE_INTROSPECTION)).errors).toBeUndefined();
    });
  });
});
