// What the server tells of its work under /metrics.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { openRegistry } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { freshDatabase, isSqlite, startRegistry, type TestRegistry } from '../support/registry.ts';
import { Subscriber } from '../support/subscriber.ts';
import { registerVersion } from '../support/versions.ts';
import { openWebSocket } from '../support/websocket-client.ts';

const REGISTER = 'mutation Register($input: RegisterModelInput!) { registerModel(input: $input) { model { id } } }';

/** The values of one metric, by their labels as they are printed. */
async function valuesOf(registry: TestRegistry, metric: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${registry.url}/metrics`)).text();
  const values: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === metric) values[labels] = Number(value);
  }
  return values;
}

describe('/metrics', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  it('is text for Prometheus, with what Node tells of the process', async () => {
    const response = await fetch(`${registry.url}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('counts operations by name, type and outcome, with their time and their statements', async () => {
    await registry.ask(REGISTER, { input: { name: 'measured' } });
    await registry.send(REGISTER, { input: { name: 'measured' } });
    await registry.ask('{ models { nodes { name } } }');
    await registry.send('query Broken { nothing }');
    const operations = await valuesOf(registry, 'modelgraph_operations_total');
    expect(operations).toMatchObject({
      'name="Register",type="mutation",outcome="ok"': 1,
      'name="Register",type="mutation",outcome="error"': 1,
      'name="anonymous",type="query",outcome="ok"': 1,
      'name="unknown",type="unknown",outcome="error"': 1,
    });
    const seconds = await valuesOf(registry, 'modelgraph_operation_duration_seconds_count');
    expect(seconds['name="Register",type="mutation"']).toBe(2);
    const errors = await valuesOf(registry, 'modelgraph_graphql_errors_total');
    expect(errors).toMatchObject({ 'code="CONFLICT"': 1, 'code="GRAPHQL_VALIDATION_FAILED"': 1 });
  });

  it('counts every statement of an operation, and none that another one or the event log ran', async () => {
    await registry.ask(REGISTER, { input: { name: 'counted' } });
    registry.statements.length = 0;
    await Promise.all(
      Array.from({ length: 5 }, () =>
        registry.ask('query Counted { model(by: {name: "counted"}) { id versions { nodes { id } } } }'),
      ),
    );
    const sums = await valuesOf(registry, 'modelgraph_operation_statements_sum');
    expect(sums['name="Counted",type="query"']).toBe(registry.statements.length);
    expect(registry.statements.length).toBe(10);
  });

  it('counts requests by route and status, whatever paths are asked for', async () => {
    for (const path of ['/healthz', '/nowhere', '/elsewhere']) await fetch(`${registry.url}${path}`);
    const requests = await valuesOf(registry, 'modelgraph_http_requests_total');
    expect(requests['route="/healthz",status="200"']).toBe(1);
    expect(requests['route="/graphql",status="400"']).toBe(1);
    const unknown = Object.entries(requests).filter(([labels]) => labels.includes('status="404"'));
    expect(unknown.map(([, count]) => count)).toEqual([2]);
  });

  it('says how the database and its connections are', async () => {
    expect(await valuesOf(registry, 'modelgraph_database_up')).toEqual({ '': 1 });
    const connections = await valuesOf(registry, 'modelgraph_database_connections');
    expect(connections['state="in_use"']).toBe(0);
    expect(connections['state="idle"']).toBeGreaterThanOrEqual(1);
    expect(await valuesOf(registry, 'modelgraph_database_waiting')).toEqual({ '': 0 });
  });

  it('says who waits while connections are in use', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const actor = { name: 'tests', isVerified: false };
    const count = isSqlite ? 3 : 18;
    const work = Array.from({ length: count }, () => registry.app.db.maintain(actor, () => held));
    await new Promise((resolve) => setTimeout(resolve, 200));
    // With every connection of a pool in use, the log cannot be asked either.
    const connections = registry.app.db.connections();
    release();
    await Promise.all(work);
    expect(connections.inUse).toBe(isSqlite ? 1 : 16);
    expect(connections.waiting).toBeGreaterThanOrEqual(2);
  });

  it('counts WebSockets, subscriptions, and what subscribers are sent', async () => {
    const subscriber = new Subscriber(registry, 'subscription Watch { events { cursor } }');
    const open = { webSockets: 0, subscriptions: 0 };
    for (let tries = 0; tries < 100 && open.subscriptions === 0; tries++) {
      open.webSockets = (await valuesOf(registry, 'modelgraph_websockets'))[''] ?? 0;
      open.subscriptions = (await valuesOf(registry, 'modelgraph_subscriptions'))[''] ?? 0;
    }
    expect(open).toEqual({ webSockets: 1, subscriptions: 1 });
    await registerVersion(registry, 'watched');
    await subscriber.count(2);
    expect(await valuesOf(registry, 'modelgraph_events_delivered_total')).toEqual({ '': 2 });
    const operations = await valuesOf(registry, 'modelgraph_operations_total');
    expect(operations['name="Watch",type="subscription",outcome="ok"']).toBe(2);
    subscriber.stop();
    for (let tries = 0; tries < 100 && open.webSockets > 0; tries++) {
      open.webSockets = (await valuesOf(registry, 'modelgraph_websockets'))[''] ?? 0;
    }
    expect(open.webSockets).toBe(0);
    expect(await valuesOf(registry, 'modelgraph_subscriptions')).toEqual({ '': 0 });
  });

  it('counts operations over WebSocket like those over HTTP', async () => {
    const client = openWebSocket(registry.url);
    await client.send('query OverSocket { __typename }');
    await client.stop();
    const operations = await valuesOf(registry, 'modelgraph_operations_total');
    expect(operations['name="OverSocket",type="query",outcome="ok"']).toBe(1);
  });

  it('tells only so many names apart', async () => {
    const send = (index: number) => registry.ask(`query Name${index} { __typename }`);
    await Promise.all(Array.from({ length: 210 }, (_, index) => send(index)));
    const operations = await valuesOf(registry, 'modelgraph_operations_total');
    expect(operations['name="other",type="query",outcome="ok"']).toBeGreaterThanOrEqual(10);
    expect(Object.keys(operations).length).toBeLessThan(215);
  });
});

it('METRICS=false serves none', async () => {
  const registry = await startRegistry({ environment: { METRICS: 'false' } });
  expect((await fetch(`${registry.url}/metrics`)).status).toBe(404);
  expect(await registry.ask('{ __typename }')).toEqual({ __typename: 'Query' });
  await registry.stop();
});

it('How far the event log is behind shows in its lag', async () => {
  const database = await freshDatabase();
  const config = readConfig({}, { DATABASE_URL: database.url });
  // Its log stands still: nobody has started it.
  const { db, events, features, close } = await openRegistry(config, pino({ level: 'silent' }));
  const actor = { name: 'ada', isVerified: false };
  const before = Date.now();
  await features.services.models.register(actor, { name: 'a' } as never);
  await features.services.models.register(actor, { name: 'b' } as never);
  const lag = await events.lag(before + 5_000);
  expect(lag).toMatchObject({ position: 0, waiting: 2, behind: 0 });
  expect(lag.waitingMs).toBeGreaterThan(3_000);
  expect(lag.waitingMs).toBeLessThanOrEqual(5_000);
  expect(db.connections().inUse).toBe(0);
  await close();
  await database.remove();
});
