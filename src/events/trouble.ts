// A trouble that lasts a while: told once when it begins and once when it is over, however often it shows in between.

export interface TroubleListener {
  began(error: unknown): void;
  /** @param lastedMs since it began, milliseconds */
  ended(lastedMs: number): void;
}

export class Trouble {
  private since: number | undefined;

  constructor(private readonly listener: TroubleListener | undefined) {}

  shows(error: unknown): void {
    if (this.since !== undefined) return;
    this.since = performance.now();
    this.listener?.began(error);
  }

  isOver(): void {
    if (this.since === undefined) return;
    const lastedMs = Math.round(performance.now() - this.since);
    this.since = undefined;
    this.listener?.ended(lastedMs);
  }
}
