// The whole stack answers the same, byte for byte, whether queries are compiled or not, over HTTP and over WebSocket.

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { buildSchema, type GraphQLSchema, OperationTypeNode, parse, printSchema, validate } from 'graphql';
import { Executor } from '../../src/graphql/executor.ts';
import { buildGraphSchema } from '../../src/graphql/schema.ts';
import { type RandomOperation, randomOperation } from '../support/documents/random-document.ts';
import type { InputPools } from '../support/documents/random-inputs.ts';
import { type FreshDatabase, freshDatabase, startRegistry, type TestRegistry } from '../support/registry.ts';
import { logBatch } from '../support/tracking.ts';
import { promote, registerVersion, setAlias } from '../support/versions.ts';
import { openWebSocket, type WebSocketClient } from '../support/websocket-client.ts';

const SEED = Number(process.env.EXECUTORS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const DOCUMENTS = 200;
/** An answer of one error and nothing else, with the root field that it comes from. */
const FAILED_AT_ROOT = /^\{"errors":\[\{[^{}]*"locations":\[[^[\]]*\],"path":\["(\w+)"[^[]*\],"data":null\}$/;

describe(`two instances on one database, of which one compiles (seed ${SEED})`, () => {
  let database: FreshDatabase;
  let compiling: TestRegistry;
  let interpreting: TestRegistry;
  let sockets: readonly [WebSocketClient, WebSocketClient];
  let operations: readonly RandomOperation[];

  beforeAll(async () => {
    database = await freshDatabase();
    compiling = await startRegistry({ sharedDatabase: database, compiler: { compileAt: 1, maxShare: 1 } });
    interpreting = await startRegistry({ sharedDatabase: database, compiler: { compileAt: Number.POSITIVE_INFINITY } });
    sockets = [openWebSocket(compiling.url), openWebSocket(interpreting.url)];
    // As a client has it: without what only the server knows.
    operations = someOperations(buildSchema(printSchema(buildGraphSchema())), await fill(interpreting));
  });

  afterAll(async () => {
    await Promise.all(sockets.map((socket) => socket.stop()));
    await Promise.all([compiling.stop(), interpreting.stop()]);
    await database.remove();
  });

  it('gives the same status, headers and text over HTTP', async () => {
    const answer = jest.spyOn(Executor.prototype, 'answer');
    let found = 0;
    let failed = 0;
    for (const operation of operations) {
      const [actual, expected] = await Promise.all([overHttp(compiling, operation), overHttp(interpreting, operation)]);
      expect({ operation, ...actual }).toEqual({ operation, ...expected, text: chosen(actual.text, expected.text) });
      if (expected.text.startsWith('{"data":{')) found++;
      if (expected.text.includes('"errors":[')) failed++;
    }
    expect(found).toBeGreaterThan(DOCUMENTS / 4);
    const [counts] = answer.mock.contexts
      .map((executor) => (executor as Executor).counts)
      .filter(({ compiled }) => compiled > 0);
    answer.mockRestore();
    // The compiled form gives up where something fails, and nowhere else.
    expect(counts?.compiled).toBeGreaterThan(DOCUMENTS / 4);
    expect(counts?.repeated).toBeLessThanOrEqual(failed);
  }, 120_000);

  it('gives the same messages over WebSocket', async () => {
    for (const { query, variables, operationName } of operations) {
      const [actual, expected] = await Promise.all(
        sockets.map(async (socket) =>
          withoutErrorIds(JSON.stringify(await socket.send(query, variables, operationName))),
        ),
      );
      expect({ query, answer: actual }).toEqual({ query, answer: chosen(actual as string, expected as string) });
    }
  }, 120_000);

  it('gives the same events', async () => {
    const query = `subscription($after: String) { events(after: $after) { __typename position at type subject actor { name }
      ... on VersionRegistered { number version { uri tags { key value } } } ... on RunStarted { runName run { metrics { key value } } } } }`;
    const [actual, expected] = await Promise.all(sockets.map((socket) => replay(socket, query, 8)));
    expect(actual).toEqual(expected);
    expect(actual).toHaveLength(8);
  });
});

/**
 * What is expected. Of several fields that fail and leave nothing of the answer, the one that fails first is told: where
 * two instances read a database that may be the one or the other.
 */
function chosen(actual: string, expected: string): string {
  const fields = [actual, expected].map((text) => FAILED_AT_ROOT.exec(text)?.[1]);
  return fields[0] !== undefined && fields[1] !== undefined && fields[0] !== fields[1] ? actual : expected;
}

function someOperations(schema: GraphQLSchema, pools: InputPools): RandomOperation[] {
  const found: RandomOperation[] = [];
  for (let seed = SEED; found.length < DOCUMENTS; seed++) {
    const operation = randomOperation(schema, OperationTypeNode.QUERY, seed, pools);
    if (validate(schema, parse(operation.query)).length === 0) found.push(operation);
  }
  return found;
}

/** Puts something into a registry. @returns what finds it */
async function fill(registry: TestRegistry): Promise<InputPools> {
  const texts = ['churn', 'größe', 'x'];
  const ids: string[] = ['x'];
  for (const name of texts) {
    const { startRun } = await registry.ask(
      'mutation($input: StartRunInput!) { startRun(input: $input) { run { id experiment { id } } } }',
      { input: { experiment: { name }, createExperiment: true, name, params: [{ key: 'x', value: name }] } },
    );
    const at = '2026-05-01T12:00:00.000Z';
    await logBatch(registry, startRun.run.id, {
      metrics: [1, 2, 3].map((step) => ({ key: 'x', value: step / 3, step, at })),
    });
    await registry.ask('mutation($input: EndRunInput!) { endRun(input: $input) { run { id } } }', {
      input: { run: startRun.run.id },
    });
    for (let number = 1; number <= 3; number++) {
      const version = await registerVersion(registry, name, {
        run: startRun.run.id,
        tags: [{ key: 'x', value: name }],
      });
      ids.push(version.id);
    }
    await promote(registry, `models:/${encodeURIComponent(name)}/2`, 'PRODUCTION');
    await setAlias(registry, name, 'x', 1);
    const { model } = await registry.ask('query($name: String!) { model(by: {name: $name}) { id } }', { name });
    ids.push(startRun.run.id, startRun.run.experiment.id, model.id);
  }
  return { mistakes: 0.01, ids, texts: [...texts, 'models:/churn/2', 'models:/churn@x'] };
}

async function overHttp({ url }: TestRegistry, operation: RandomOperation) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify(operation),
  });
  const text = withoutErrorIds(await response.text());
  return { status: response.status, type: response.headers.get('content-type'), text };
}

/** The first events of the log, as they are sent. */
async function replay({ client }: WebSocketClient, query: string, count: number): Promise<string[]> {
  const events: string[] = [];
  for await (const result of client.iterate({ query, variables: { after: await beginning(client) } })) {
    events.push(withoutErrorIds(JSON.stringify(result)));
    if (events.length === count) break;
  }
  return events;
}

async function beginning(client: WebSocketClient['client']): Promise<string> {
  for await (const { data } of client.iterate<{ events: { edges: { cursor: string }[] } }>({
    query: '{ events(first: 1) { edges { cursor } } }',
  })) {
    const cursor = data?.events.edges[0]?.cursor;
    if (cursor) return cursor;
  }
  throw new Error('The log is empty.');
}

/** An unexpected error has an id of its own each time. */
function withoutErrorIds(text: string): string {
  return text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id');
}
