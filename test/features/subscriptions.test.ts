// Subscriptions over the event log: replay and follow without a gap, filters, several instances, shared work.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FreshDatabase, freshDatabase, startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate } from '../support/runs.ts';
import { headOf, Subscriber } from '../support/subscriber.ts';

const FOLLOW = `subscription($filter: EventFilter, $after: String) { events(filter: $filter, after: $after) {
  __typename position cursor type ... on ModelRegistered { modelName model { name revision } } } }`;
const STAGES = `subscription($models: [String!], $to: [Stage!], $after: String) {
  stageChanged(models: $models, to: $to, after: $after) { number modelName change { from to } version { stage } } }`;
/** How long another instance may take to follow, milliseconds; what the machine adds under load comes on top. */
const FOLLOWED_WITHIN_MS = 250;

describe('subscriptions', () => {
  let database: FreshDatabase;
  let registry: TestRegistry;
  let other: TestRegistry;
  beforeAll(async () => {
    database = await freshDatabase();
    registry = await startRegistry({ sharedDatabase: database });
    other = await startRegistry({ sharedDatabase: database });
  });
  afterAll(async () => {
    await Promise.all([registry.stop(), other.stop()]);
    await database.remove();
  });

  const register = (name: string, at = registry) => mutate(at, 'registerModel', { name }, 'model { id }');
  const positionsOf = (received: readonly { events: { position: number } }[]) =>
    received.map(({ events }) => events.position);

  it('follow what is committed from now on, with what is there now', async () => {
    const subscriber = new Subscriber(registry, FOLLOW);
    // Subscribing takes a moment, which an answer on the same instance does not tell the end of: register until seen.
    for (let index = 0; subscriber.received.length === 0; index++) await register(`now ${index}`);
    const [{ events }] = await subscriber.count(1);
    expect(events).toMatchObject({ __typename: 'ModelRegistered', type: 'MODEL_REGISTERED', model: { revision: 1 } });
    expect(events.model.name).toBe(events.modelName);
    subscriber.stop();
  });

  it('replay what came after a cursor, then follow, while writers run on two instances', async () => {
    const after = await headOf(registry);
    const total = 60;
    const subscribers: Subscriber[] = [];
    const writing = Array.from({ length: 6 }, async (_, writer) => {
      for (let index = 0; index < total / 6; index++) {
        await register(`writer ${writer} ${index}`, writer % 2 === 0 ? registry : other);
        if (index % 3 === 0) {
          for (const at of [registry, other]) subscribers.push(new Subscriber(at, FOLLOW, { after }));
        }
      }
    });
    await Promise.all(writing);
    const streams = await Promise.all(subscribers.map((subscriber) => subscriber.count(total)));
    const first = positionsOf(streams[0] as never)[0] as number;
    const expected = Array.from({ length: total }, (_, index) => first + index);
    for (const stream of streams) expect(positionsOf(stream as never)).toEqual(expected);
    // Any cursor of the stream resumes it, on either instance.
    const middle = streams[0]?.[29]?.events.cursor as string;
    const resumed = new Subscriber(other, FOLLOW, { after: middle });
    expect(positionsOf((await resumed.count(30)) as never)).toEqual(expected.slice(30));
    for (const subscriber of [...subscribers, resumed]) subscriber.stop();
  });

  it('filter by model, type and stage', async () => {
    const after = await headOf(registry);
    const ofStages = new Subscriber(registry, STAGES, { models: ['tree'], to: ['PRODUCTION'], after });
    const ofOther = new Subscriber(registry, STAGES, { models: ['nothing'], after });
    const ofAliases = new Subscriber(registry, FOLLOW, { after, filter: { types: ['ALIAS_CHANGED'] } });
    for (const name of ['tree', 'bush']) {
      await mutate(registry, 'registerVersion', { model: { name }, createModel: true, alias: 'a' }, '__typename');
      for (const to of ['STAGING', 'PRODUCTION']) {
        await mutate(registry, 'promoteVersion', { version: { uri: `models:/${name}/1` }, to }, '__typename');
      }
    }
    await ofAliases.count(2);
    expect(await ofStages.count(1)).toEqual([
      {
        stageChanged: {
          number: 1,
          modelName: 'tree',
          change: { from: 'STAGING', to: 'PRODUCTION' },
          version: { stage: 'PRODUCTION' },
        },
      },
    ]);
    expect(ofOther.received).toEqual([]);
    for (const subscriber of [ofStages, ofOther, ofAliases]) subscriber.stop();
  });

  it('see what another instance commits in time', async () => {
    const subscriber = new Subscriber(other, FOLLOW, { after: await headOf(other) });
    await register('warm');
    await subscriber.count(1);
    const delays: number[] = [];
    for (let index = 2; index <= 12; index++) {
      await register(`seen ${index}`);
      const committed = performance.now();
      await subscriber.count(index);
      delays.push(performance.now() - committed);
    }
    delays.sort((a, b) => a - b);
    expect(delays[Math.floor(delays.length / 2)]).toBeLessThan(FOLLOWED_WITHIN_MS);
    subscriber.stop();
  });

  it('refuse cursors of elsewhere and arguments that cannot be', async () => {
    const future = Buffer.from('["events",999999]').toString('base64url');
    for (const variables of [{ after: 'nonsense' }, { after: future }, { filter: { modelIds: ['x'] } }]) {
      const subscriber = new Subscriber(registry, FOLLOW, variables);
      await subscriber.done();
      expect(subscriber.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      subscriber.stop();
    }
  });

  it('execute an event once for all that ask the same, whatever cursor they came with', async () => {
    const after = await headOf(registry);
    const query = `subscription($after: String) { events(after: $after) { ... on ModelRegistered { model { name tags { key } } } } }`;
    await register('shared 0');
    const later = await headOf(registry);
    const subscribers = Array.from(
      { length: 20 },
      (_, index) => new Subscriber(registry, query, { after: index % 2 === 0 ? after : later }),
    );
    await Promise.all(subscribers.filter((_, index) => index % 2 === 0).map((subscriber) => subscriber.count(1)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    registry.statements.length = 0;
    await register('shared 1');
    await Promise.all(subscribers.map((subscriber, index) => subscriber.count(index % 2 === 0 ? 2 : 1)));
    const reads = registry.statements.filter((text) => /FROM model_tags/.test(text) && /^SELECT/.test(text));
    expect(reads).toHaveLength(1);
    for (const subscriber of subscribers) {
      expect(subscriber.received.at(-1)).toEqual({ events: { model: { name: 'shared 1', tags: [] } } });
      subscriber.stop();
    }
  });

  it('go on elsewhere when an instance ends, with the last cursor', async () => {
    const leaving = await startRegistry({ sharedDatabase: database });
    const subscriber = new Subscriber(leaving, FOLLOW, { after: await headOf(leaving) });
    await register('before');
    const [{ events }] = await subscriber.count(1);
    await leaving.stop();
    await subscriber.done();
    expect(subscriber.errors).toMatchObject([{ code: 1001 }]);
    await register('meanwhile');
    const resumed = new Subscriber(other, FOLLOW, { after: events.cursor });
    expect(await resumed.count(1)).toMatchObject([{ events: { modelName: 'meanwhile' } }]);
    resumed.stop();
  });
});
