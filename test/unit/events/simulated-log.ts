// A log in memory whose statements take as long as a scheduler decides, with writers, crashes and clocks that are wrong.

import type { Log, LogState } from '../../../src/events/event-log.ts';
import { EventRecord } from '../../../src/events/event-record.ts';
import { inLogOrder, type WaitingEvent } from '../../../src/events/log-order.ts';
import { type EventSelection, isSelected } from '../../../src/events/selection.ts';

/** Lets one of the waiting go on at a time, which one being the history's choice. */
export class Scheduler {
  private readonly waiting: (() => void)[] = [];
  private turn = 0;

  constructor(private readonly choices: readonly number[]) {}

  pause(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Goes on until nobody waits. */
  async run(): Promise<void> {
    for (;;) {
      await settle();
      if (this.waiting.length === 0) return;
      const choice = this.choices[this.turn++ % this.choices.length] ?? 0;
      this.waiting.splice(choice % this.waiting.length, 1)[0]?.();
    }
  }
}

/** Runs what can run without the scheduler. */
async function settle(): Promise<void> {
  for (let tick = 0; tick < 24; tick++) await undefined;
}

export interface StoredEvent extends WaitingEvent {
  position: number | null;
  readonly type: string;
  /** Steps of the history, in which each thing that happens has its number. */
  readonly begunAt: number;
  acknowledgedAt: number;
}

export class SimulatedLog implements Log {
  /** What is committed. */
  readonly events: StoredEvent[] = [];
  /** The number of steps so far. */
  step = 0;
  private readonly sequences = new Map<number, number>();
  private readonly locks = new Map<number, Promise<void>>();
  private nextPosition = 1;
  private passes = 0;
  private inserts = 0;
  /** How many of the next passes end before they commit, as where their process is killed. */
  crashes = 0;

  constructor(private readonly scheduler: Scheduler) {}

  /** Commits a transaction that records events about one subject, on an instance whose clock is off by so much. */
  async write(instance: number, skew: number, subjectPk: number, types: readonly string[]): Promise<void> {
    const begunAt = ++this.step;
    const startedAt = begunAt + skew;
    await this.scheduler.pause();
    const release = await this.lock(subjectPk);
    const sequence = (this.sequences.get(subjectPk) ?? 0) + 1;
    this.sequences.set(subjectPk, sequence);
    const waiting = this.events.filter((event) => event.position === null).map((event) => event.recordedAt);
    // As `append` has the database do it.
    const recordedAt = Math.max(startedAt, ...waiting.map((latest) => latest + 1));
    // Row numbers come in strides, as on a cluster, and say nothing.
    const rows = types.map((type, ordinal): StoredEvent => {
      const pk = ++this.inserts * 2 + (instance === 0 ? 1 : 1_000);
      return {
        pk,
        recordedAt,
        subjectType: 'Model',
        subjectPk,
        sequence,
        ordinal,
        type,
        position: null,
        begunAt,
        acknowledgedAt: Infinity,
      };
    });
    await this.scheduler.pause();
    this.events.push(...rows);
    release();
    await this.scheduler.pause();
    const acknowledgedAt = ++this.step;
    for (const row of rows) row.acknowledgedAt = acknowledgedAt;
  }

  async state(): Promise<LogState> {
    await this.scheduler.pause();
    const state = { head: this.nextPosition - 1, hasWaiting: this.events.some((event) => event.position === null) };
    await this.scheduler.pause();
    return state;
  }

  /** As on a cluster: whoever finds at the commit that another pass was faster begins again. */
  async assign(limit: number): Promise<number> {
    for (;;) {
      await this.scheduler.pause();
      const pass = this.passes;
      const seen = this.events
        .filter((event) => event.position === null)
        .sort((a, b) => a.recordedAt - b.recordedAt || a.pk - b.pk)
        .slice(0, limit);
      await this.scheduler.pause();
      if (this.crashes > 0) {
        this.crashes--;
        throw new Error('killed');
      }
      if (pass !== this.passes) continue;
      this.passes++;
      for (const event of inLogOrder(seen)) event.position = this.nextPosition++;
      await this.scheduler.pause();
      return seen.length;
    }
  }

  async read(after: number, upTo: number, selection: EventSelection, limit: number): Promise<EventRecord[]> {
    await this.scheduler.pause();
    const records = this.inOrder()
      .filter((record) => record.position > after && record.position <= upTo && isSelected(selection, record.row))
      .slice(0, limit);
    await this.scheduler.pause();
    return records;
  }

  async oldest(): Promise<number> {
    await this.scheduler.pause();
    return 1;
  }

  /** The whole log. */
  inOrder(): EventRecord[] {
    return this.events
      .filter((event) => event.position !== null)
      .sort((a, b) => (a.position ?? 0) - (b.position ?? 0))
      .map(
        ({ position, type, subjectPk }) =>
          new EventRecord({
            position: position ?? 0,
            type,
            subjectType: 'Model',
            subjectPk,
            subjectName: '',
            stageName: null,
            at: 0,
            actorName: '',
            comment: null,
            payload: '{}',
          }),
      );
  }

  /** Takes hold of a subject until the function it resolves to is called. */
  private async lock(subjectPk: number): Promise<() => void> {
    const before = this.locks.get(subjectPk);
    let release = (): void => undefined;
    this.locks.set(
      subjectPk,
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    await before;
    return release;
  }
}
