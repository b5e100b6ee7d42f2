// The WebSocket endpoint: who may connect, what closes a socket and with which code, and how it ends with the server.

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { recordingLog } from '../support/log.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { openWebSocket } from '../support/websocket-client.ts';

const PROTOCOL = 'graphql-transport-ws';

describe('the WebSocket endpoint', () => {
  let registry: TestRegistry;
  const { log, lines } = recordingLog();
  const sockets: WebSocket[] = [];
  beforeAll(async () => {
    registry = await startRegistry({ log });
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate();
  });
  afterAll(() => registry.stop());

  const open = (headers: Record<string, string> = {}, path = '/graphql', protocol = PROTOCOL) => {
    const socket = new WebSocket(`${registry.url.replace('http', 'ws')}${path}`, protocol, { headers });
    sockets.push(socket);
    return socket;
  };
  /** `open`, the status of the refusal, or the close code. */
  const outcomeOf = (socket: WebSocket): Promise<string> =>
    new Promise((resolve) => {
      socket.on('open', () => resolve('open'));
      socket.on('unexpected-response', (_request, response) => resolve(String(response.statusCode)));
      socket.on('error', (error) => resolve(error.message));
    });
  const closingOf = (socket: WebSocket): Promise<string> =>
    new Promise((resolve) => socket.on('close', (code, reason) => resolve(`${code} ${reason}`)));
  const acknowledged = async (headers?: Record<string, string>): Promise<WebSocket> => {
    const socket = open(headers);
    await outcomeOf(socket);
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await new Promise((resolve) => socket.once('message', resolve));
    return socket;
  };

  it('is open to programs, which name no origin, and to pages of its own', async () => {
    expect(await outcomeOf(open())).toBe('open');
    expect(await outcomeOf(open({ origin: registry.url }))).toBe('open');
  });

  it.each(['https://evil.example', 'http://127.0.0.1:1', 'null', 'http://127.0.0.1.evil.example'])(
    'refuses a page from %s',
    async (origin) => {
      expect(await outcomeOf(open({ origin }))).toBe('403');
    },
  );

  it('is at /graphql only', async () => {
    expect(await outcomeOf(open({}, '/graphql?x=1'))).toBe('open');
    expect(await outcomeOf(open({}, '/other'))).toBe('404');
    expect(await outcomeOf(open({}, '//[x'))).toBe('404');
  });

  it('speaks graphql-transport-ws only', async () => {
    expect(await outcomeOf(open({}, '/graphql', 'graphql-ws'))).not.toBe('open');
  });

  it.each([
    ['no JSON', 'nonsense', '4400 Invalid message received'],
    ['JSON of another kind', '{"type":"nonsense"}', '4400 Invalid message received'],
    [
      'variables as a text',
      '{"id":"1","type":"subscribe","payload":{"query":"{ __typename }","variables":"{}"}}',
      '4400 Invalid message received',
    ],
    ['a second greeting', '{"type":"connection_init"}', '4429 Too many initialisation requests'],
  ])('closes a socket that sends %s', async (_what, message, closing) => {
    const socket = await acknowledged();
    const closed = closingOf(socket);
    socket.send(message);
    expect(await closed).toBe(closing);
  });

  it('closes a socket that asks before it has greeted', async () => {
    const socket = open();
    await outcomeOf(socket);
    const closed = closingOf(socket);
    socket.send('{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}');
    expect(await closed).toBe('4401 Unauthorized');
  });

  it('closes a socket that sends more than 32 MB in one message, and goes on', async () => {
    const socket = await acknowledged();
    const closed = closingOf(socket);
    socket.send(Buffer.alloc(33 * 1024 * 1024, 'a'));
    expect(await closed).toMatch(/^1009/);
    expect(await registry.ask('{ __typename }')).toEqual({ __typename: 'Query' });
    expect(lines.filter((line) => line.level >= 40)).toEqual([]);
  });

  it.each([
    ['too long', 'a'.repeat(251), '4400 actor has more than 250 characters.'],
    ['no text', 5, '4400 actor must be a text.'],
    ['blank', '  ', '4400 actor is empty.'],
  ])('refuses an actor that is %s', async (_what, actor, closing) => {
    const socket = open();
    await outcomeOf(socket);
    const closed = closingOf(socket);
    socket.send(JSON.stringify({ type: 'connection_init', payload: { actor } }));
    expect(await closed).toBe(closing);
  });

  it('refuses an actor in the header as over HTTP', async () => {
    const socket = open({ 'x-actor': 'a'.repeat(251) });
    await outcomeOf(socket);
    const closed = closingOf(socket);
    socket.send('{"type":"connection_init"}');
    expect(await closed).toBe('4400 X-Actor has more than 250 characters.');
  });
});

describe('a server that ends', () => {
  let registry: TestRegistry;
  let letGo: () => void;
  let begun: Promise<void>;
  beforeEach(async () => {
    registry = await startRegistry();
    const { models } = registry.app.features.services;
    const register = models.register.bind(models);
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    begun = new Promise((resolve) => {
      models.register = async (actor, input) => {
        resolve();
        await gate;
        return register(actor, input);
      };
    });
  });

  it('finishes what runs over WebSocket, takes no more, and closes the socket with 1001', async () => {
    const client = openWebSocket(registry.url);
    const underWay = client.send('mutation { registerModel(input: {name: "under way"}) { model { name } } }');
    await begun;
    const stopped = registry.stop();
    const late = await client.send('mutation { registerModel(input: {name: "late"}) { model { name } } }');
    expect(late.errors?.[0]).toMatchObject({
      message: 'The server is going away.',
      extensions: { code: 'UNAVAILABLE' },
    });
    letGo();
    expect(await underWay).toEqual({ data: { registerModel: { model: { name: 'under way' } } } });
    expect(await client.closed).toMatchObject({ code: 1001, reason: 'Going away' });
    await stopped;
  });

  it('finishes what runs over HTTP, and takes no more', async () => {
    const underWay = registry.ask('mutation { registerModel(input: {name: "under way"}) { model { name } } }');
    await begun;
    const stopped = registry.stop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(fetch(registry.url)).rejects.toThrow();
    letGo();
    expect(await underWay).toEqual({ registerModel: { model: { name: 'under way' } } });
    await stopped;
  });

  it('answers a late request on a connection that is busy, as unavailable', async () => {
    const { port, host } = new URL(registry.url);
    const request = (query: string) => {
      const body = JSON.stringify({ query });
      return `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    };
    const connection = connect(Number(port), '127.0.0.1');
    let text = '';
    connection.on('data', (bytes) => {
      text += bytes;
    });
    connection.write(request('mutation { registerModel(input: {name: "under way"}) { model { name } } }'));
    await begun;
    const stopped = registry.stop();
    connection.write(request('mutation { registerModel(input: {name: "late"}) { model { name } } }'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    letGo();
    await once(connection, 'close');
    await stopped;
    const [first, second] = text.split(/(?=HTTP\/1\.1 )/);
    expect(first).toMatch(/^HTTP\/1\.1 200 /);
    expect(second).toMatch(/^HTTP\/1\.1 503 /);
    expect(second).toMatch(/^content-type: application\/json/im);
    expect(JSON.parse(second?.split('\r\n\r\n')[1] ?? '')).toEqual({
      errors: [{ message: 'The server is going away.', extensions: { code: 'UNAVAILABLE' } }],
    });
  });

  it('does not wait for a client that never closes its socket', async () => {
    const socket = new WebSocket(`${registry.url.replace('http', 'ws')}/graphql`, PROTOCOL);
    await new Promise((resolve) => socket.once('open', resolve));
    socket.pause();
    const startedAt = performance.now();
    letGo();
    await registry.stop();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    socket.terminate();
  });
});
