// A bare WebSocket for tests of the protocol: sends texts, collects messages, and tells how it was closed.

import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import type { TestRegistry } from './registry.ts';

// biome-ignore lint/suspicious/noExplicitAny: messages are compared with what they should be
type Message = any;

export class Peer {
  readonly messages: Message[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly waiting: (() => void)[] = [];

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)));
      this.wake();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.wake();
      });
    });
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables: Record<string, unknown> = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  /** The first message of a type that was not taken yet. */
  async next(type: string): Promise<Message> {
    for (;;) {
      const index = this.messages.findIndex((message) => message.type === type);
      if (index >= 0) return this.messages.splice(index, 1)[0];
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`closed before ${type}`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

type Address = Pick<TestRegistry, 'url'>;

export function openSocket(
  { url }: Address,
  options: ClientOptions = {},
  protocol = 'graphql-transport-ws',
): WebSocket {
  return new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, protocol === '' ? [] : protocol, options);
}

/** Connects, and begins nothing. */
export async function connectPeer(registry: Address, options?: ClientOptions): Promise<Peer> {
  const socket = openSocket(registry, options);
  const peer = new Peer(socket);
  await once(socket, 'open');
  return peer;
}

/** Connects, and is acknowledged. */
export async function beginPeer(registry: Address, options?: ClientOptions): Promise<Peer> {
  const peer = await connectPeer(registry, options);
  peer.send({ type: 'connection_init' });
  await peer.next('connection_ack');
  return peer;
}

/** The status of the answer to a connection; 101 where it is let in, and then it is closed. */
export function statusOf(socket: WebSocket): Promise<number> {
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
  });
}
