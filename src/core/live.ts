// Streams that subscriptions take from. Nothing is queued for who takes: an item is looked up when it is asked for.

export interface LiveStream<T> extends AsyncIterableIterator<T, undefined> {
  /**
   * What `next` would give, where it is at hand. Where it is not, undefined: `onNews` is then called once, when it is
   * worth asking again. Not to be mixed with a `next` that waits.
   * @throws what `next` would reject with
   */
  take(onNews: () => void): IteratorResult<T, undefined> | undefined;
  /** How many items the reader has not taken yet, or more: those that are not meant for it may count. */
  lag(): number;
  /** Ends the stream; who waits for news is told so at once. */
  return(): Promise<IteratorReturnResult<undefined>>;
}

/** `next` of a stream, by what can be taken from it. */
export async function nextOf<T>(stream: Pick<LiveStream<T>, 'take'>): Promise<IteratorResult<T, undefined>> {
  for (;;) {
    let taken: IteratorResult<T, undefined> | undefined;
    await new Promise<void>((resolve) => {
      taken = stream.take(resolve);
      if (taken) resolve();
    });
    if (taken) return taken;
  }
}

/** `take` of a stream, by what its `next` gives. */
export class Taker<T> {
  private isPending = false;
  private arrived: IteratorResult<T, undefined> | undefined;
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly stream: AsyncIterator<T, undefined>) {}

  take(onNews: () => void): IteratorResult<T, undefined> | undefined {
    if (this.failure) throw this.failure.error;
    const { arrived } = this;
    this.arrived = undefined;
    if (arrived) return arrived;
    if (!this.isPending) void this.fetch(onNews);
    return undefined;
  }

  private async fetch(onNews: () => void): Promise<void> {
    this.isPending = true;
    try {
      this.arrived = await this.stream.next();
    } catch (error) {
      this.failure = { error };
    }
    this.isPending = false;
    onNews();
  }
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
export class MappedStream<T, U> implements LiveStream<U> {
  constructor(
    private readonly stream: LiveStream<T>,
    private readonly map: (item: T) => U,
  ) {}

  take(onNews: () => void): IteratorResult<U, undefined> | undefined {
    const taken = this.stream.take(onNews);
    return taken && !taken.done ? { value: this.map(taken.value) } : taken;
  }

  next(): Promise<IteratorResult<U, undefined>> {
    return nextOf(this);
  }

  lag(): number {
    return this.stream.lag();
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    return this.stream.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
