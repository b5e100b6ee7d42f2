// Frames of text, read by a WebSocket client that knows the protocol.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from '../../../src/http/text-frame.ts';

/** On both sides of each length at which the form of a frame changes, or whether its parts are copied. */
const LENGTHS = [0, 1, 124, 125, 126, 127, 16_384, 16_385, 65_535, 65_536, 200_000];

describe('a frame of text in parts', () => {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  let client: WebSocket;
  let write: (chunks: readonly Buffer[]) => void;
  beforeAll(async () => {
    server.on('upgrade', (request, connection, head) => {
      sockets.handleUpgrade(request, connection, head, () => undefined);
      write = (chunks) => {
        for (const chunk of chunks) connection.write(chunk);
      };
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await once(client, 'open');
  });
  afterAll(async () => {
    client.terminate();
    sockets.close();
    server.close();
    await once(server, 'close');
  });

  it.each(LENGTHS)('arrives as one message of text, with %i bytes', async (length) => {
    const [half, rest] = [Math.floor(length / 2), Math.ceil(length / 2)];
    const arrived = once(client, 'message');
    write(textFrame([Buffer.alloc(half, 'a'), Buffer.alloc(rest, 'b')]));
    const [message, isBinary] = await arrived;
    expect(isBinary).toBe(false);
    expect(String(message)).toBe('a'.repeat(half) + 'b'.repeat(rest));
  });

  it('shares the parts of a large message rather than copying them', () => {
    const part = Buffer.alloc(200_000, 'x');
    expect(textFrame([part]).at(-1)).toBe(part);
  });
});
