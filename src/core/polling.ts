// Looking for news again and again: at once when woken, else after a pause, which grows while looks fail.

import { inBackground } from './background.ts';

/** Up to this, milliseconds, so that it soon shows when what failed is mended. */
const LONGEST_BACK_OFF_MS = 800;

export class Polling {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isLookWanted = false;
  private isStopped = false;
  /** Looks in a row that failed. */
  private failures = 0;

  constructor(
    private readonly look: () => Promise<void>,
    /** Until the next look, milliseconds; undefined where none is needed. */
    private readonly pauseMs: () => number | undefined,
  ) {}

  /** Looks at once; where a look is under way, once more after it. */
  now(): void {
    if (this.isStopped) return;
    this.isLookWanted = true;
    // Whoever asked for it, what it leads to goes on without end.
    this.looking ??= inBackground(() => this.lookWhileWanted()).finally(() => {
      this.looking = undefined;
      if (this.isLookWanted) this.now();
      else this.soon();
    });
  }

  /** Looks after the pause, unless a look is to come anyway. */
  soon(): void {
    if (this.isStopped || this.timer || this.looking) return;
    const pauseMs = this.pauseMs();
    if (pauseMs === undefined) return;
    const backOffMs = Math.min(LONGEST_BACK_OFF_MS, pauseMs * 2 ** this.failures);
    const inMs = this.failures === 0 ? pauseMs : backOffMs;
    this.timer = inBackground(() => setTimeout(() => this.now(), inMs).unref());
  }

  /** Looks no more, and waits for the look under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  private async lookWhileWanted(): Promise<void> {
    while (this.isLookWanted && !this.isStopped) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.isLookWanted = false;
      try {
        await this.look();
        this.failures = 0;
      } catch {
        this.failures++;
      }
    }
  }
}
