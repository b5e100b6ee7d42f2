// One socket with its subscriptions: sends as fast as the other end reads, and knows how far behind it is.

import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { ActorIdentity } from '../core/context.ts';
import type { LiveStream } from '../core/live.ts';
import { textFrame } from './text-frame.ts';

export interface SocketLimits {
  /** Between two pings; who has not answered one by the next, and has nothing left to read, is gone. Milliseconds. */
  readonly pingMs: number;
  /** How long a client may read nothing of what was sent to it while it is too far behind, milliseconds. */
  readonly stallMs: number;
  /** How many events may wait for a client that reads nothing. */
  readonly maxLag: number;
}

/** Closes a socket whose client reads nothing. Outside the codes of the protocol, so that clients connect again. */
export const TOO_FAR_BEHIND = 4490;
/** A client that reads nothing of what waits for it is given up after so many times the stall limit, behind or not. */
const GIVEN_UP = 10;
/** What even a slow reader has read before the next ping, characters. */
const READ_AT_ONCE = 64_000;
const NOTHING = Buffer.alloc(0);
/** What a close frame can carry of a reason, bytes. */
const MAX_REASON_BYTES = 123;

export class SubscriberSocket {
  /** Known since the connection was acknowledged. */
  actor: ActorIdentity | undefined;
  private readonly streams = new Set<Pick<LiveStream<unknown>, 'lag' | 'return'>>();
  private pending = 0;
  private lastProgressAt = 0;
  private isPingAnswered = true;
  private lastPingAt = performance.now();
  /** How much was sent since the last ping, bytes or characters. */
  private sentSincePing = 0;
  /** How much of what was sent lies before the last ping, which is answered when all of it has been read. */
  private sentBeforePing = 0;

  constructor(
    private readonly socket: WebSocket,
    /** What the WebSocket goes over. */
    private readonly connection: Socket,
    /** Who the request that opened it says it comes from, as it was sent. The rest of the request is let go of. */
    readonly actorHeader: string | readonly string[] | undefined,
    private readonly onCutOff: () => void = () => undefined,
  ) {
    socket.on('pong', () => {
      this.isPingAnswered = true;
    });
  }

  /** Counts a stream as one of the socket's, until the function it returns is called. */
  add(stream: Pick<LiveStream<unknown>, 'lag' | 'return'>): () => void {
    this.streams.add(stream);
    return () => this.streams.delete(stream);
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Resolves when the text has left this process, or cannot any more: the end of the socket is told by its own event. */
  send(text: string): Promise<void> {
    if (!this.isOpen) return Promise.resolve();
    if (this.pending === 0) this.lastProgressAt = performance.now();
    this.pending++;
    this.sentSincePing += text.length;
    return new Promise((resolve) => {
      this.socket.send(text, () => {
        this.pending--;
        this.lastProgressAt = performance.now();
        resolve();
      });
    });
  }

  /**
   * Sends a message that is given in parts, which may be shared with other sockets. It goes past the package `ws`, which
   * frames each message anew, onto the connection itself: `ws` writes whole frames too, as nothing is compressed.
   * @returns whether it has left this process; where it has not, `onLeft` is called when it has
   */
  sendParts(parts: readonly Buffer[], onLeft: () => void): boolean {
    const { connection } = this;
    const chunks = textFrame(parts);
    if (this.pending === 0) this.lastProgressAt = performance.now();
    if (chunks.length > 1) connection.cork();
    for (const chunk of chunks) {
      this.sentSincePing += chunk.length;
      connection.write(chunk);
    }
    if (chunks.length > 1) connection.uncork();
    if (connection.writableLength === 0) return true;
    // Most frames leave at once. Only of one that did not, the system's word on what comes after it is waited for.
    this.pending++;
    connection.write(NOTHING, (error) => {
      this.pending--;
      this.lastProgressAt = performance.now();
      // Otherwise the connection is gone, and the subscription ends with it.
      if (!error) onLeft();
    });
    return false;
  }

  close(code: number | undefined, reason: string | undefined): void {
    let text = reason ?? '';
    while (Buffer.byteLength(text) > MAX_REASON_BYTES) text = text.slice(0, -1);
    this.socket.close(code, text);
  }

  /** To be called now and then: pings, and ends the socket where nobody reads it any more. */
  check({ pingMs, stallMs, maxLag }: SocketLimits): void {
    const now = performance.now();
    const silentMs = now - Math.max(this.lastProgressAt, this.lastPingAt);
    if (this.pending > 0) {
      const stalledMs = now - this.lastProgressAt;
      if (stalledMs > stallMs * GIVEN_UP) this.socket.terminate();
      else if (stalledMs > stallMs && this.lag() > maxLag) this.cutOff();
    } else if (!this.isPingAnswered) {
      // A pong waits behind what the system still keeps for a slow reader: who has much to read gets more time.
      const patienceMs = this.sentBeforePing > READ_AT_ONCE ? stallMs * GIVEN_UP : pingMs;
      if (silentMs > patienceMs) this.socket.terminate();
    } else if (now - this.lastPingAt >= pingMs) {
      this.sentBeforePing = this.sentSincePing;
      this.sentSincePing = 0;
      this.isPingAnswered = false;
      this.lastPingAt = now;
      this.socket.ping();
    }
  }

  private lag(): number {
    let most = 0;
    for (const stream of this.streams) most = Math.max(most, stream.lag());
    return most;
  }

  private cutOff(): void {
    this.onCutOff();
    for (const stream of this.streams) void stream.return();
    this.close(TOO_FAR_BEHIND, 'Too far behind: connect again and resume after your last cursor.');
  }
}
