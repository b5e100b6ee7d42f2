// The newest events in memory, read once per process whatever the number of subscribers, which are woken by them.

import type { Log } from './event-log.ts';
import type { EventRecord } from './event-record.ts';
import { Follower } from './follower.ts';
import type { EventSelection } from './selection.ts';

export interface TailLimits {
  /** How many events are kept in memory. */
  readonly events: number;
  /** How much they may take together, characters. */
  readonly characters: number;
  /** How many events one read takes. */
  readonly eventsPerRead: number;
}

const LIMITS: TailLimits = { events: 10_000, characters: 32_000_000, eventsPerRead: 500 };
/** The memory that is let go of at once when it is full, as a part of it, so that trimming is rare. */
const TRIMMED = 0.1;
const EVERYTHING: EventSelection = {};

export class EventTail {
  /** Events with the positions after `floor`, without a gap, up to `known`. */
  private ring: EventRecord[] = [];
  private ringSize = 0;
  private floor = 0;
  private known = 0;
  private loading: Promise<void> | undefined;
  private readonly followers = new Set<Follower>();

  constructor(
    readonly log: Pick<Log, 'read' | 'oldest'>,
    private readonly limits: TailLimits = LIMITS,
  ) {}

  /** The newest position that subscribers may be given. */
  get head(): number {
    return this.known;
  }

  get hasFollowers(): boolean {
    return this.followers.size > 0;
  }

  /**
   * Follows the log from a position on, which must be one that the log has come to.
   * @param head how far the log is, at least
   */
  follow(after: number, head: number, selection: EventSelection): Follower {
    if (this.followers.size === 0) this.restartAt(head);
    const follower = new Follower(this, after, selection, () => this.followers.delete(follower));
    this.followers.add(follower);
    // Somebody else's tail may have been further behind than this head.
    if (head > this.known) void this.advance(head).catch(() => undefined);
    return follower;
  }

  /**
   * Reads what is new, up to a position that the log has come to at least. Without subscribers nothing is read.
   * @throws Unavailable where the database is out of reach; the next call tries again
   */
  async advance(head: number): Promise<void> {
    while (head > this.known) {
      if (this.followers.size === 0) return this.restartAt(head);
      this.loading ??= this.load(head).finally(() => {
        this.loading = undefined;
      });
      await this.loading;
    }
  }

  /** Ends every subscription. */
  close(): void {
    for (const follower of this.followers) void follower.return();
  }

  /** An event in memory; undefined where the position is older than what is kept, or not known yet. */
  at(position: number): EventRecord | undefined {
    return this.ring[position - this.floor - 1];
  }

  isInMemory(position: number): boolean {
    return position > this.floor;
  }

  get pageSize(): number {
    return this.limits.eventsPerRead;
  }

  private async load(head: number): Promise<void> {
    const records = await this.log.read(this.known, head, EVERYTHING, this.limits.eventsPerRead);
    const isWhole = records.every((record, index) => record.position === this.known + index + 1);
    if (records.length === 0 || !isWhole) {
      // Some of it was removed already. Who still needs that is told so by the log.
      this.restartAt(head);
    } else {
      this.ring.push(...records);
      for (const record of records) this.ringSize += record.size;
      this.known += records.length;
      this.trim();
    }
    for (const follower of this.followers) follower.wake();
  }

  private trim(): void {
    const { events, characters } = this.limits;
    if (this.ring.length <= events && this.ringSize <= characters) return;
    let kept = this.ring.length;
    let size = this.ringSize;
    const [mostEvents, mostCharacters] = [events * (1 - TRIMMED), characters * (1 - TRIMMED)];
    let removed = 0;
    while (kept > mostEvents || (size > mostCharacters && kept > 0)) {
      size -= this.ring[removed]?.size ?? 0;
      removed++;
      kept--;
    }
    this.ring.splice(0, removed);
    this.ringSize = size;
    this.floor += removed;
  }

  private restartAt(head: number): void {
    this.ring = [];
    this.ringSize = 0;
    this.floor = Math.max(this.known, head);
    this.known = this.floor;
  }
}
