// A request for a document that is known is answered as Apollo answers it: the same status, headers and text.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

interface Case {
  readonly what: string;
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is in the answer. */
  readonly expected: string;
}

const MODEL = 'query Model($name: String!) { model(by: { name: $name }) { name description } }';
const REGISTER = 'mutation Register($name: String!) { registerModel(input: { name: $name }) { model { name } } }';
const TWO = 'query One { __typename } query Two { models { totalCount } }';

const CASES: readonly Case[] = [
  { what: 'a query', query: '{ __typename }', expected: '{"data":{"__typename":"Query"}}' },
  { what: 'variables', query: MODEL, variables: { name: 'größe' }, expected: '"name":"größe"' },
  { what: 'a variable too many', query: MODEL, variables: { name: 'größe', other: 1 }, expected: '"name":"größe"' },
  { what: 'a missing variable', query: MODEL, expected: 'BAD_USER_INPUT' },
  { what: 'a variable of another type', query: MODEL, variables: { name: 7 }, expected: 'BAD_USER_INPUT' },
  { what: 'variables that are a list', query: MODEL, variables: [], expected: 'must be an object' },
  { what: 'variables that are a text', query: MODEL, variables: '{}', expected: 'should be provided as an object' },
  { what: 'one of two operations', query: TWO, operationName: 'Two', expected: '{"models":{"totalCount":1}}' },
  { what: 'none of two operations', query: TWO, expected: 'OPERATION_RESOLUTION_FAILURE' },
  { what: 'an operation that is not there', query: TWO, operationName: 'Three', expected: 'Three' },
  { what: 'an operation named by a number', query: TWO, operationName: 3, expected: 'must be a string' },
  {
    what: 'an error in a field',
    query: '{ a: __typename modelVersion(by: { uri: "x" }) { id } }',
    expected: '"field":"by.uri"',
  },
  { what: 'a change that is refused', query: REGISTER, variables: { name: 'größe' }, expected: 'CONFLICT' },
  { what: 'a name that cannot be', query: REGISTER, variables: { name: '' }, expected: 'BAD_USER_INPUT' },
  {
    what: 'more than an operation may cost',
    query: '{ models(first: 500) { nodes { versions(first: 500) { nodes { run { metrics { key } } } } } } }',
    expected: '"maxCost"',
  },
  { what: 'a subscription', query: 'subscription { events { position } }', expected: 'WebSocket' },
  { what: 'a document that is not valid', query: '{ nothing }', expected: 'GRAPHQL_VALIDATION_FAILED' },
  { what: 'no document', query: '{', expected: 'GRAPHQL_PARSE_FAILED' },
  {
    what: 'an actor that cannot be',
    query: '{ __typename }',
    headers: { 'x-actor': 'x'.repeat(1_000) },
    expected: 'BAD_REQUEST',
  },
];
const ACCEPTED = [
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9',
  'application/json, text/plain, */*',
  'text/html',
  'multipart/mixed, application/json',
];

describe('a request for a document that is known', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
    await registry.ask(REGISTER, { name: 'größe' });
  });
  afterAll(() => registry.stop());

  /** @param body what is not a query alone goes to Apollo */
  async function send(body: object, headers: Readonly<Record<string, string>> = {}) {
    const response = await fetch(`${registry.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const { date: _date, ...others } = Object.fromEntries(response.headers);
    return { status: response.status, headers: others, text: await response.text() };
  }

  it.each(CASES)('is answered as before: $what', async ({ query, variables, operationName, headers, expected }) => {
    const body = { query, variables, operationName };
    const byApollo = await send({ ...body, extensions: {} }, headers);
    expect(byApollo.text).toContain(expected);
    // Compiled from the third time on.
    for (let turn = 0; turn < 5; turn++) expect(await send(body, headers)).toEqual(byApollo);
  });

  it.each(ACCEPTED)('is answered in the form that is accepted: %s', async (accept) => {
    const body = { query: MODEL, variables: { name: 'größe' } };
    const byApollo = await send({ ...body, extensions: {} }, { accept });
    for (let turn = 0; turn < 5; turn++) expect(await send(body, { accept })).toEqual(byApollo);
  });

  it('keeps to the form of a POST where a page was asked for with the same header', async () => {
    const accept = 'text/html, application/json;q=0.8';
    await fetch(`${registry.url}/graphql`, { headers: { accept } });
    const first = await send({ query: '{ __typename }' }, { accept });
    expect(first.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(await send({ query: '{ __typename }' }, { accept })).toEqual(first);
  });

  it('reads nothing twice where it ends in errors', async () => {
    const query = 'query Wrong($name: String!) { model(by: { name: $name }) { versions(first: -1) { totalCount } } }';
    const body = { query, variables: { name: 'größe' } };
    for (let turn = 0; turn < 4; turn++) await send(body);
    registry.statements.length = 0;
    expect((await send(body)).text).toContain('BAD_USER_INPUT');
    expect(registry.statements.filter((text) => text.includes('FROM models'))).toHaveLength(1);
  });

  it('counts as an operation', async () => {
    const counted = async () => {
      const text = await (await fetch(`${registry.url}/metrics`)).text();
      return Number(/modelgraph_operations_total\{name="Counted",type="query",outcome="ok"\} (\d+)/.exec(text)?.[1]);
    };
    const body = { query: 'query Counted { models { totalCount } }' };
    await send(body);
    await send(body);
    await send(body);
    expect(await counted()).toBe(3);
  });
});
