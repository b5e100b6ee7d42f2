// The server as a process: how it ends, and how several share one database.

import { existsSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { buildProgram, runProgram, type ServingProgram, serveProgram } from '../support/program.ts';
import { type FreshDatabase, freshDatabase, type GraphQLAnswer, isSqlite } from '../support/registry.ts';
import { openWebSocket } from '../support/websocket-client.ts';

/** An idle server ends within this, however many connections are open, milliseconds. */
const AT_ONCE_MS = 3_000;
const REGISTER = 'mutation($input: RegisterModelInput!) { registerModel(input: $input) { model { name } } }';

async function send(url: string, query: string, variables = {}): Promise<GraphQLAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphQLAnswer;
}

beforeAll(() => buildProgram(), 120_000);

describe('a server', () => {
  let database: FreshDatabase;
  let servers: ServingProgram[];
  const start = async (environment: Record<string, string> = {}) => {
    const server = await serveProgram({ DATABASE_URL: database.url, ...environment });
    servers.push(server);
    return server;
  };
  beforeEach(async () => {
    database = await freshDatabase();
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) {
      server.child.kill('SIGKILL');
      await server.ended;
    }
    await database.remove();
  });

  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])(
    'ends at %s with the exit code 0, and keeps what was written',
    async (signal) => {
      const server = await start();
      await send(server.url, REGISTER, { input: { name: 'kept' } });
      const { code, tookMs, stderr } = await server.end(signal);
      expect(code).toBe(0);
      expect(tookMs).toBeLessThan(AT_ONCE_MS);
      expect(stderr).toContain('finishing what runs');
      if (isSqlite) {
        const path = database.url.slice('sqlite:'.length);
        expect(existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0).toBe(false);
        const file = new Sqlite(path, { readonly: true });
        expect(file.pragma('integrity_check', { simple: true })).toBe('ok');
        file.close();
      }
      const again = await start();
      expect(await send(again.url, '{ models { nodes { name } } }')).toEqual({
        data: { models: { nodes: [{ name: 'kept' }] } },
      });
    },
  );

  it('ends at once though connections are open, used before or never, and sockets too', async () => {
    const server = await start();
    const { port } = new URL(server.url);
    await send(server.url, '{ __typename }');
    const unused: Socket[] = Array.from({ length: 3 }, () =>
      connect(Number(port), '127.0.0.1').on('error', () => undefined),
    );
    const webSockets = Array.from({ length: 3 }, () => openWebSocket(server.url));
    for (const { send: ask } of webSockets) await ask('{ __typename }');
    const { code, tookMs } = await server.end('SIGINT');
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(AT_ONCE_MS);
    const closings = await Promise.all(webSockets.map(({ closed }) => closed));
    expect(closings.map((closing) => closing.code)).toEqual([1001, 1001, 1001]);
    for (const socket of unused) socket.destroy();
  });

  it('finishes the requests under way', async () => {
    const server = await start();
    const names = Array.from({ length: 40 }, (_, i) => `under way ${i}`);
    const answers = names.map((name) =>
      send(server.url, REGISTER, { input: { name, description: 'd'.repeat(50_000) } }).catch(() => undefined),
    );
    await Promise.race(answers);
    const { code } = await server.end('SIGTERM');
    expect(code).toBe(0);
    const done = (await Promise.all(answers)).flatMap((answer) => answer?.data?.registerModel?.model.name ?? []);
    const again = await start();
    const { data } = await send(again.url, '{ models(first: 500) { nodes { name } } }');
    const kept: string[] = data.models.nodes.map((model: { name: string }) => model.name);
    expect(kept).toEqual(expect.arrayContaining(done));
  });

  it('answers a request that it has begun to read', async () => {
    const server = await start();
    const client = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined);
    let answer = '';
    client.on('data', (bytes) => {
      answer += bytes;
    });
    const body = JSON.stringify({ query: REGISTER, variables: { input: { name: 'half-way' } } });
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    client.write(head + body.slice(0, 20));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const ending = server.end('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    client.write(body.slice(20));
    const { code, tookMs } = await ending;
    expect(answer).toContain('HTTP/1.1 200');
    expect(answer).toContain('{"data":{"registerModel":{"model":{"name":"half-way"}}}}');
    expect([code, tookMs < AT_ONCE_MS]).toEqual([0, true]);
  });

  it('ends without waiting at a second signal', async () => {
    const server = await start();
    const { port } = new URL(server.url);
    const stuck = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    // A request whose body never comes is one that is under way.
    stuck.write('POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
    await new Promise((resolve) => setTimeout(resolve, 200));
    server.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.child.exitCode).toBeNull();
    const { code, tookMs } = await server.end('SIGINT');
    expect([code, tookMs < 1_000]).toEqual([130, true]);
    stuck.destroy();
  });

  it('shares its database with others that start at the same moment and write at the same time', async () => {
    const three = await Promise.all([start(), start(), start()]);
    const writes = three.flatMap(({ url }, server) =>
      Array.from({ length: 30 }, (_, i) => send(url, REGISTER, { input: { name: `by ${server}, ${i}` } })),
    );
    expect((await Promise.all(writes)).flatMap((answer) => answer.errors ?? [])).toEqual([]);
    for (const { url } of three) {
      expect(await send(url, '{ models { totalCount } }')).toEqual({ data: { models: { totalCount: 90 } } });
    }
    const update = 'mutation($input: UpdateModelInput!) { updateModel(input: $input) { model { revision } } }';
    const updates = three.flatMap(({ url }) =>
      Array.from({ length: 20 }, (_, i) =>
        send(url, update, { input: { model: { name: 'by 0, 0' }, description: `${url} ${i}` } }),
      ),
    );
    expect((await Promise.all(updates)).flatMap((answer) => answer.errors ?? [])).toEqual([]);
    const { data } = await send(three[0]?.url ?? '', '{ model(by: {name: "by 0, 0"}) { revision } }');
    expect(data.model.revision).toBe(61);
    const endings = await Promise.all(three.map((server) => server.end('SIGTERM')));
    expect(endings.map(({ code }) => code)).toEqual([0, 0, 0]);
    const check = await runProgram(['migrate', '--check'], { DATABASE_URL: database.url, LOG_LEVEL: 'error' }).ended;
    expect(check).toMatchObject({ code: 0, stdout: expect.stringContaining('is up to date') });
  });
});
