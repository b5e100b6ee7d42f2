// Wake-ups through Redis: instances follow one another at once, and by polling where Redis is not there.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { type LogLine, recordingLog } from '../support/log.ts';
import { buildProgram, type ServingProgram, serveProgram } from '../support/program.ts';
import { hasRedis, RedisServer } from '../support/redis.ts';
import { type FreshDatabase, freshDatabase, startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate } from '../support/runs.ts';
import { headOf, Subscriber } from '../support/subscriber.ts';
import { logPoints, second, startRun } from '../support/tracking.ts';

/** So long that what arrives well before it was not found by polling. */
const POLL_MS = 4_000;
const AT_ONCE_MS = 1_000;
const FOLLOW =
  'subscription($after: String) { events(after: $after) { subject ... on ModelRegistered { modelName } } }';
const METRICS = 'subscription($run: ID!) { metricsLogged(run: $run) { points { step } } }';
const UP = 'wake-ups between instances go through Redis';
const GONE = 'no wake-ups through Redis; following by polling until it is back';

if (!hasRedis) {
  process.stderr.write('Wake-ups were not tested: there is no redis-server here; install the package redis-server.\n');
  it('wake-ups need a redis-server, which is not here', () => expect(hasRedis).toBe(false));
} else {
  describe('two instances with a Redis between them', withRedis);
  describe('an instance whose Redis', withoutRedis);
}

async function until(isSo: () => boolean, limitMs = 10_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error('It did not come to that in time.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const saying = (lines: readonly LogLine[], message: string) => lines.filter(({ msg }) => msg === message);
const register = (registry: TestRegistry, name: string) => mutate(registry, 'registerModel', { name }, 'model { id }');

function withRedis(): void {
  let redis: RedisServer;
  let database: FreshDatabase;
  const instances: TestRegistry[] = [];
  const logs = [recordingLog(), recordingLog()];
  beforeAll(async () => {
    redis = await RedisServer.prepare();
    await redis.start();
    database = await freshDatabase();
    for (const { log } of logs) {
      const environment = { REDIS_URL: redis.url };
      instances.push(await startRegistry({ sharedDatabase: database, environment, log, pollMs: POLL_MS }));
    }
    await until(() => logs.every(({ lines }) => saying(lines, UP).length === 1));
  }, 60_000);
  afterAll(async () => {
    for (const instance of instances) await instance.stop();
    await database.remove();
    await redis.remove();
  });

  /** How long after its answer a change of one instance arrives at a subscriber of the other, milliseconds. */
  const arrival = async (subscriber: Subscriber, name: string): Promise<number> => {
    await register(instances[0] as TestRegistry, name);
    const startedAt = performance.now();
    await subscriber.until((received) => received.some(({ events }) => events.modelName === name), 3 * POLL_MS);
    return performance.now() - startedAt;
  };
  const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

  it('deliver events of one another at once; by polling while it is gone, nothing lost; at once again when it is back', async () => {
    const [, follower] = instances as [TestRegistry, TestRegistry];
    const subscriber = new Subscriber(follower, FOLLOW, { after: await headOf(follower) });
    for (const round of ['first', 'second']) {
      const arrivals: number[] = [];
      for (let index = 0; index < 9; index++) arrivals.push(await arrival(subscriber, `${round} ${index}`));
      expect(median(arrivals)).toBeLessThan(AT_ONCE_MS);
      await redis.kill();
      for (const { lines } of logs) await until(() => saying(lines, GONE).length > 0);
      await arrival(subscriber, `${round}, without`);
      await redis.start();
      for (const { lines } of logs) await until(() => saying(lines, UP).length === (round === 'first' ? 2 : 3));
    }
    expect(subscriber.received.map(({ events }) => events.modelName)).toEqual(
      ['first', 'second'].flatMap((round) => [
        ...Array.from({ length: 9 }, (_, index) => `${round} ${index}`),
        `${round}, without`,
      ]),
    );
    subscriber.stop();
    // Told once when it goes and once when it is back, however often a connection was tried in between.
    for (const { lines } of logs) {
      expect(saying(lines, GONE)).toHaveLength(2);
      expect(saying(lines, UP).map(({ goneMs }) => typeof goneMs)).toEqual(['undefined', 'number', 'number']);
    }
  }, 60_000);

  it('deliver points of one another at once', async () => {
    const [writer, follower] = instances as [TestRegistry, TestRegistry];
    const run = await startRun(writer);
    const subscriber = new Subscriber(follower, METRICS, { run });
    const arrivals: number[] = [];
    for (let step = 0; arrivals.length < 9; step++) {
      await logPoints(writer, run, [{ key: 'loss', value: step, step, at: second(step) }]);
      const startedAt = performance.now();
      // The first ones may be logged before the subscription has begun.
      const limitMs = subscriber.received.length === 0 ? 200 : 3 * POLL_MS;
      const has = subscriber.until(
        (received) => received.some(({ metricsLogged }) => metricsLogged.points.at(-1).step === step),
        limitMs,
      );
      await has.then(
        () => arrivals.push(performance.now() - startedAt),
        (error) => {
          if (subscriber.received.length > 0 || step > 50) throw error;
        },
      );
    }
    expect(median(arrivals)).toBeLessThan(AT_ONCE_MS);
    subscriber.stop();
  }, 60_000);

  it('notice a Redis that no longer answers, and one that answers again', async () => {
    const { lines } = logs[1] as (typeof logs)[number];
    const [gone, up] = [saying(lines, GONE).length, saying(lines, UP).length];
    redis.freeze();
    await until(() => saying(lines, GONE).length === gone + 1, 20_000);
    redis.thaw();
    await until(() => saying(lines, UP).length === up + 1, 20_000);
  }, 60_000);

  it('are not woken by another registry on the same Redis', async () => {
    const [follower] = instances as [TestRegistry];
    const stranger = await startRegistry({ environment: { REDIS_URL: redis.url } });
    const listener = new Redis(redis.url);
    const heard: string[] = [];
    listener.on('pmessage', (_pattern, channel) => heard.push(channel));
    await listener.psubscribe('*');
    const ids = [await follower.app.db.identity(), await stranger.app.db.identity()];
    expect(new Set(ids).size).toBe(2);
    await register(follower, 'ours');
    await until(() => heard.includes(`modelgraph:${ids[0]}`));
    expect(new Set(heard)).toEqual(new Set([`modelgraph:${ids[0]}`]));
    listener.disconnect();
    await stranger.stop();
  });
}

function withoutRedis(): void {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await RedisServer.prepare();
  });
  const programs: ServingProgram[] = [];
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.end('SIGKILL');
    await redis.remove();
  });

  it('is missing at the start serves all the same, and uses it once it is there', async () => {
    const { log, lines } = recordingLog();
    const startedAt = performance.now();
    const registry = await startRegistry({ environment: { REDIS_URL: redis.url }, log });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await until(() => saying(lines, GONE).length === 1);
    expect(saying(lines, GONE)[0]).toMatchObject({ level: 40, redis: redis.url, reason: 'ECONNREFUSED' });
    await register(registry, 'alone');
    expect((await fetch(`${registry.url}/readyz`)).status).toBe(200);
    await redis.start();
    await until(() => saying(lines, UP).length === 1);
    expect(saying(lines, GONE)).toHaveLength(1);
    await registry.stop();
  });

  it('wants a password is given it, tells where it is wrong, and the log never shows it', async () => {
    await redis.start(['--requirepass', 's3cret/word']);
    for (const [password, outcome] of [
      ['s3cret%2Fword', UP],
      ['n0t-this', GONE],
    ] as const) {
      const { log, lines } = recordingLog();
      const environment = { REDIS_URL: `redis://:${password}@127.0.0.1:${redis.port}/0` };
      const registry = await startRegistry({ environment, log });
      await until(() => saying(lines, outcome).length === 1);
      await registry.stop();
      const text = JSON.stringify(lines);
      for (const secret of ['s3cret', 'n0t-this']) expect(text).not.toContain(secret);
      if (outcome === GONE) expect(text).toMatch(/WRONGPASS|NOAUTH/);
    }
  }, 60_000);

  it('is given to `serve` carries the news of one process to another', async () => {
    await buildProgram();
    await redis.start();
    const database = await freshDatabase();
    const environment = { DATABASE_URL: database.url, REDIS_URL: redis.url, LOG_LEVEL: 'warn' };
    for (let count = 0; count < 2; count++) programs.push(await serveProgram(environment));
    const asking = new Redis(redis.url);
    const listeners = async () => {
      const [channel] = (await asking.call('PUBSUB', 'CHANNELS', 'modelgraph:*')) as string[];
      return channel ? Number(((await asking.call('PUBSUB', 'NUMSUB', channel)) as unknown[])[1]) : 0;
    };
    const deadline = Date.now() + 10_000;
    while ((await listeners()) < 2 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await listeners()).toBe(2);
    const ended = await Promise.all(programs.map((program) => program.end('SIGTERM')));
    expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(await listeners()).toBe(0);
    asking.disconnect();
    await database.remove();
  }, 180_000);
}
