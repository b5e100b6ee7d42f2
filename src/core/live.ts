// Streams that subscriptions pull from. Nothing is queued for who pulls: an item is looked up when it is asked for.

export interface LiveStream<T> extends AsyncIterableIterator<T, undefined> {
  /** How many items the reader has not pulled yet, or more: those that are not meant for it may count. */
  lag(): number;
  /** Ends the stream; a pull that waits is told so at once. */
  return(): Promise<IteratorReturnResult<undefined>>;
}

/** Wakes everyone who waits, each once. */
export class Bell {
  private waiting = new Set<() => void>();

  /** Resolves at the next ring. @param onWait is given what ends the waiting early */
  wait(onWait?: (cancel: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.add(resolve);
      onWait?.(() => {
        if (this.waiting.delete(resolve)) resolve();
      });
    });
  }

  ring(): void {
    const woken = this.waiting;
    this.waiting = new Set();
    for (const resolve of woken) resolve();
  }
}

/** The items of a stream with something else in the place of each. */
export function mapLive<T, U>(stream: LiveStream<T>, map: (item: T) => U): LiveStream<U> {
  const mapped: LiveStream<U> = {
    next: async () => {
      const { done, value } = await stream.next();
      return done ? { done, value: undefined } : { value: map(value) };
    },
    lag: () => stream.lag(),
    return: () => stream.return(),
    [Symbol.asyncIterator]: () => mapped,
  };
  return mapped;
}
