// Subscribers in a process of their own: each on a socket of its own, noting when a message came.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Commands, serveCommands } from './commands.ts';
import { now } from './probe.ts';

/** How many connect at the same time. */
const CONNECTING_AT_ONCE = 50;

export interface Connecting {
  /** A server's, over HTTP. */
  readonly url: string;
  readonly count: number;
  readonly query: string;
  readonly variables: Record<string, unknown>;
  /** Whether their messages are counted and timed. */
  readonly isCounted: boolean;
}

class Deliveries {
  lastText = '';
  private times = new Float64Array(0);
  private filled = 0;
  private full = Promise.resolve();
  private onFull: (() => void) | undefined;

  /** From now on notes so many messages. */
  expect(count: number): void {
    this.times = new Float64Array(count);
    this.filled = 0;
    this.full = new Promise<void>((resolve) => {
      this.onFull = resolve;
    });
  }

  /** @returns when each of those that are expected came, once all are there */
  async all(): Promise<Float64Array> {
    await this.full;
    return this.times;
  }

  add(message: Buffer): void {
    if (this.filled >= this.times.length) return;
    if (this.filled === 0) this.lastText = message.toString();
    this.times[this.filled++] = now();
    if (this.filled === this.times.length) this.onFull?.();
  }
}

const deliveries = new Deliveries();
const closings: string[] = [];
const uncounted: { readonly socket: WebSocket; messages: number }[] = [];

async function connect({ url, query, variables, isCounted }: Connecting): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  socket.on('error', (error) => closings.push(error.message));
  socket.on('close', (code, reason) => closings.push(`${code} ${reason}`));
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: randomUUID(), type: 'subscribe', payload: { query, variables } }));
  const reader = { socket, messages: 0 };
  socket.on('message', isCounted ? (message: Buffer) => deliveries.add(message) : () => reader.messages++);
  if (!isCounted) uncounted.push(reader);
}

const commands = {
  connect: async (connecting: Connecting) => {
    let left = connecting.count;
    const connectSome = async () => {
      while (left-- > 0) await connect(connecting);
    };
    await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connectSome));
  },
  /** To be answered before they are sent: a process that is kept waiting may read its sockets before its commands. */
  expect: (count: number) => deliveries.expect(count),
  deliveries: () => deliveries.all(),
  lastText: () => deliveries.lastText,
  /** Those that are not counted read nothing any more. */
  pause: () => {
    for (const { socket } of uncounted) socket.pause();
  },
  resume: () => {
    for (const { socket } of uncounted) socket.resume();
  },
  /** How many messages each of those that are not counted has read. */
  messagesRead: () => uncounted.map(({ messages }) => messages),
  closings: () => closings,
} satisfies Commands;
export type Clients = typeof commands;

serveCommands(commands);
