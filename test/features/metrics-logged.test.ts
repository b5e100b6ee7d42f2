// Points as they are logged: each once, in the order of the commits, coalesced, on every instance.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '../../src/database/sql.ts';
import { type FreshDatabase, freshDatabase, startRegistry, type TestRegistry } from '../support/registry.ts';
import { Subscriber } from '../support/subscriber.ts';
import { logBatch, logPoints, type Point, second, startRun } from '../support/tracking.ts';

const FOLLOW = `subscription($run: ID!, $keys: [String!]) {
  metricsLogged(run: $run, keys: $keys) { run { id } points { key value special step at } } }`;

type Message = { metricsLogged: { points: Point[] } };
const pointsOf = (received: readonly Message[]) => received.flatMap(({ metricsLogged }) => metricsLogged.points);

describe('metricsLogged', () => {
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

  /** Subscribes, and logs under a key of its own until that is seen, so that what is logged next is seen too. */
  const follow = async (at: TestRegistry, run: string, keys?: readonly string[]) => {
    const subscriber = new Subscriber(at, FOLLOW, { run, keys: keys && [...keys, 'ready'] });
    for (let step = 0; subscriber.received.length === 0; step++) {
      await logPoints(registry, run, [{ key: 'ready', value: 0, step, at: second(step) }]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return subscriber;
  };
  const withoutReady = (subscriber: Subscriber) => pointsOf(subscriber.received).filter(({ key }) => key !== 'ready');
  const isComplete = (count: number) => (received: readonly Message[]) =>
    pointsOf(received).filter(({ key }) => key !== 'ready').length >= count;

  it('gives every new point once, on the instance that logs and on another', async () => {
    const run = await startRun(registry);
    const subscribers = [await follow(registry, run), await follow(other, run)];
    const total = 30;
    const writing = Array.from({ length: 3 }, async (_, writer) => {
      for (let step = 0; step < total / 3; step++) {
        await logPoints(writer === 0 ? registry : other, run, [
          { key: `k${writer}`, value: step, step, at: second(step) },
        ]);
      }
    });
    await Promise.all(writing);
    for (const subscriber of subscribers) {
      await subscriber.until(isComplete(total) as never);
      const points = withoutReady(subscriber);
      expect(points).toHaveLength(total);
      for (const key of ['k0', 'k1', 'k2']) {
        expect(points.filter((point) => point.key === key).map(({ step }) => step)).toEqual(
          Array.from({ length: total / 3 }, (_, step) => step),
        );
      }
      subscriber.stop();
    }
  });

  it('gives a point that is sent again only once, with those that are new beside it', async () => {
    const run = await startRun(registry);
    const subscriber = await follow(registry, run);
    const first = [1, 2, 3].map((step) => ({ key: 'loss', value: step, step, at: second(step) }));
    await logPoints(registry, run, first);
    await logPoints(registry, run, first);
    await logPoints(registry, run, [
      ...first,
      { key: 'loss', special: 'NAN', step: 2, at: second(2) },
      { key: 'loss', value: 9, step: 0, at: second(9) },
      { key: 'loss', value: 4, step: 4, at: second(4) },
      { key: 'loss', value: 4, step: 4, at: second(4) },
    ]);
    await subscriber.until(isComplete(6) as never);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(withoutReady(subscriber)).toEqual([
      ...first.map((point) => ({ ...point, special: null })),
      { key: 'loss', value: 9, special: null, step: 0, at: second(9) },
      { key: 'loss', value: null, special: 'NAN', step: 2, at: second(2) },
      { key: 'loss', value: 4, special: null, step: 4, at: second(4) },
    ]);
    subscriber.stop();
  });

  it('gives only the keys that were asked for, and nothing of other runs or of refused batches', async () => {
    const [run, another] = [await startRun(registry), await startRun(registry)];
    const subscriber = await follow(registry, run, ['loss']);
    await logPoints(registry, another, [{ key: 'loss', value: 1 }]);
    await logPoints(registry, run, [{ key: 'accuracy', value: 1 }]);
    const refused = await logBatch(registry, run, {
      metrics: [{ key: 'loss', value: 2 }],
      params: [{ key: '', value: '' }],
    });
    expect(refused.errors).toHaveLength(1);
    await logPoints(registry, run, [{ key: 'loss', value: 3 }]);
    await subscriber.until(isComplete(1) as never);
    expect(withoutReady(subscriber)).toMatchObject([{ key: 'loss', value: 3 }]);
    subscriber.stop();
  });

  it('coalesces what was logged while a reader was busy', async () => {
    const run = await startRun(registry);
    const subscriber = await follow(registry, run);
    const messages = subscriber.received.length;
    const feed = registry.app.features.services.metricFeed;
    const pk = Number(Buffer.from(run, 'base64url').toString().split(':')[1]);
    const reader = await feed.follow(pk, ['loss']);
    for (let step = 0; step < 40; step++) await logPoints(registry, run, [{ key: 'loss', value: 1, step }]);
    const { value } = await reader.next();
    expect(value?.points).toHaveLength(40);
    await reader.return();
    await subscriber.until(isComplete(40) as never);
    expect(subscriber.received.length - messages).toBeGreaterThan(1);
    subscriber.stop();
  });

  it('keeps batches only for runs that somebody watches', async () => {
    const run = await startRun(registry);
    const pk = Number(Buffer.from(run, 'base64url').toString().split(':')[1]);
    await logPoints(registry, run, [{ key: 'loss', value: 1 }]);
    const kept = await registry.app.db.read(sql`SELECT b.batch FROM logged_batches b WHERE b.runPk = ${pk}`);
    expect(kept).toEqual([]);
  });

  it('refuses a run that is not there, and ids of other things', async () => {
    const run = await startRun(registry);
    await registry.ask('mutation($run: ID!) { deleteRun(input: {run: $run}) { deletedId } }', { run });
    for (const [id, code] of [
      [run, 'NOT_FOUND'],
      ['nonsense', 'BAD_USER_INPUT'],
    ]) {
      const subscriber = new Subscriber(registry, FOLLOW, { run: id });
      await subscriber.done();
      expect(subscriber.errors).toMatchObject([{ extensions: { code, field: 'run' } }]);
      subscriber.stop();
    }
  });
});
