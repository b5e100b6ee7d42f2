// The sequencer, the tail and the cursors of two instances, under histories that nobody would think of.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cursorAt, positionOf } from '../../../src/events/cursor.ts';
import { Sequencer } from '../../../src/events/sequencer.ts';
import { EventTail } from '../../../src/events/tail.ts';
import { Scheduler, SimulatedLog, type StoredEvent } from './simulated-log.ts';

const HISTORIES = Number(process.env.TEST_HISTORIES ?? 10_000);
const TYPES = ['A', 'B'];
const SKEWS = [0, 40, -40];

const instance = fc.nat(1);
const action = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    instance,
    skew: fc.constantFrom(...SKEWS),
    subject: fc.integer({ min: 1, max: 3 }),
    types: fc.array(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 2 }),
    isKilled: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('poll' as const), instance }),
  fc.record({ kind: fc.constant('crash' as const) }),
  fc.record({
    kind: fc.constant('subscribe' as const),
    instance,
    isFromNow: fc.boolean(),
    types: fc.option(fc.constantFrom(['A'], ['B'])),
    /** After so many events the subscriber connects to the other instance. */
    reconnectsAfter: fc.integer({ min: 1, max: 4 }),
  }),
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

class Instance {
  readonly tail: EventTail;
  readonly sequencer: Sequencer;

  constructor(readonly log: SimulatedLog) {
    this.tail = new EventTail(log, { events: 4, characters: 1_000_000, eventsPerRead: 2 });
    this.sequencer = new Sequencer(log, () => void this.poll(), 2);
  }

  async poll(): Promise<void> {
    const { head, hasWaiting } = await this.log.state();
    await this.tail.advance(head);
    if (hasWaiting) await this.sequencer.catchUp().catch(() => undefined);
  }

  async head(): Promise<number> {
    if ((await this.log.state()).hasWaiting) await this.sequencer.catchUp();
    return (await this.log.state()).head;
  }
}

interface Subscription {
  readonly start: number;
  readonly types: readonly string[] | null;
  readonly received: number[];
  /** What had been acknowledged when it was asked for. */
  readonly acknowledged: readonly StoredEvent[];
}

class History {
  readonly subscriptions: Subscription[] = [];
  private readonly scheduler: Scheduler;
  private readonly log: SimulatedLog;
  private readonly instances: readonly [Instance, Instance];
  private readonly open = new Set<{ return(): Promise<unknown> }>();
  private isEnding = false;

  constructor(choices: readonly number[]) {
    this.scheduler = new Scheduler(choices);
    this.log = new SimulatedLog(this.scheduler);
    this.instances = [new Instance(this.log), new Instance(this.log)];
  }

  async play(actions: readonly Action[]): Promise<SimulatedLog> {
    const done = actions.map((one) => this.act(one));
    await this.scheduler.run();
    // However it went, it is made up for: each instance looks again, twice where the first look saw what still waited.
    this.log.crashes = 0;
    for (let round = 0; round < 3; round++) {
      for (const one of this.instances) {
        void one.poll();
        await this.scheduler.run();
      }
    }
    this.isEnding = true;
    for (const stream of this.open) void stream.return();
    await this.scheduler.run();
    await Promise.all(done);
    return this.log;
  }

  private async act(one: Action): Promise<void> {
    await this.scheduler.pause();
    if (one.kind === 'write') {
      await this.log.write(one.instance, one.skew, one.subject, one.types);
      // Whoever is killed after the commit leaves it to others to give the events their positions.
      if (!one.isKilled)
        await this.at(one.instance)
          .sequencer.catchUp()
          .catch(() => undefined);
    } else if (one.kind === 'poll') await this.at(one.instance).poll();
    else if (one.kind === 'crash') this.log.crashes++;
    else await this.subscribe(one);
  }

  private async subscribe(one: Extract<Action, { kind: 'subscribe' }>): Promise<void> {
    const acknowledged = one.isFromNow ? this.log.events.filter((event) => event.acknowledgedAt < Infinity) : [];
    let which = one.instance;
    let position: number;
    try {
      position = one.isFromNow ? await this.at(which).head() : 0;
    } catch {
      return;
    }
    const { types } = one;
    const subscription: Subscription = { start: position, types, received: [], acknowledged };
    this.subscriptions.push(subscription);
    while (!this.isEnding) {
      const head = Math.max(position, (await this.log.state()).head);
      const stream = this.at(which).tail.follow(position, head, types ? { types } : {});
      this.open.add(stream);
      for (let count = 0; count < one.reconnectsAfter && !this.isEnding; count++) {
        const { done, value } = await stream.next();
        if (done) return;
        subscription.received.push(value.position);
        position = positionOf(cursorAt(value.position), 'after');
        await this.scheduler.pause();
      }
      await stream.return();
      this.open.delete(stream);
      which = 1 - which;
    }
  }

  private at(which: number): Instance {
    return this.instances[which] as Instance;
  }
}

const isBefore = (a: StoredEvent, b: StoredEvent) => (a.position ?? 0) < (b.position ?? 0);

describe('any history of writers, crashes and subscribers on two instances', () => {
  it(`gives dense positions in order, and every subscriber exactly the log from its start (${HISTORIES} histories)`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 1, maxLength: 14 }),
        fc.array(fc.nat(50), { minLength: 8, maxLength: 60 }),
        async (actions, choices) => {
          const history = new History(choices);
          const log = await history.play(actions);
          const { events } = log;
          const positions = log.inOrder().map(({ position }) => position);
          expect(positions).toEqual(events.map((_, index) => index + 1));
          for (const a of events) {
            for (const b of events) {
              if (a.acknowledgedAt < b.begunAt) expect(isBefore(a, b)).toBe(true);
              const isSameSubject = a.subjectPk === b.subjectPk;
              if (isSameSubject && (a.sequence - b.sequence || a.ordinal - b.ordinal) < 0) {
                expect(isBefore(a, b)).toBe(true);
              }
            }
          }
          for (const { start, types, received, acknowledged } of history.subscriptions) {
            const expected = log
              .inOrder()
              .filter(({ position, row }) => position > start && (types === null || types.includes(row.type)))
              .map(({ position }) => position);
            expect(received).toEqual(expected);
            for (const event of acknowledged) expect(event.position).toBeLessThanOrEqual(start);
          }
        },
      ),
      { numRuns: HISTORIES },
    );
  }, 120_000);
});
