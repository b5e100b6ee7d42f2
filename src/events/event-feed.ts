// The event log as the features use it: pages, the head, and subscriptions, kept up to date by polling and wake-ups.

import { inBackground } from '../core/background.ts';
import { Invalid } from '../core/errors.ts';
import type { LiveStream } from '../core/live.ts';
import type { Page, PageArgs } from '../core/pagination.ts';
import type { EventLag } from '../core/telemetry.ts';
import type { Database } from '../database/database.ts';
import { cursorAt, expired, positionOf } from './cursor.ts';
import { EventLog } from './event-log.ts';
import type { EventRecord } from './event-record.ts';
import type { EventSelection } from './selection.ts';
import { Sequencer } from './sequencer.ts';
import { EventTail } from './tail.ts';

/** Between two looks at what other instances did, milliseconds. */
const POLL_MS = 100;
/** As long after the last look where nobody follows the log here. */
const IDLE_POLL_MS = 500;

export interface FeedOptions {
  readonly onError?: (error: unknown) => void;
}

export class EventFeed {
  private readonly log: EventLog;
  private readonly sequencer: Sequencer;
  private readonly tail: EventTail;
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> | undefined;
  private isRunning = false;
  private isPollWanted = false;
  /** Whether the last look saw events that waited for their positions. */
  private sawWaiting = false;

  constructor(
    private readonly db: Database,
    private readonly options: FeedOptions = {},
  ) {
    this.log = new EventLog(db);
    this.tail = new EventTail(this.log);
    this.sequencer = new Sequencer(this.log, () => this.look());
  }

  /** Begins to give positions and to follow other instances. */
  start(): void {
    this.isRunning = true;
    this.db.onFacts(() => this.sequence());
    this.schedule(0);
  }

  /** Ends every subscription, and finishes what runs. */
  async stop(): Promise<void> {
    this.isRunning = false;
    clearTimeout(this.timer);
    this.tail.close();
    await this.sequencer.idle();
    await this.polling;
  }

  /** Another instance says that there is something new. */
  wake(): void {
    if (this.isRunning) this.schedule(0);
  }

  /** A page of the log with everything that was committed before the call. @throws Invalid, CursorExpired */
  async page(selection: EventSelection, args: PageArgs): Promise<Page<EventRecord>> {
    await this.catchUp();
    return this.log.page(selection, args);
  }

  /** The cursor after which nothing comes that was committed before the call. */
  async head(): Promise<string> {
    return cursorAt(await this.headPosition());
  }

  /**
   * Follows the log: first what came after a cursor, then what comes.
   * @param after null begins with what is committed from now on
   * @throws Invalid for a cursor that is none of this log, CursorExpired for one that is older than what is kept
   */
  async follow(selection: EventSelection, after: string | null | undefined): Promise<LiveStream<EventRecord>> {
    const given = after === null || after === undefined ? undefined : positionOf(after, 'after');
    const head = await this.headPosition();
    if (given !== undefined && given > head) {
      throw new Invalid('after', '`after` is a cursor of another registry: this one has not come so far.');
    }
    if (given !== undefined && given < head && given + 1 < (await this.log.oldest())) throw expired('after');
    const follower = this.tail.follow(given ?? head, head, selection);
    this.look();
    return follower;
  }

  /** How far the log is from what was committed, and what is offered here from the log. @param now epoch milliseconds */
  async lag(now: number): Promise<EventLag> {
    const { position, waiting, oldestAt } = await this.log.backlog();
    return {
      position,
      waiting,
      waitingMs: oldestAt === null ? 0 : Math.max(0, now - oldestAt),
      behind: this.tail.hasFollowers ? Math.max(0, position - this.tail.head) : 0,
    };
  }

  /** Removes events that were recorded before a time, epoch milliseconds. */
  removeBefore(since: number): Promise<void> {
    return this.log.removeBefore(since);
  }

  private async headPosition(): Promise<number> {
    const { head, hasWaiting } = await this.log.state();
    if (!hasWaiting) return head;
    await this.sequencer.catchUp();
    return (await this.log.state()).head;
  }

  private async catchUp(): Promise<void> {
    if ((await this.log.state()).hasWaiting) await this.sequencer.catchUp();
  }

  private sequence(): void {
    if (this.isRunning) this.sequencer.catchUp().catch((error) => this.failed(error));
  }

  /** Looks at once for what is new; where that is under way, once more after it. */
  private look(): void {
    if (this.isRunning) this.schedule(0);
  }

  private schedule(inMs: number): void {
    clearTimeout(this.timer);
    // Whoever asked for it, what it leads to goes on without end.
    inBackground(() => {
      if (inMs === 0) void this.poll();
      else this.timer = setTimeout(() => void this.poll(), inMs).unref();
    });
  }

  private async poll(): Promise<void> {
    this.isPollWanted = true;
    this.polling ??= this.pollWhileWanted().finally(() => {
      this.polling = undefined;
      if (this.isRunning) this.schedule(this.tail.hasFollowers ? POLL_MS : IDLE_POLL_MS);
    });
    return this.polling;
  }

  private async pollWhileWanted(): Promise<void> {
    while (this.isPollWanted && this.isRunning) {
      this.isPollWanted = false;
      try {
        const { head, hasWaiting } = await this.log.state();
        await this.tail.advance(head);
        // Whoever wrote them gives them their positions at once; what still waits at a second look was left behind.
        if (hasWaiting && this.sawWaiting) this.sequence();
        this.sawWaiting = hasWaiting;
      } catch (error) {
        this.failed(error);
      }
    }
  }

  private failed(error: unknown): void {
    this.options.onError?.(error);
  }
}
