// The order of the log on a real database: several writers, instances whose clocks are wrong, and one that died.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';
import { openRegistry } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { sql } from '../../src/database/sql.ts';
import { type FreshDatabase, freshDatabase, startRegistry, type TestRegistry } from '../support/registry.ts';
import { headOf } from '../support/subscriber.ts';

const SKEW_MS = 60_000;
const clockOff = (ms: number) => ({ now: () => systemClock.now() + ms });

interface Written {
  readonly name: string;
  readonly begunAt: number;
  readonly acknowledgedAt: number;
}

describe('the order of the log', () => {
  let database: FreshDatabase;
  let instances: TestRegistry[];
  beforeAll(async () => {
    database = await freshDatabase();
    instances = [];
    for (const skew of [0, SKEW_MS, -SKEW_MS]) {
      instances.push(await startRegistry({ sharedDatabase: database, clock: clockOff(skew) }));
    }
  });
  afterAll(async () => {
    for (const instance of instances) await instance.stop();
    await database.remove();
  });

  let round = 0;
  const at = (which: number) => instances[which % instances.length] as TestRegistry;
  const eventsAfter = async (after: string) => {
    const { events } = await at(0).ask(
      `query($after: String) { events(after: $after, first: 500) { nodes { position subject
        ... on ModelRegistered { modelName } ... on ModelUpdated { changes { to } } } } }`,
      { after },
    );
    return events.nodes as { position: number; subject: string; modelName?: string; changes?: { to: string }[] }[];
  };

  it('is dense, has what was acknowledged before another began before it, and keeps each model in its order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.tuple(fc.nat(2), fc.boolean()), { minLength: 1, maxLength: 5 }), {
          minLength: 2,
          maxLength: 5,
        }),
        async (writers) => {
          const prefix = `round ${++round}`;
          await at(0).ask('mutation($name: String!) { registerModel(input: {name: $name}) { model { id } } }', {
            name: prefix,
          });
          const after = await headOf(at(0));
          const written: Written[] = [];
          await Promise.all(
            writers.map(async (steps, writer) => {
              for (const [step, [instance, isOwnModel]] of steps.entries()) {
                const name = `${prefix} ${writer} ${step}`;
                const begunAt = performance.now();
                if (isOwnModel) {
                  await at(instance).ask(
                    'mutation($name: String!) { registerModel(input: {name: $name}) { model { id } } }',
                    { name },
                  );
                } else {
                  await at(instance).ask(
                    'mutation($input: UpdateModelInput!) { updateModel(input: $input) { model { revision } } }',
                    { input: { model: { name: prefix }, setTags: [{ key: 'last', value: name }] } },
                  );
                }
                written.push({ name, begunAt, acknowledgedAt: performance.now() });
              }
            }),
          );
          const events = await eventsAfter(after);
          const first = events[0]?.position as number;
          expect(events.map(({ position }) => position)).toEqual(written.map((_, index) => first + index));
          const nameOf = (event: (typeof events)[number]) => event.modelName ?? (event.changes?.[0]?.to as string);
          const positions = new Map(events.map((event) => [nameOf(event), event.position]));
          const positionOf = (name: string) => positions.get(name) as number;
          for (const a of written) {
            for (const b of written) {
              if (a.acknowledgedAt < b.begunAt) expect(positionOf(a.name)).toBeLessThan(positionOf(b.name));
            }
          }
          const sequences = await at(0).app.db.read<{ sequence: number }>(
            sql`SELECT e.sequence FROM events e JOIN models m ON m.pk = e.subjectPk AND e.subjectType = 'Model' WHERE m.name = ${prefix} ORDER BY e.position`,
          );
          const inOrder = sequences.map(({ sequence }) => sequence);
          expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('gives positions to what a process left behind that died after its commit', async () => {
    const head = await headOf(at(0));
    const config = readConfig({}, { LOG_LEVEL: 'silent', DATABASE_URL: database.url });
    // An instance whose log stands still is one that ended between the commit and what follows it.
    const dying = await openRegistry(config, pino({ level: 'silent' }));
    await dying.features.services.models.register({ name: 'ghost', isVerified: false }, {
      name: 'left behind',
      exclusiveStages: [],
    } as never);
    await dying.close();
    const deadline = Date.now() + 2_000;
    const waiting = () => at(1).app.db.read(sql`SELECT e.pk FROM events e WHERE e.position IS NULL`);
    while ((await waiting()).length > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await waiting()).toEqual([]);
    expect(await eventsAfter(head)).toMatchObject([{ modelName: 'left behind' }]);
  });
});
