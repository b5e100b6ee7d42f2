// Retried mutations: the same key and input give the first result and have no second effect.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { forgetOldKeys, KEY_LIFETIME_MS } from '../../src/database/idempotency.ts';
import { sql } from '../../src/database/sql.ts';
import { freshDatabase, startRegistry, type TestRegistry } from '../support/registry.ts';

const REGISTER = `mutation($input: RegisterModelInput!) { registerModel(input: $input) { model { id name description revision } } }`;
const UPDATE = `mutation($input: UpdateModelInput!) { updateModel(input: $input) { model { revision description } } }`;

describe('an idempotency key', () => {
  let registry: TestRegistry;
  const countEvents = async () => {
    const row = await registry.app.db.readFirst<{ n: number }>(sql`SELECT COUNT(*) AS n FROM events`);
    return Number(row?.n);
  };
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  it('gives the first result again, resolved anew, and records nothing more', async () => {
    const input = { name: 'replayed', description: 'first', idempotencyKey: 'k1' };
    const first = await registry.ask(REGISTER, { input });
    await registry.ask(UPDATE, { input: { model: { name: 'replayed' }, description: 'second' } });
    const events = await countEvents();
    const again = await registry.ask(REGISTER, { input });
    expect(again.registerModel.model).toEqual({ ...first.registerModel.model, description: 'second', revision: 2 });
    expect(await countEvents()).toBe(events);
  });

  it('takes the same input in another order and with defaults spelled out for the same', async () => {
    const first = await registry.ask(REGISTER, {
      input: { name: 'ordered', idempotencyKey: 'k2', tags: [{ key: 'a', value: '1' }] },
    });
    const again = await registry.ask(REGISTER, {
      input: {
        tags: [{ value: '1', key: 'a' }],
        exclusiveStages: ['PRODUCTION'],
        idempotencyKey: 'k2',
        name: 'ordered',
      },
    });
    expect(again).toEqual(first);
  });

  it('is a conflict with another input', async () => {
    await registry.ask(REGISTER, { input: { name: 'once', idempotencyKey: 'k3' } });
    for (const input of [{ name: 'twice' }, { name: 'once', description: '' }, { name: 'once', comment: 'again' }]) {
      const { errors } = await registry.send(REGISTER, { input: { ...input, idempotencyKey: 'k3' } });
      expect(errors?.[0]?.extensions).toEqual({ code: 'CONFLICT', field: 'input.idempotencyKey' });
    }
    expect(await registry.ask('{ model(by: {name: "twice"}) { id } }')).toEqual({ model: null });
  });

  it('tells keys apart byte by byte', async () => {
    for (const [name, idempotencyKey] of [
      ['bytes 1', 'Key'],
      ['bytes 2', 'key'],
      ['bytes 3', 'key '],
      ['bytes 4', 'kéy'],
    ]) {
      const { registerModel } = await registry.ask(REGISTER, { input: { name, idempotencyKey } });
      expect(registerModel.model.name).toBe(name);
    }
  });

  it('belongs to an actor and a mutation', async () => {
    await registry.ask(REGISTER, { input: { name: 'of ada', idempotencyKey: 'k4' } }, 'ada');
    const { registerModel } = await registry.ask(REGISTER, { input: { name: 'of bob', idempotencyKey: 'k4' } }, 'bob');
    expect(registerModel.model.name).toBe('of bob');
    const { updateModel } = await registry.ask(
      UPDATE,
      { input: { model: { name: 'of ada' }, description: 'd', idempotencyKey: 'k4' } },
      'ada',
    );
    expect(updateModel.model).toEqual({ revision: 2, description: 'd' });
  });

  it('does not remember an error', async () => {
    const input = { model: { name: 'not yet' }, description: 'd', idempotencyKey: 'k5' };
    expect((await registry.send(UPDATE, { input })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    await registry.ask(REGISTER, { input: { name: 'not yet' } });
    expect((await registry.ask(UPDATE, { input })).updateModel.model.revision).toBe(2);
  });

  it('gives one effect for 20 calls at once', async () => {
    const input = { name: 'at once', idempotencyKey: 'k6' };
    const events = await countEvents();
    const answers = await Promise.all(Array.from({ length: 20 }, () => registry.ask(REGISTER, { input })));
    expect(new Set(answers.map((answer) => answer.registerModel.model.id)).size).toBe(1);
    expect(await countEvents()).toBe(events + 1);
  });

  it('gives one effect for 20 updates at once', async () => {
    await registry.ask(REGISTER, { input: { name: 'updated at once' } });
    const input = { model: { name: 'updated at once' }, description: 'new', expectedRevision: 1, idempotencyKey: 'k7' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => registry.ask(UPDATE, { input })));
    expect(answers.map((answer) => answer.updateModel.model.revision)).toEqual(Array(20).fill(2));
  });

  it('replays for a model that is gone since', async () => {
    await registry.ask(REGISTER, { input: { name: 'short-lived', idempotencyKey: 'k8' } });
    await registry.ask('mutation { deleteModel(input: {model: {name: "short-lived"}}) { deletedId } }');
    const { registerModel } = await registry.ask(REGISTER, { input: { name: 'short-lived', idempotencyKey: 'k8' } });
    expect(registerModel.model.name).toBe('short-lived');
    expect(await registry.ask('{ model(by: {name: "short-lived"}) { id } }')).toEqual({ model: null });
  });

  it('is forgotten after two days and not before', async () => {
    const { db } = registry.app;
    const count = async () =>
      Number((await db.readFirst<{ n: number }>(sql`SELECT COUNT(*) AS n FROM idempotency_keys`))?.n);
    const before = await count();
    const forgetAt = (now: number) => db.maintain({ name: 'test', isVerified: true }, (tx) => forgetOldKeys(tx, now));
    await forgetAt(Date.now() + KEY_LIFETIME_MS - 60_000);
    expect(await count()).toBe(before);
    await forgetAt(Date.now() + KEY_LIFETIME_MS + 60_000);
    expect(await count()).toBe(0);
  });
});

describe('an idempotency key after a restart', () => {
  it('still gives the first result', async () => {
    const database = await freshDatabase();
    const config = readConfig({}, { PORT: '0', DATABASE_URL: database.url });
    const ids: string[] = [];
    for (let start = 1; start <= 2; start++) {
      const app = await startApp(config, pino({ level: 'silent' }));
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: REGISTER, variables: { input: { name: 'kept', idempotencyKey: 'k' } } }),
      });
      const { data } = (await response.json()) as { data: { registerModel: { model: { id: string } } } };
      ids.push(data.registerModel.model.id);
      await app.close();
    }
    await database.remove();
    expect(ids[1]).toBe(ids[0]);
  });
});
