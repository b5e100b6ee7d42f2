// Gives committed events their positions. Any instance may do it at any time: the counter row lets one do so at once.

import type { Log } from './event-log.ts';

/** How many events get their positions in one transaction. */
const EVENTS_PER_PASS = 500;

export class Sequencer {
  private running: Promise<void> | undefined;
  private following: Promise<void> | undefined;

  constructor(
    private readonly log: Pick<Log, 'assign'>,
    /** Called when events have got positions here. */
    private readonly onAssigned: () => void,
    private readonly eventsPerPass = EVENTS_PER_PASS,
  ) {}

  /**
   * Resolves when every event that was committed before the call has its position. Many calls share one pass.
   * @throws Unavailable where the database is out of reach
   */
  catchUp(): Promise<void> {
    if (!this.running) return this.start();
    // The pass under way may have looked already; one that begins after it will see what the caller means.
    this.following ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.following = undefined;
        return this.running ?? this.start();
      });
    return this.following;
  }

  /** Waits for the pass under way, and for one that was asked for meanwhile. */
  async idle(): Promise<void> {
    while (this.following ?? this.running) await (this.following ?? this.running)?.catch(() => undefined);
  }

  private start(): Promise<void> {
    const pass = this.run().finally(() => {
      if (this.running === pass) this.running = undefined;
    });
    this.running = pass;
    return pass;
  }

  private async run(): Promise<void> {
    for (;;) {
      const assigned = await this.log.assign(this.eventsPerPass);
      if (assigned > 0) this.onAssigned();
      if (assigned < this.eventsPerPass) return;
    }
  }
}
