// The event log as the features use it: pages, the head, and subscriptions, kept up to date by polling and wake-ups.

import { setImmediate } from 'node:timers/promises';
import { Invalid } from '../core/errors.ts';
import type { LiveStream } from '../core/live.ts';
import type { Page, PageArgs } from '../core/pagination.ts';
import { Polling } from '../core/polling.ts';
import type { EventLag } from '../core/telemetry.ts';
import type { Database } from '../database/database.ts';
import { cursorAt, expired, positionOf } from './cursor.ts';
import { EventLog, readLogPageArgs } from './event-log.ts';
import type { EventRecord } from './event-record.ts';
import type { EventSelection } from './selection.ts';
import { Sequencer } from './sequencer.ts';
import { EventTail } from './tail.ts';
import { Trouble, type TroubleListener } from './trouble.ts';

/** Between two looks at what other instances did, milliseconds. */
const POLL_MS = 100;
/** Where nobody follows the log here, so many times as long. */
const IDLE_FACTOR = 5;
/**
 * There, events wait so long for their positions, milliseconds: one pass then does for many commits, where each would
 * cost about as much as a commit itself. Other instances still have them within a look or two.
 */
const UNHURRIED_MS = 50;

export interface FeedOptions {
  /** Between two looks, milliseconds, in place of the usual. */
  readonly pollMs?: number | undefined;
  /** Told of what keeps the log from being followed. */
  readonly trouble?: TroubleListener;
}

export class EventFeed {
  private readonly log: EventLog;
  private readonly sequencer: Sequencer;
  private readonly tail: EventTail;
  private readonly polling: Polling;
  private isRunning = false;
  private headToCome: Promise<number> | undefined;
  /** Whether the last look saw events that waited for their positions. */
  private sawWaiting = false;
  private readonly trouble: Trouble;
  /** Whether events may still wait for positions that could not be given here. */
  private isNumberingBroken = false;
  private onPositions: () => void = () => undefined;
  /** The pass to come for events that nobody follows here. */
  private unhurried: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Database,
    { pollMs = POLL_MS, trouble }: FeedOptions = {},
  ) {
    this.trouble = new Trouble(trouble);
    this.polling = new Polling(
      () => this.readNews(),
      () => (this.tail.hasFollowers ? pollMs : pollMs * IDLE_FACTOR),
    );
    this.log = new EventLog(db);
    this.tail = new EventTail(this.log);
    this.sequencer = new Sequencer(this.log, () => {
      this.look();
      this.onPositions();
    });
  }

  /** Calls a function whenever events got their positions here, so that other instances can be woken. */
  whenNumbered(listener: () => void): void {
    this.onPositions = listener;
  }

  /** Begins to give positions and to follow other instances. */
  start(): void {
    this.isRunning = true;
    this.db.onFacts(() => this.sequenceSoon());
    this.look();
  }

  /** Ends every subscription, and finishes what runs. */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.tail.close();
    if (this.unhurried) {
      clearTimeout(this.unhurried);
      // Out of reach just now: whoever starts next gives what is left its positions.
      await this.sequencer.catchUp().catch(() => undefined);
    }
    await this.sequencer.idle();
    await this.polling.stop();
  }

  /** Another instance says that there is something new. */
  wake(): void {
    this.look();
  }

  /** A page of the log with everything that was committed before the call. @throws Invalid, CursorExpired */
  async page(selection: EventSelection, args: PageArgs): Promise<Page<EventRecord>> {
    const page = readLogPageArgs(args);
    await this.catchUp();
    return this.log.page(selection, page);
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
    const isFirst = !this.tail.hasFollowers;
    const follower = this.tail.follow(given ?? head, head, selection);
    // Until now looks were rare.
    if (isFirst) this.look();
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

  /** What is asked in one turn of the event loop is read once, after it: many subscribe at once when a server is back. */
  private headPosition(): Promise<number> {
    this.headToCome ??= setImmediate().then(() => {
      this.headToCome = undefined;
      return this.readHead();
    });
    return this.headToCome;
  }

  private async readHead(): Promise<number> {
    const { head, hasWaiting } = await this.log.state();
    if (!hasWaiting) return head;
    await this.sequencer.catchUp();
    return (await this.log.state()).head;
  }

  private async catchUp(): Promise<void> {
    if ((await this.log.state()).hasWaiting) await this.sequencer.catchUp();
  }

  private sequenceSoon(): void {
    if (!this.isRunning) return;
    if (this.tail.hasFollowers) this.sequence();
    else {
      this.unhurried ??= setTimeout(() => {
        this.unhurried = undefined;
        this.sequence();
      }, UNHURRIED_MS).unref();
    }
  }

  private sequence(): void {
    if (!this.isRunning) return;
    this.sequencer.catchUp().then(
      () => {
        this.isNumberingBroken = false;
      },
      (error: unknown) => {
        this.isNumberingBroken = true;
        this.trouble.shows(error);
      },
    );
  }

  private look(): void {
    if (this.isRunning) this.polling.now();
  }

  private async readNews(): Promise<void> {
    try {
      const { head, hasWaiting } = await this.log.state();
      await this.tail.advance(head);
      // Whoever wrote them gives them their positions at once; what still waits at a second look was left behind.
      if (hasWaiting && this.sawWaiting) this.sequence();
      this.sawWaiting = hasWaiting;
      if (!hasWaiting) this.isNumberingBroken = false;
      if (!this.isNumberingBroken) this.trouble.isOver();
    } catch (error) {
      this.trouble.shows(error);
      throw error;
    }
  }
}
