// One subscription: a cursor over the log. It holds a position and at most one page of events, never a queue.

import { type LiveStream, nextOf } from '../core/live.ts';
import { expired } from './cursor.ts';
import type { Log } from './event-log.ts';
import type { EventRecord } from './event-record.ts';
import { type EventSelection, isSelected } from './selection.ts';

/** What a follower follows. */
interface Followed {
  readonly log: Pick<Log, 'read' | 'oldest'>;
  /** The newest position that subscribers may be given. */
  readonly head: number;
  /** How many events one read takes. */
  readonly pageSize: number;
  /** Whether a position is known without a read, or will be once the log has come to it. */
  isInMemory(position: number): boolean;
  at(position: number): EventRecord | undefined;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

export class Follower implements LiveStream<EventRecord> {
  private isEnded = false;
  private page: EventRecord[] = [];
  /** The position up to which the page has everything that is selected. */
  private pageEnd = 0;
  private isReading = false;
  /** Why the last read gave nothing. */
  private failure: { readonly error: unknown } | undefined;
  private onNews: (() => void) | undefined;

  constructor(
    private readonly tail: Followed,
    /** What has been given, or passed over. */
    private position: number,
    private readonly selection: EventSelection,
    private readonly onEnd: () => void,
  ) {}

  /** The next event that is selected. @throws CursorExpired where it fell behind what is kept */
  take(onNews: () => void): IteratorResult<EventRecord, undefined> | undefined {
    if (this.failure) throw this.failure.error;
    while (!this.isEnded) {
      const read = this.page.shift();
      if (read) {
        this.position = this.page.length === 0 ? this.pageEnd : read.position;
        return { value: read };
      }
      const record = this.isReading ? undefined : this.tail.at(this.position + 1);
      if (!record) {
        this.onNews = onNews;
        if (!this.isReading && !this.tail.isInMemory(this.position + 1)) void this.read();
        return undefined;
      }
      this.position = record.position;
      if (isSelected(this.selection, record.row)) return { value: record };
    }
    return DONE;
  }

  next(): Promise<IteratorResult<EventRecord, undefined>> {
    return nextOf(this);
  }

  /** Says that there may be something to take. */
  wake(): void {
    const { onNews } = this;
    this.onNews = undefined;
    onNews?.();
  }

  lag(): number {
    return Math.max(0, this.tail.head - this.position);
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.isEnded = true;
    this.page = [];
    this.onEnd();
    this.wake();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private async read(): Promise<void> {
    this.isReading = true;
    try {
      await this.readPage();
    } catch (error) {
      this.failure = { error };
      this.isEnded = true;
      this.onEnd();
    }
    this.isReading = false;
    this.wake();
  }

  /** Reads what is no longer in memory from the database, only what is selected. */
  private async readPage(): Promise<void> {
    const { tail, position } = this;
    const upTo = tail.head;
    const records = await tail.log.read(position, upTo, this.selection, tail.pageSize);
    // Asked afterwards: had anything of the page been removed before it was read, it is missed now.
    if ((await tail.log.oldest()) > position + 1) throw expired('after');
    const end = records.length < tail.pageSize ? upTo : (records.at(-1)?.position ?? upTo);
    if (records.length === 0) this.position = end;
    this.page = records;
    this.pageEnd = end;
  }
}
