// Which errors of a connection mean that it is gone, so that another one, or another host, is tried.

import { once } from 'node:events';
import { createServer, type Socket, connect as toSocket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { mysql } from '../../../src/database/mysql.ts';

/** The error that a write meets on a socket to which something has happened. */
async function errorOfWrite(happening: (socket: Socket) => void): Promise<unknown> {
  const server = createServer((peer) => peer.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const socket = toSocket(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  happening(socket);
  const error = await new Promise((resolve) => socket.write('SELECT 1', resolve));
  socket.destroy();
  server.close();
  return error;
}

describe('a lost connection', () => {
  it('is seen in a statement on a connection whose host was left', async () => {
    expect(mysql.errors.isConnectionLoss(await errorOfWrite((socket) => socket.destroy()))).toBe(true);
  });

  it('is seen in a statement on a connection that has ended', async () => {
    expect(mysql.errors.isConnectionLoss(await errorOfWrite((socket) => socket.end()))).toBe(true);
  });

  it('is not seen in a statement that is wrong', () => {
    const wrong = Object.assign(new Error('You have an error in your SQL syntax'), {
      code: 'ER_PARSE_ERROR',
      errno: 1064,
    });
    expect(mysql.errors.isConnectionLoss(wrong)).toBe(false);
  });
});
