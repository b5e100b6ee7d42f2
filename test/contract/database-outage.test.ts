// A database that is down, goes away or is cut off in the middle: waited for, reported, and used again without a restart.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type App, startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { Unavailable } from '../../src/core/errors.ts';
import { parseDatabaseUrl } from '../../src/database/address.ts';
import { sql } from '../../src/database/sql.ts';
import { recordingLog } from '../support/log.ts';
import { type FreshDatabase, freshDatabase, type GraphQLAnswer, isSqlite } from '../support/registry.ts';
import { Subscriber } from '../support/subscriber.ts';
import { type CutMoment, TcpProxy } from '../support/tcp-proxy.ts';

async function until(isSo: () => Promise<boolean>, limitMs = 5_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('It did not come to that in time.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const REGISTER = 'mutation($input: RegisterModelInput!) { registerModel(input: $input) { model { name } } }';

// SQLite is a file of the process itself: there is no connection that could be lost, and nothing to test but that.
if (isSqlite) it('An outage is one of a database server', () => expect(isSqlite).toBe(true));
else describe('an outage of the database', onServer);

function onServer(): void {
  let database: FreshDatabase;
  let proxies: [TcpProxy, TcpProxy];
  const { log, lines } = recordingLog();
  const apps: App[] = [];

  const start = async (hosts: readonly TcpProxy[], environment: Record<string, string> = {}): Promise<App> => {
    const list = hosts.map(({ port }) => `127.0.0.1:${port}`).join(',');
    const url = database.url.replace(/@[^/]+\//, `@${list}/`);
    const app = await startApp(readConfig({}, { PORT: '0', DATABASE_URL: url, ...environment }), log);
    apps.push(app);
    return app;
  };
  const send = async (app: App, query: string, variables = {}): Promise<GraphQLAnswer> => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as GraphQLAnswer;
  };
  const countOf = async (app: App, name: string): Promise<{ models: number; events: number }> => {
    const { data } = await send(app, 'query($name: String!) { models(filter: {name: {eq: $name}}) { totalCount } }', {
      name,
    });
    const row = await app.db.readFirst<{ n: number }>(
      sql`SELECT COUNT(*) AS n FROM events e WHERE e.subjectName = ${name}`,
    );
    return { models: data.models.totalCount, events: Number(row?.n) };
  };
  const statusOf = async (app: App, path: string) => (await fetch(`${app.url}${path}`)).status;

  beforeAll(async () => {
    database = await freshDatabase();
  });
  beforeEach(async () => {
    const address = parseDatabaseUrl(database.url);
    if (!('hosts' in address) || !address.hosts[0]) throw new Error('TEST_MYSQL_URL names no host.');
    proxies = [new TcpProxy(address.hosts[0]), new TcpProxy(address.hosts[0])];
    for (const proxy of proxies) await proxy.up();
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    for (const proxy of proxies) await proxy.down();
  });
  afterAll(() => database.remove());

  it('at the start is waited for, with a word in the log', async () => {
    const [proxy] = proxies;
    await proxy.down();
    lines.length = 0;
    const starting = start([proxy], { DATABASE_WAIT_SECONDS: '20' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await proxy.up();
    const app = await starting;
    expect(await statusOf(app, '/readyz')).toBe(200);
    const waited = lines.filter((line) => line.msg === 'the database is not there yet; trying again');
    expect(waited[0]).toMatchObject({
      level: 40,
      reason: 'ECONNREFUSED',
      address: expect.stringContaining(`${proxy.port}`),
    });
    expect(waited[0]?.address).not.toContain('@');
  });

  it('at the start is waited for no longer than configured', async () => {
    const [proxy] = proxies;
    await proxy.down();
    const starting = start([proxy], { DATABASE_WAIT_SECONDS: '1' });
    await expect(starting).rejects.toThrow(Unavailable);
    await expect(starting).rejects.toThrow(/cannot be reached \(ECONNREFUSED\); gave up after 1 s/);
  });

  it('while the tables are made is waited for, and all of them are made', async () => {
    const [proxy] = proxies;
    const statements = [/SET holder = /, /CREATE TABLE [^(]*events/];
    for (const statement of statements) {
      for (const moment of ['before', 'after'] as const) {
        await database.remove();
        database = await freshDatabase();
        proxy.cutNext(statement, moment);
        const app = await start([proxy]);
        expect(await app.drift()).toEqual([]);
        expect(proxy.wasCut).toBe(true);
        await apps.pop()?.close();
      }
    }
  });

  it('gives UNAVAILABLE and readiness 503 until it is over, without a restart', async () => {
    const [proxy] = proxies;
    const app = await start([proxy]);
    await send(app, REGISTER, { input: { name: 'before' } });
    await proxy.down();
    for (const query of [
      '{ models { totalCount } }',
      'mutation { registerModel(input: {name: "during"}) { model { id } } }',
    ]) {
      const { errors } = await send(app, query);
      expect(errors?.[0]).toMatchObject({
        message: expect.stringMatching(/^The registry cannot answer now: the database cannot be reached/),
        extensions: { code: 'UNAVAILABLE' },
      });
    }
    expect(await statusOf(app, '/readyz')).toBe(503);
    expect(await statusOf(app, '/healthz')).toBe(200);
    await proxy.up();
    expect(await statusOf(app, '/readyz')).toBe(200);
    expect((await send(app, REGISTER, { input: { name: 'after' } })).errors).toBeUndefined();
    expect(await countOf(app, 'before')).toEqual({ models: 1, events: 1 });
    expect(await countOf(app, 'during')).toEqual({ models: 0, events: 0 });
  });

  it('is told once when it begins and once when it is over, with how long, and followed again within a second', async () => {
    const [proxy] = proxies;
    const app = await start([proxy]);
    const subscriber = new Subscriber(app, 'subscription { events { position } }');
    await until(async () => {
      await send(app, REGISTER, { input: { name: `seen ${subscriber.received.length} ${performance.now()}` } });
      return subscriber.received.length > 0;
    });
    lines.length = 0;
    await proxy.down();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const warnings = lines.filter(({ level }) => level >= 40);
    expect(warnings.map(({ msg }) => msg)).toEqual(['could not follow the event log; trying until it works again']);
    await proxy.up();
    const before = subscriber.received.length;
    await until(async () => lines.some(({ msg }) => msg === 'following the event log again'), 1_500);
    expect(lines.find(({ msg }) => msg === 'following the event log again')?.lastedMs).toBeGreaterThan(2_500);
    await send(app, REGISTER, { input: { name: 'afterwards' } });
    await subscriber.count(before + 1);
    subscriber.stop();
  });

  it('that cuts every idle connection is not noticed', async () => {
    const [proxy] = proxies;
    const app = await start([proxy]);
    await Promise.all(Array.from({ length: 10 }, () => send(app, '{ models { totalCount } }')));
    proxy.cutAll();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(app, '{ models { totalCount } }')));
    expect(answers.flatMap((answer) => answer.errors ?? [])).toEqual([]);
  });

  it.each<CutMoment>(['before', 'after'])(
    'in the middle of a transaction, %s its insert, is not noticed',
    async (moment) => {
      const [proxy] = proxies;
      const app = await start([proxy]);
      const name = `cut ${moment} the insert`;
      proxy.cutNext(/INSERT INTO `models`/, moment);
      expect((await send(app, REGISTER, { input: { name } })).data).toEqual({ registerModel: { model: { name } } });
      expect(await countOf(app, name)).toEqual({ models: 1, events: 1 });
    },
  );

  it('in the middle of a page is not noticed', async () => {
    const [proxy] = proxies;
    const app = await start([proxy]);
    proxy.cutNext(/SELECT m\.\*/, 'after');
    expect((await send(app, '{ models { nodes { name } } }')).errors).toBeUndefined();
  });

  it.each<[CutMoment, number]>([
    ['before', 0],
    ['after', 1],
  ])('%s the commit leaves open whether the change was made, and says so', async (moment, expected) => {
    const [proxy] = proxies;
    const app = await start([proxy]);
    const name = `cut ${moment} the commit`;
    // Otherwise the commit that is cut may be the one that gives earlier events their positions.
    await send(app, '{ eventHead }');
    proxy.cutNext(/COMMIT/, moment);
    const { errors } = await send(app, REGISTER, { input: { name } });
    expect(errors?.[0]).toMatchObject({
      message: 'The registry cannot answer now: whether the change was made is not known.',
      extensions: { code: 'UNAVAILABLE' },
    });
    expect(await countOf(app, name)).toEqual({ models: expected, events: expected });
  });

  it.each<CutMoment>(['before', 'after'])('%s the commit is mended by an idempotency key', async (moment) => {
    const [proxy] = proxies;
    const app = await start([proxy]);
    const name = `cut ${moment} the commit, with a key`;
    await send(app, '{ eventHead }');
    proxy.cutNext(/COMMIT/, moment);
    const answer = await send(app, REGISTER, { input: { name, idempotencyKey: name } });
    expect(answer).toEqual({ data: { registerModel: { model: { name } } } });
    expect(await countOf(app, name)).toEqual({ models: 1, events: 1 });
  });

  it('of the first of two hosts at the start turns to the second', async () => {
    const [first, second] = proxies;
    await first.down();
    const app = await start([first, second], { DATABASE_WAIT_SECONDS: '5' });
    expect((await send(app, '{ models { totalCount } }')).errors).toBeUndefined();
    expect(second.connectionCount).toBeGreaterThan(0);
  });

  it('of the host that is used turns to the other, and back', async () => {
    const [first, second] = proxies;
    const app = await start([first, second]);
    await Promise.all(Array.from({ length: 10 }, () => send(app, '{ models { totalCount } }')));
    expect(second.connectionCount).toBe(0);
    await first.down();
    const writes = Array.from({ length: 10 }, (_, i) => send(app, REGISTER, { input: { name: `failover ${i}` } }));
    expect((await Promise.all(writes)).flatMap((answer) => answer.errors ?? [])).toEqual([]);
    expect(second.connectionCount).toBeGreaterThan(0);
    await first.up();
    await new Promise((resolve) => setTimeout(resolve, 600));
    await second.down();
    expect((await send(app, REGISTER, { input: { name: 'failback' } })).errors).toBeUndefined();
  });

  it('of all hosts is UNAVAILABLE until one is back', async () => {
    const [first, second] = proxies;
    const app = await start([first, second]);
    await first.down();
    await second.down();
    expect((await send(app, '{ models { totalCount } }')).errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
    await second.up();
    expect((await send(app, '{ models { totalCount } }')).errors).toBeUndefined();
  });
}
