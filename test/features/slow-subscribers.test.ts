// Subscribers that read slowly, or not at all: what they cost, and when they are cut off.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { beginPeer, type Peer } from '../support/peer.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { headOf, Subscriber } from '../support/subscriber.ts';

const FOLLOW = `subscription($after: String) { events(after: $after) {
  position cursor ... on ModelUpdated { changes { field from to } } } }`;
const TOO_FAR_BEHIND = 4490;
/** So large that a few events fill what the system keeps for a socket, characters. */
const LARGE = 90_000;
const EVENTS = 120;
/** How long a subscriber may read nothing: long enough for a busy machine to write all events before it is given up. */
const STALL_MS = 5_000;
/** Together longer than a subscriber may read nothing. */
const PAUSE_MS = 800;
const MESSAGES_BETWEEN_PAUSES = 10;
const LIMIT_MS = 90_000;

describe('a subscriber', () => {
  let registry: TestRegistry;
  let after: string;
  beforeAll(async () => {
    registry = await startRegistry({ webSocket: { pingMs: 1_000, stallMs: STALL_MS, maxLag: 10 } });
    await registry.ask('mutation { registerModel(input: {name: "big"}) { model { id } } }');
    after = await headOf(registry);
  });
  afterAll(() => registry.stop());

  const write = async (count: number) => {
    for (let index = 0; index < count; index++) {
      await registry.ask('mutation($input: UpdateModelInput!) { updateModel(input: $input) { model { revision } } }', {
        input: { model: { name: 'big' }, description: `${index}`.padEnd(LARGE, 'x') },
      });
    }
  };
  const positions = (peer: Peer) =>
    peer.messages
      .filter((message) => message.type === 'next')
      .map((message) => message.payload.data.events.position as number);

  it(
    'that stops reading is cut off with a code that invites it to resume, and loses nothing by resuming',
    async () => {
      const stalled = await beginPeer(registry);
      stalled.subscribe('1', FOLLOW, { after });
      stalled.socket.pause();
      const healthy = new Subscriber(registry, FOLLOW, { after });
      await write(EVENTS);
      await healthy.count(EVENTS, LIMIT_MS);
      await new Promise((resolve) => setTimeout(resolve, 1.5 * STALL_MS));
      // What had been sent is still there to be read, and the reason after it.
      stalled.socket.resume();
      expect(await stalled.closed).toMatchObject({ code: TOO_FAR_BEHIND, reason: expect.stringContaining('resume') });
      const read = positions(stalled);
      expect(read.length).toBeLessThan(EVENTS);
      const cursor = stalled.messages.filter((message) => message.type === 'next').at(-1)?.payload.data.events.cursor;
      const resumed = new Subscriber(registry, FOLLOW, { after: cursor ?? after });
      const rest = await resumed.count(EVENTS - read.length, LIMIT_MS);
      const all = [...read, ...rest.map((data) => data.events.position)];
      expect(all).toEqual(Array.from({ length: EVENTS }, (_, index) => index + 2));
      for (const subscriber of [healthy, resumed]) subscriber.stop();
    },
    LIMIT_MS,
  );

  it(
    'that reads slowly, and goes on reading, is never cut off',
    async () => {
      const slow = await beginPeer(registry);
      slow.subscribe('1', FOLLOW, { after });
      let seen = 0;
      slow.socket.on('message', () => {
        if (++seen % MESSAGES_BETWEEN_PAUSES !== 0) return;
        slow.socket.pause();
        setTimeout(() => slow.socket.resume(), PAUSE_MS);
      });
      while (positions(slow).length < EVENTS) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(positions(slow)).toEqual(Array.from({ length: EVENTS }, (_, index) => index + 2));
      expect(slow.socket.readyState).toBe(slow.socket.OPEN);
      slow.socket.close();
    },
    LIMIT_MS,
  );
});
