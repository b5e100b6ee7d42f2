// What a server under load tells of itself: when the work on an event began, what it took, and the memory in use.

import { setTimeout as pause } from 'node:timers/promises';

export interface Work {
  /** When it began, milliseconds of the clock that all processes of the machine share. */
  readonly begunAt: number;
  /** Processor time since then, microseconds. */
  readonly cpuUs: number;
}

/** Two collections, with time in between for what is freed by finalizers. */
const COLLECTIONS = 2;
const COLLECTION_MS = 50;

/** Milliseconds of a clock that all processes of this machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class Probe {
  private begunAt = 0;
  private cpu = process.cpuUsage();

  begin(): void {
    this.begunAt = now();
    this.cpu = process.cpuUsage();
  }

  work(): Work {
    const { user, system } = process.cpuUsage(this.cpu);
    return { begunAt: this.begunAt, cpuUs: user + system };
  }

  /** Resident memory when what is not needed has been collected, bytes. */
  async memory(): Promise<number> {
    for (let count = 0; count < COLLECTIONS; count++) {
      globalThis.gc?.();
      await pause(COLLECTION_MS);
    }
    return process.memoryUsage.rss();
  }
}
