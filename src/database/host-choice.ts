// Which of several database hosts is used: one at a time, the next one after a loss.

import { connect, type Socket } from 'node:net';
import type { MysqlAddress } from './address.ts';

/** Losses that are reported so soon after a change of host belong to the host that was left, milliseconds. */
const SETTLING_MS = 500;
/** When an idle connection is first asked whether its other end is still there, milliseconds. */
const KEEP_ALIVE_MS = 10_000;

export class HostChoice {
  private current = 0;
  private changedAt = Number.NEGATIVE_INFINITY;
  private readonly open = new Set<Socket>();

  constructor(private readonly hosts: MysqlAddress['hosts']) {}

  /** A connection to the host that is used now. One that fails turns the next to another host. */
  connect(): Socket {
    const chosen = this.current;
    const { host, port } = this.hosts[chosen] as { host: string; port: number };
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    this.open.add(socket);
    socket.once('error', () => this.leave(chosen));
    socket.once('close', () => {
      this.open.delete(socket);
      const hasNeverAnswered = socket.bytesRead === 0;
      if (hasNeverAnswered) this.leave(chosen);
    });
    return socket;
  }

  /** Turns to the next host, after a statement was answered by a loss of its connection or of the host's cluster. */
  reportLoss(): void {
    if (performance.now() - this.changedAt > SETTLING_MS) this.leave(this.current);
  }

  /** The connections to the host that is left end: a pool would go on handing them out. */
  private leave(host: number): void {
    if (host !== this.current || this.hosts.length === 1) return;
    this.current = (host + 1) % this.hosts.length;
    this.changedAt = performance.now();
    for (const socket of this.open) socket.destroy();
  }
}
