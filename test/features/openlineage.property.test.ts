// Any order of the same events, sent once or more, to one server or two at a time, makes the same graph.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { atDistinctTimes, facet, graphOfWorld, inWorld, post, runEvent, sendAll } from '../support/openlineage.ts';
import { anyRunEvents, anyStaticEvents } from '../support/openlineage-events.ts';
import { type FreshDatabase, freshDatabase, startRegistry, type TestRegistry } from '../support/registry.ts';

const RUNS = ['1', '2', '3'].map((digit) => `${digit}1111111-1111-4111-8111-111111111111`);

/** Events, and their places twice in another order. */
const shuffled = fc.tuple(anyRunEvents(RUNS), anyStaticEvents).chain(([runs, statics]) => {
  const events = atDistinctTimes([...runs, ...statics]);
  const twice = [...events.keys(), ...events.keys()];
  return fc.tuple(fc.constant(events), fc.shuffledSubarray(twice, { minLength: twice.length }));
});

describe('the same events', () => {
  let database: FreshDatabase;
  let servers: readonly [TestRegistry, TestRegistry];
  let worlds = 0;
  beforeAll(async () => {
    database = await freshDatabase();
    const [first, second] = [
      await startRegistry({ sharedDatabase: database }),
      await startRegistry({ sharedDatabase: database }),
    ];
    servers = [first, second];
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await database.remove();
  });

  /** What becomes of events where nothing else is, however they are sent. */
  const outcomeOf = async (events: readonly unknown[], send: (events: readonly unknown[]) => Promise<void>) => {
    const world = ++worlds;
    await send(inWorld(events, world));
    return graphOfWorld(servers[0], world);
  };

  it('make the same graph in every order, however often they come', async () => {
    await fc.assert(
      fc.asyncProperty(shuffled, async ([events, order]) => {
        const [{ url }] = servers;
        const expected = await outcomeOf(events, (own) => sendAll(url, own));
        const inOrder = order.map((index) => events[index]);
        expect(await outcomeOf(inOrder, (own) => sendAll(url, own))).toEqual(expected);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  }, 120_000);

  it('of many new runs of one job are all taken in at once, on two servers', async () => {
    const dataset = { name: 'shared', facets: { schema: facet('SchemaDatasetFacet', { fields: [{ name: 'a' }] }) } };
    const events = Array.from({ length: 40 }, (_, place) =>
      runEvent({ namespace: 'crowd', inputs: [dataset], outputs: [{ name: `part ${place % 4}` }] }),
    );
    const answers = await Promise.all(
      events.map((event, place) => post((servers[place % 2] as TestRegistry).url, event)),
    );
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    const { experiment } = await servers[0].ask('{ experiment(by: {name: "crowd/train"}) { runs { totalCount } } }');
    expect(experiment.runs.totalCount).toBe(40);
  }, 60_000);

  it('make the same graph where two servers are sent all of them at once', async () => {
    await fc.assert(
      fc.asyncProperty(shuffled, async ([events, order]) => {
        const expected = await outcomeOf(events, (own) => sendAll(servers[0].url, own));
        const atOnce = async (own: readonly unknown[]) => {
          const places = own.entries();
          const answers = await Promise.all(
            [...places].map(([place, event]) => post((servers[place % 2] as TestRegistry).url, event)),
          );
          expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
        };
        const inOrder = order.map((index) => events[index]);
        expect(await outcomeOf(inOrder, atOnce)).toEqual(expected);
      }),
      { numRuns: 8, endOnFailure: true },
    );
  }, 120_000);
});
