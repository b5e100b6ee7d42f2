// Clients that are gone in the middle of something: nothing went wrong here, and the log does not say so.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LogLine, recordingLog } from '../support/log.ts';
import { beginPeer } from '../support/peer.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const WARNING = 40;
const REFUSED = 'GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

describe('a client that vanishes', () => {
  let registry: TestRegistry;
  let lines: LogLine[];
  beforeAll(async () => {
    const recorded = recordingLog();
    lines = recorded.lines;
    registry = await startRegistry({ log: recorded.log });
  });
  afterAll(() => registry.stop());

  const connected = async (): Promise<Socket> => {
    const { port } = new URL(registry.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  const until = async (isThere: (line: LogLine) => boolean) => {
    const deadline = Date.now() + 5_000;
    while (!lines.some(isThere) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    return lines.some(isThere);
  };
  const expectQuiet = async () => {
    expect(await registry.ask('{ __typename }')).toEqual({ __typename: 'Query' });
    expect(lines.filter(({ level }) => level >= WARNING)).toEqual([]);
  };

  it('while it sends a request is no error', async () => {
    const socket = await connected();
    socket.write(
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
    expect(await until(({ msg }) => msg.startsWith('a client went away'))).toBe(true);
    await expectQuiet();
  });

  it('while its upgrade is refused is no error', async () => {
    for (let count = 0; count < 50; count++) {
      const socket = await connected();
      socket.on('error', () => undefined);
      socket.write(REFUSED);
      setImmediate(() => socket.resetAndDestroy());
      await once(socket, 'close');
    }
    await expectQuiet();
  });

  it('while it is answered over a WebSocket is no error', async () => {
    for (let count = 0; count < 20; count++) {
      const peer = await beginPeer(registry);
      for (let id = 0; id < 20; id++) peer.subscribe(String(id), '{ __schema { types { name description } } }');
      setImmediate(() => peer.socket.terminate());
      await peer.closed;
    }
    await expectQuiet();
  });
});
