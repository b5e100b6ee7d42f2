// An instance that freezes in the middle of a transaction, as a process that is stopped: others go on without it soon.

import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDatabaseUrl } from '../../src/database/address.ts';
import { raw } from '../../src/database/sql.ts';
import { buildProgram, type ServingProgram, serveProgram } from '../support/program.ts';
import { type FreshDatabase, freshDatabase, isSqlite, startRegistry, type TestRegistry } from '../support/registry.ts';
import { headOf, Subscriber } from '../support/subscriber.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

const REGISTER = 'mutation($name: String!) { registerModel(input: {name: $name}) { model { name } } }';
const TAG =
  'mutation($value: String!) { updateModel(input: {model: {name: "held"}, setTags: [{key: "by", value: $value}]}) { model { name } } }';
const EVENTS =
  'subscription($after: String) { events(after: $after) { position ... on ModelRegistered { modelName } } }';

// What a frozen process holds of an SQLite file is a lock of the system, which only its end lets go of.
if (isSqlite) it('A frozen process can be passed by on a database server only', () => expect(isSqlite).toBe(true));
else describe('an instance that freezes', onServer);

function onServer(): void {
  let database: FreshDatabase;
  let proxy: TcpProxy;
  let frozen: ServingProgram;
  let registry: TestRegistry;
  beforeAll(buildProgram, 60_000);
  beforeEach(async () => {
    database = await freshDatabase();
    const address = parseDatabaseUrl(database.url);
    if (!('hosts' in address) || !address.hosts[0]) throw new Error('TEST_MYSQL_URL names no host.');
    proxy = new TcpProxy(address.hosts[0]);
    await proxy.up();
    const DATABASE_URL = database.url.replace(/@[^/]+\//, `@127.0.0.1:${proxy.port}/`);
    frozen = await serveProgram({ DATABASE_URL, LOG_LEVEL: 'warn' });
    registry = await startRegistry({ sharedDatabase: database });
  }, 60_000);
  afterEach(async () => {
    frozen.child.kill('SIGCONT');
    await frozen.end('SIGTERM');
    await registry.stop();
    await proxy.down();
    await database.remove();
  }, 60_000);

  const sendToFrozen = async (query: string, variables: Record<string, unknown>) => {
    const response = await fetch(`${frozen.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
  /** Stops it when it sends a statement, before the answer to that can reach it. */
  const freezeAt = (statement: RegExp) =>
    new Promise<void>((resolve) => {
      proxy.onNext(statement, () => {
        frozen.child.kill('SIGSTOP');
        resolve();
      });
    });

  it('while it gives positions holds the log up for little more than a second, and goes on when it can', async () => {
    const after = await headOf(registry);
    const subscriber = new Subscriber(registry, EVENTS, { after });
    const isFrozen = freezeAt(/UPDATE event_counter SET passes/);
    const first = sendToFrozen(REGISTER, { name: 'by the frozen one' });
    await isFrozen;
    const startedAt = performance.now();
    await registry.ask(REGISTER, { name: 'by another' });
    await subscriber.count(2, 20_000);
    const tookMs = performance.now() - startedAt;
    // A second, and what a busy machine adds.
    expect(tookMs).toBeLessThan(4_000);
    frozen.child.kill('SIGCONT');
    expect(await first).toEqual({ data: { registerModel: { model: { name: 'by the frozen one' } } } });
    await sendToFrozen(REGISTER, { name: 'thawed' });
    const received = await subscriber.count(3);
    const [{ position: start }] = received.map(({ events }) => events);
    expect(received.map(({ events }) => [events.position - start, events.modelName])).toEqual([
      [0, 'by the frozen one'],
      [1, 'by another'],
      [2, 'thawed'],
    ]);
    subscriber.stop();
  }, 60_000);

  it('while it changes a model holds that up for about ten seconds on MariaDB, and loses nothing', async () => {
    const [row] = await registry.app.db.read<{ version: string }>(raw('SELECT VERSION() AS version'));
    if (!/mariadb/i.test(row?.version ?? '')) {
      process.stderr.write('A frozen writer was not tested: MySQL has no limit on transactions that do nothing.\n');
      return;
    }
    await registry.ask(REGISTER, { name: 'held' });
    const isFrozen = freezeAt(/UPDATE `?models`? SET/);
    const first = sendToFrozen(TAG, { value: 'the frozen one' });
    await isFrozen;
    const answer = await registry.send(TAG, { value: 'another' });
    expect(answer.errors).toBeUndefined();
    frozen.child.kill('SIGCONT');
    // Its connection is gone, and nothing was committed: it does it again, after the other.
    expect(await first).toEqual({ data: { updateModel: { model: { name: 'held' } } } });
    const { model } = await registry.ask('{ model(by: {name: "held"}) { tags { value } revision } }');
    expect(model).toEqual({ tags: [{ value: 'the frozen one' }], revision: 3 });
  }, 60_000);
}
