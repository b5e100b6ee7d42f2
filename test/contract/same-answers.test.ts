// Queries, mutations and errors are answered over WebSocket exactly as over HTTP.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordingLog } from '../support/log.ts';
import { type GraphQLAnswer, startRegistry, type TestRegistry } from '../support/registry.ts';
import { openWebSocket, type WebSocketClient } from '../support/websocket-client.ts';

const { log, lines } = recordingLog();

/** Each case with the code that it is answered with, or `ok`. */
const CASES: readonly [
  string,
  string,
  { query: string; variables?: Record<string, unknown>; operationName?: string },
][] = [
  ['a query', 'ok', { query: '{ models(first: 2) { totalCount nodes { id name tags { key value } createdAt } } }' }],
  ['introspection', 'ok', { query: '{ __schema { queryType { name } } __type(name: "Model") { name } }' }],
  [
    'one of several operations',
    'ok',
    { query: 'query A { a: __typename } query B { b: __typename }', operationName: 'B' },
  ],
  ['a syntax error', 'GRAPHQL_PARSE_FAILED', { query: '{ models { ' }],
  ['too many tokens', 'GRAPHQL_PARSE_FAILED', { query: `{ ${'__typename '.repeat(10_001)} }` }],
  [
    'a document nested too deeply to be read',
    'GRAPHQL_PARSE_FAILED',
    { query: `{ models(filter: ${'{not:'.repeat(3_300)}{}${'}'.repeat(3_300)}) { totalCount } }` },
  ],
  ['an unknown field', 'GRAPHQL_VALIDATION_FAILED', { query: '{ models { nodes { nme } } }' }],
  ['a missing argument', 'GRAPHQL_VALIDATION_FAILED', { query: '{ node { id } }' }],
  ['a literal of the wrong type', 'GRAPHQL_VALIDATION_FAILED', { query: '{ models(first: "x") { totalCount } }' }],
  ['an integer beyond 32 bits', 'GRAPHQL_VALIDATION_FAILED', { query: '{ models(first: 3000000000) { totalCount } }' }],
  ['two selectors at once', 'GRAPHQL_VALIDATION_FAILED', { query: '{ model(by: {id: "a", name: "b"}) { id } }' }],
  [
    'a document with too many aliases',
    'GRAPHQL_VALIDATION_FAILED',
    { query: `{ ${Array.from({ length: 101 }, (_, i) => `a${i}: __typename`).join(' ')} }` },
  ],
  ['an unknown operation', 'OPERATION_RESOLUTION_FAILURE', { query: '{ __typename }', operationName: 'Other' }],
  [
    'a choice that was not made',
    'OPERATION_RESOLUTION_FAILURE',
    { query: 'query A { __typename } query B { __typename }' },
  ],
  [
    'a variable of the wrong type',
    'BAD_USER_INPUT',
    { query: 'query($first: Int) { models(first: $first) { totalCount } }', variables: { first: 'x' } },
  ],
  [
    'a variable with an unknown field',
    'BAD_USER_INPUT',
    { query: 'query($by: ModelBy!) { model(by: $by) { id } }', variables: { by: { nme: 'x' } } },
  ],
  [
    'a variable with two selectors at once',
    'BAD_USER_INPUT',
    { query: 'query($by: ModelBy!) { model(by: $by) { id } }', variables: { by: { name: 'x', id: 'y' } } },
  ],
  ['a variable that is missing', 'BAD_USER_INPUT', { query: 'query($by: ModelBy!) { model(by: $by) { id } }' }],
  [
    'a null where a default stood',
    'BAD_USER_INPUT',
    {
      query: 'query($name: String = "Model") { __type(name: $name) { name } }',
      variables: { name: null },
    },
  ],
  ['a rule of a list', 'BAD_USER_INPUT', { query: '{ models(first: 501) { totalCount } }' }],
  [
    'a rule of a mutation',
    'BAD_USER_INPUT',
    { query: 'mutation { registerModel(input: {name: "a/b"}) { model { id } } }' },
  ],
  [
    'a conflict with details',
    'CONFLICT',
    { query: 'mutation { updateModel(input: {model: {name: "churn"}, expectedRevision: 9}) { model { id } } }' },
  ],
  [
    'what is not there',
    'NOT_FOUND',
    { query: 'mutation { deleteModel(input: {model: {name: "none"}}) { deletedId } }' },
  ],
  [
    'an operation that may return too much',
    'BAD_USER_INPUT',
    {
      query: '{ models(first: 500) { nodes { createdBy { name } tags { key } } } }',
    },
  ],
  [
    'a subject that fails unexpectedly',
    'INTERNAL_SERVER_ERROR',
    { query: 'mutation { renameModel(input: {model: {name: "churn"}, newName: "x"}) { model { id } } }' },
  ],
];

describe('a request over WebSocket', () => {
  let registry: TestRegistry;
  let webSocket: WebSocketClient;
  beforeAll(async () => {
    registry = await startRegistry({ log, environment: { MAX_QUERY_COST: '1000' } });
    await registry.ask('mutation { registerModel(input: {name: "churn"}) { model { id } } }');
    registry.app.features.services.models.rename = async () => {
      throw new Error('the secret of the program');
    };
    webSocket = openWebSocket(registry.url);
  });
  afterAll(async () => {
    await webSocket.stop();
    await registry.stop();
  });

  it.each(CASES)('is answered like one over HTTP: %s (%s)', async (_what, code, request) => {
    const response = await fetch(`${registry.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    const overHttp = (await response.json()) as GraphQLAnswer;
    const overWebSocket = await webSocket.send(request.query, request.variables, request.operationName);
    expect(withoutErrorIds(overWebSocket)).toEqual(withoutErrorIds(overHttp));
    expect(overHttp.errors?.[0]?.extensions.code ?? 'ok').toBe(code);
    const wasExecuted = 'data' in overHttp;
    expect(response.status).toBe(wasExecuted ? 200 : 400);
  });

  it('shows nothing of an unexpected error but the id under which the log has it', async () => {
    const query = 'mutation { renameModel(input: {model: {name: "churn"}, newName: "x"}) { model { id } } }';
    for (const answer of [await registry.send(query), await webSocket.send(query)]) {
      expect(JSON.stringify(answer)).not.toContain('secret');
      const errorId = /the log has it under (.+)\.$/.exec(answer.errors?.[0]?.message ?? '')?.[1];
      expect(answer.errors?.[0]?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', errorId });
      const line = lines.find((candidate) => candidate.errorId === errorId);
      expect(line).toMatchObject({ level: 50, path: ['renameModel'], err: { message: 'the secret of the program' } });
    }
  });

  it('names the actor of the connection', async () => {
    const asGerda = openWebSocket(registry.url, { connectionParams: { actor: 'Gérda Ångström 李' } });
    const byHeader = openWebSocket(registry.url, {
      headers: { 'x-actor': Buffer.from('Łucja', 'utf8').toString('latin1') },
    });
    const register =
      'mutation($name: String!) { registerModel(input: {name: $name}) { model { createdBy { name } } } }';
    const answers = [
      await asGerda.send(register, { name: 'by-params' }),
      await byHeader.send(register, { name: 'by-header' }),
    ];
    expect(answers.map(({ data }) => data.registerModel.model.createdBy.name)).toEqual(['Gérda Ångström 李', 'Łucja']);
    await asGerda.stop();
    await byHeader.stop();
  });
});

function withoutErrorIds(answer: GraphQLAnswer): unknown {
  const text = JSON.stringify({ ...answer, ...(answer.data === undefined && { data: undefined }) });
  return JSON.parse(text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>'));
}
