// What is under way, so that a shutdown can wait for it.

export class InFlight {
  private count = 0;
  private readonly waiters: (() => void)[] = [];

  /** Counts something until the function it returns is called. */
  begin(): () => void {
    this.count++;
    return () => {
      this.count--;
      if (this.count === 0) for (const resolve of this.waiters.splice(0)) resolve();
    };
  }

  /** Counts something until it settles, if it is not there already. */
  track<T>(work: T | Promise<T>): T | Promise<T> {
    return work instanceof Promise ? work.finally(this.begin()) : work;
  }

  /** Waits until nothing is under way and what it led to has been handed to the sockets, or for so long. */
  async idle(limitMs: number): Promise<void> {
    if (this.count > 0) {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, limitMs);
      });
      await Promise.race([new Promise<void>((resolve) => this.waiters.push(resolve)), limit]);
      clearTimeout(timer);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
