// The measure: a server that does nothing but give each of its WebSockets the same bytes, as the package `ws` does it.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { type Commands, serveCommands } from './commands.ts';
import { Probe } from './probe.ts';

const probe = new Probe();
const server = createServer();
const sockets = new WebSocketServer({ server });
// Like every subscriber of the registry, it is told that its operation may begin.
sockets.on('connection', (socket) => {
  socket.once('message', () => socket.send(JSON.stringify({ type: 'connection_ack' })));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const commands = {
  url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  broadcast: (text: string) => {
    const bytes = Buffer.from(text);
    probe.begin();
    for (const socket of sockets.clients) socket.send(bytes, { binary: false });
  },
  work: () => probe.work(),
  memory: () => probe.memory(),
} satisfies Commands;
export type BareServer = typeof commands;

serveCommands(commands);
