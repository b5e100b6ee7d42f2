// One live reader of a run's metrics, and what the readers of a run share.

import type { Clock } from '../../core/clock.ts';
import { CursorExpired, Unavailable } from '../../core/errors.ts';
import { Bell, type LiveStream, Taker } from '../../core/live.ts';
import { MetricPoint, MetricsLogged } from './metric.types.ts';
import type { StoredPoint } from './point-order.ts';

/** How long batches are kept for readers, milliseconds. */
export const BATCHES_KEPT_MS = 600_000;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

export type KeyedPoint = StoredPoint & { readonly key: string };

/** Batches that follow one another, as their readers share them. */
export interface Page {
  readonly points: readonly KeyedPoint[];
  /** The last batch it has. */
  readonly end: number;
  readonly isFull: boolean;
  /** When the last batch was logged. */
  readonly loggedAt: number;
  /** What readers of the same keys are given. */
  readonly messages: Map<string, MetricsLogged>;
}

/** A run that has readers here. */
export class WatchedRun {
  readonly bell = new Bell();
  readonly readers = new Set<MetricReader>();
  /** Rises with every batch that this process hears of. */
  pulse = 0;
  /** The newest batch that a look at the run has seen. */
  seen = 0;
  /** Until when all batches are kept for readers here. */
  watchedUntil = 0;
  /** What was read since the last batch, by what came before it. */
  readonly pages = new Map<number, Promise<Page>>();

  constructor(readonly pk: number) {}

  ring(): void {
    this.pulse++;
    this.pages.clear();
    this.bell.ring();
  }
}

/** Where readers find the batches after one. */
interface Pages {
  page(run: WatchedRun, after: number): Promise<Page>;
}

/** One reader: the batch that it has come to, and nothing else. */
export class MetricReader implements LiveStream<MetricsLogged> {
  private isEnded = false;
  private pulse: number;
  /** Everything that was logged until then has been given. */
  private currentAt: number;
  private stopWaiting: (() => void) | undefined;
  private readonly signature: string;
  private readonly taker = new Taker(this);

  constructor(
    private readonly feed: Pages,
    private readonly run: WatchedRun,
    private batch: number,
    private readonly keys: readonly string[] | null,
    private readonly clock: Clock,
    private readonly onEnd: () => void,
  ) {
    this.pulse = run.pulse;
    this.currentAt = clock.now();
    this.signature = JSON.stringify(keys && [...keys].sort());
  }

  take(onNews: () => void): IteratorResult<MetricsLogged, undefined> | undefined {
    return this.taker.take(onNews);
  }

  async next(): Promise<IteratorResult<MetricsLogged, undefined>> {
    try {
      while (!this.isEnded) {
        this.refuseGap();
        const { pulse } = this.run;
        const page = await this.feed.page(this.run, this.batch);
        this.currentAt = page.isFull ? page.loggedAt : this.clock.now();
        if (!page.isFull) this.pulse = pulse;
        if (page.end > this.batch) {
          this.batch = page.end;
          const message = this.messageOf(page);
          if (message.points.length > 0 && !this.isEnded) return { value: message };
        } else if (pulse === this.run.pulse && !this.isEnded) {
          await this.run.bell.wait((cancel) => {
            this.stopWaiting = cancel;
          });
          this.currentAt = this.clock.now();
        }
      }
      return DONE;
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  lag(): number {
    return this.run.pulse - this.pulse;
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.isEnded = true;
    this.onEnd();
    this.stopWaiting?.();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private messageOf(page: Page): MetricsLogged {
    const known = page.messages.get(this.signature);
    if (known) return known;
    const { keys } = this;
    const points = keys ? page.points.filter(({ key }) => keys.includes(key)) : page.points;
    const message = new MetricsLogged(
      this.run.pk,
      points.map((point) => new MetricPoint(point.key, point)),
    );
    page.messages.set(this.signature, message);
    return message;
  }

  /** @throws CursorExpired, Unavailable where points may be missing */
  private refuseGap(): void {
    const now = this.clock.now();
    if (now - this.currentAt > BATCHES_KEPT_MS) {
      throw new CursorExpired('This reader is too far behind: subscribe again, and read what is missing in `history`.');
    }
    if (now > this.run.watchedUntil) {
      throw new Unavailable(
        'The database was out of reach for too long: subscribe again, and read what is missing in `history`.',
      );
    }
  }
}
