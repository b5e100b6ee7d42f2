// The protocol graphql-transport-ws, message by message, against the running server.

import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { beginPeer, connectPeer, openSocket, Peer, statusOf } from '../support/peer.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { headOf } from '../support/subscriber.ts';

const REGISTER = 'mutation($name: String!) { registerModel(input: {name: $name}) { model { id } } }';
const FOLLOW = 'subscription($after: String) { events(after: $after) { position } }';

describe('graphql-transport-ws', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({
      webSocket: { initTimeoutMs: 300, maxMessageBytes: 10_000, maxSubscriptionsPerSocket: 3, pingMs: 300 },
      environment: { ALLOWED_ORIGINS: 'https://friend.example' },
    });
  });
  afterAll(() => registry.stop());

  it('closes with 4400 for what is no message, and for one of no known type', async () => {
    const subscribe = (message: object) => JSON.stringify({ type: 'subscribe', ...message });
    for (const text of [
      'nonsense',
      'null',
      '[]',
      '{}',
      '{"type":"unknown"}',
      '{"type":"connection_ack"}{',
      '{"type":"connection_init","payload":"text"}',
      '{"type":"ping","payload":1}',
      '{"type":"pong","payload":[]}',
      '{"type":"complete"}',
      '{"type":"complete","id":""}',
      subscribe({}),
      subscribe({ payload: { query: '{ eventHead }' } }),
      subscribe({ id: '', payload: { query: '{ eventHead }' } }),
      subscribe({ id: 1, payload: { query: '{ eventHead }' } }),
      subscribe({ id: '1' }),
      subscribe({ id: '1', payload: {} }),
      subscribe({ id: '1', payload: { query: 1 } }),
      subscribe({ id: '1', payload: { query: '{ eventHead }', operationName: 1 } }),
      subscribe({ id: '1', payload: { query: '{ eventHead }', variables: [] } }),
    ]) {
      const peer = await connectPeer(registry);
      peer.send(text);
      expect([text, (await peer.closed).code]).toEqual([text, 4400]);
    }
  });

  it('closes with 4401 for an operation before the connection is acknowledged', async () => {
    const peer = await connectPeer(registry);
    peer.subscribe('1', '{ eventHead }');
    expect(await peer.closed).toMatchObject({ code: 4401, reason: 'Unauthorized' });
  });

  it('closes with 4406 for another protocol', async () => {
    const peer = new Peer(openSocket(registry, {}, ''));
    expect(await peer.closed).toMatchObject({ code: 4406 });
  });

  it('closes with 4408 where the client does not begin', async () => {
    const peer = await connectPeer(registry);
    expect(await peer.closed).toMatchObject({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  it('closes with 4409 for an id that is in use', async () => {
    const peer = await beginPeer(registry);
    for (const id of ['1', '1']) peer.subscribe(id, FOLLOW);
    expect(await peer.closed).toMatchObject({ code: 4409, reason: 'Subscriber for 1 already exists' });
  });

  it('closes with 4409 whatever the operations are that share an id', async () => {
    const peer = await beginPeer(registry);
    peer.subscribe('1', FOLLOW);
    peer.subscribe('1', '{ eventHead }');
    expect(await peer.closed).toMatchObject({ code: 4409, reason: 'Subscriber for 1 already exists' });
  });

  it('closes with 4429 for a second beginning, after the first was acknowledged or at the same time', async () => {
    const peer = await beginPeer(registry);
    peer.send({ type: 'connection_init' });
    expect(await peer.closed).toMatchObject({ code: 4429, reason: 'Too many initialisation requests' });
    const hasty = await connectPeer(registry);
    for (let count = 0; count < 2; count++) hasty.send({ type: 'connection_init' });
    expect(await hasty.closed).toMatchObject({ code: 4429, reason: 'Too many initialisation requests' });
  });

  it('acknowledges a beginning once, with or without a payload', async () => {
    for (const payload of [undefined, {}, { actor: 'ada' }]) {
      const peer = await connectPeer(registry);
      peer.send({ type: 'connection_init', payload });
      expect(await peer.next('connection_ack')).toEqual({ type: 'connection_ack' });
      peer.send({ type: 'ping' });
      await peer.next('pong');
      expect(peer.messages).toEqual([]);
      peer.socket.close();
    }
  });

  it('answers a ping with its payload, or without one, before the beginning too', async () => {
    const peer = await connectPeer(registry);
    peer.send({ type: 'ping', payload: { a: 1 } });
    expect(await peer.next('pong')).toEqual({ type: 'pong', payload: { a: 1 } });
    peer.send({ type: 'connection_init' });
    await peer.next('connection_ack');
    peer.send({ type: 'ping' });
    expect(await peer.next('pong')).toEqual({ type: 'pong' });
    peer.socket.close();
  });

  it('takes a pong that nobody asked for as a sign of life, and does not answer it', async () => {
    const peer = await beginPeer(registry);
    for (const payload of [undefined, { a: 1 }]) peer.send({ type: 'pong', payload });
    peer.send({ type: 'ping' });
    await peer.next('pong');
    expect(peer.messages).toEqual([]);
    peer.socket.close();
  });

  it('reads a message that comes as bytes', async () => {
    const peer = await connectPeer(registry);
    peer.socket.send(Buffer.from('{"type":"connection_init"}'));
    await peer.next('connection_ack');
    peer.socket.close();
  });

  it('answers queries with next and complete', async () => {
    const peer = await beginPeer(registry);
    peer.subscribe('q', '{ eventHead }');
    expect(await peer.next('next')).toMatchObject({ id: 'q', payload: { data: { eventHead: expect.any(String) } } });
    expect(await peer.next('complete')).toEqual({ id: 'q', type: 'complete' });
    peer.socket.close();
  });

  it('answers mutations with next and complete, beside a subscription under way', async () => {
    const peer = await beginPeer(registry);
    peer.subscribe('follow', FOLLOW, { after: await headOf(registry) });
    peer.subscribe('m', REGISTER, { name: 'by socket' });
    const own: unknown[] = [];
    let told: unknown;
    while (own.length < 1 || !told) {
      const message = await peer.next('next');
      if (message.id === 'm') own.push(message);
      else told = message;
    }
    expect(own).toMatchObject([
      { id: 'm', payload: { data: { registerModel: { model: { id: expect.any(String) } } } } },
    ]);
    expect(told).toMatchObject({ id: 'follow', payload: { data: { events: { position: expect.any(Number) } } } });
    expect(await peer.next('complete')).toEqual({ id: 'm', type: 'complete' });
    expect(peer.messages).toEqual([]);
    peer.socket.close();
  });

  it('runs the operation that is named, and says which are there where it is not', async () => {
    const peer = await beginPeer(registry);
    const query = 'query one { a: eventHead } query two { b: eventHead }';
    peer.send({ id: '1', type: 'subscribe', payload: { query, operationName: 'two' } });
    expect((await peer.next('next')).payload.data).toEqual({ b: expect.any(String) });
    peer.send({ id: '2', type: 'subscribe', payload: { query } });
    expect(await peer.next('error')).toMatchObject({ id: '2', payload: [{ message: expect.any(String) }] });
    peer.socket.close();
  });

  it('lets an operation be completed that has ended, or that never was', async () => {
    const peer = await beginPeer(registry);
    peer.subscribe('q', '{ eventHead }');
    await peer.next('complete');
    for (const id of ['q', 'q', 'never']) peer.send({ id, type: 'complete' });
    // An id is free once its operation has ended, by an error too.
    peer.subscribe('q', '{ nothing }');
    await peer.next('error');
    peer.subscribe('q', '{ eventHead }');
    expect(await peer.next('complete')).toEqual({ id: 'q', type: 'complete' });
    peer.socket.close();
  });

  it('sends no answer to a query that was completed before it came', async () => {
    const peer = await beginPeer(registry);
    const { models } = registry.app.features.services;
    const register = models.register;
    let letGo: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      models.register = async (actor, input) => {
        resolve();
        await new Promise<void>((go) => {
          letGo = go;
        });
        return register.call(models, actor, input);
      };
    });
    try {
      peer.subscribe('m', REGISTER, { name: 'not awaited' });
      await begun;
      peer.send({ id: 'm', type: 'complete' });
      peer.send({ type: 'ping' });
      await peer.next('pong');
      letGo();
      while (!(await registry.ask('{ model(by: {name: "not awaited"}) { name } }')).model) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      peer.send({ type: 'ping' });
      await peer.next('pong');
      expect(peer.messages).toEqual([]);
    } finally {
      models.register = register;
      peer.socket.close();
    }
  });

  it('answers with error, and never complete, an operation that does not fit the schema', async () => {
    const peer = await beginPeer(registry);
    for (const [id, query] of [
      ['a', 'subscription { nothing }'],
      ['b', 'subscription {'],
      ['c', 'subscription { events { position } stageChanged { number } }'],
    ] as const) {
      peer.subscribe(id, query);
      expect(await peer.next('error')).toMatchObject({ id, payload: [{ message: expect.any(String) }] });
    }
    expect(peer.messages).toEqual([]);
    peer.socket.close();
  });

  it('sends events under the id of their subscription until it is completed, and lets the id be used again', async () => {
    const peer = await beginPeer(registry);
    const after = await headOf(registry);
    const id = 'an "id"\n';
    peer.subscribe(id, FOLLOW, { after });
    await registry.ask(REGISTER, { name: 'one' });
    const first = await peer.next('next');
    expect(first).toMatchObject({ id, payload: { data: { events: { position: expect.any(Number) } } } });
    peer.send({ id, type: 'complete' });
    peer.send({ type: 'ping' });
    await peer.next('pong');
    await registry.ask(REGISTER, { name: 'two' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(peer.messages).toEqual([]);
    peer.subscribe(id, FOLLOW, { after });
    expect(await peer.next('next')).toEqual(first);
    peer.socket.close();
  });

  it('tells what goes wrong within an event as over HTTP', async () => {
    const peer = await beginPeer(registry);
    const query =
      'subscription($after: String) { events(after: $after) { type ... on ModelRegistered { model { tags(at: "2999-01-01T00:00:00Z") { key } } } } }';
    peer.subscribe('1', query, { after: await headOf(registry) });
    await registry.ask(REGISTER, { name: 'wrong' });
    const { payload } = await peer.next('next');
    expect(payload.errors).toMatchObject([
      { path: ['events', 'model', 'tags'], extensions: { code: 'BAD_USER_INPUT', field: 'at' } },
    ]);
    peer.socket.close();
  });

  it('refuses more operations than a socket may have, and keeps those that run', async () => {
    const peer = await beginPeer(registry);
    for (const id of ['1', '2', '3', '4']) peer.subscribe(id, FOLLOW);
    expect(await peer.next('error')).toMatchObject({
      id: '4',
      payload: [{ extensions: { code: 'PRECONDITION_FAILED' } }],
    });
    peer.send({ type: 'ping' });
    await peer.next('pong');
    peer.socket.close();
  });

  it('closes with 1009 for a message that is too large', async () => {
    const peer = await beginPeer(registry);
    peer.subscribe('1', `{ eventHead #${'x'.repeat(20_000)}\n }`);
    expect(await peer.closed).toMatchObject({ code: 1009 });
  });

  it('lets programs, its own pages and allowed ones in, and refuses others with 403', async () => {
    for (const [origin, expected] of [
      [registry.url, 101],
      ['https://friend.example', 101],
      ['https://foe.example', 403],
      ['null', 403],
    ] as const) {
      const socket = openSocket(registry, { origin });
      expect([origin, await statusOf(socket)]).toEqual([origin, expected]);
      socket.terminate();
    }
  });

  it('ends a connection whose other end no longer answers, and no other', async () => {
    const peer = await beginPeer(registry);
    const dead = await beginPeer(registry, { autoPong: false });
    expect(await dead.closed).toMatchObject({ code: 1006 });
    expect(peer.socket.readyState).toBe(WebSocket.OPEN);
    peer.socket.close();
  });
});

describe('sockets of one address', () => {
  it('are refused with 429 beyond so many, and let in again when others have gone', async () => {
    const registry = await startRegistry({ environment: { MAX_SOCKETS_PER_ADDRESS: '2' } });
    const [first, second] = [openSocket(registry), openSocket(registry)];
    expect(await Promise.all([first, second].map(statusOf))).toEqual([101, 101]);
    expect(await statusOf(openSocket(registry))).toBe(429);
    first.terminate();
    await once(first, 'close');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const third = openSocket(registry);
    expect(await statusOf(third)).toBe(101);
    for (const socket of [second, third]) socket.terminate();
    await registry.stop();
  });
});
