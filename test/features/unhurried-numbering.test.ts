// Events that nobody follows get their positions together, a moment after their commits, and when the program ends.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type FreshDatabase, freshDatabase, startRegistry, type TestRegistry } from '../support/registry.ts';

const MODELS = 20;
const REGISTER = 'mutation ($input: RegisterModelInput!) { registerModel(input: $input) { model { id } } }';

let database: FreshDatabase;
let registry: TestRegistry;

beforeEach(async () => {
  database = await freshDatabase();
  registry = await startRegistry({ sharedDatabase: database });
});
afterEach(async () => {
  await registry.stop();
  await database.remove();
});

const registerModels = (of: TestRegistry) =>
  Promise.all(Array.from({ length: MODELS }, (_, index) => of.ask(REGISTER, { input: { name: `model ${index}` } })));

const read = (text: string) => registry.app.db.readFirst<{ count: number }>({ text, values: [] });
const waiting = async () => Number((await read('SELECT COUNT(*) AS count FROM events WHERE position IS NULL'))?.count);
const passes = async () => Number((await read('SELECT passes AS count FROM event_counter WHERE id = 1'))?.count);

it('one pass numbers the events of many commits', async () => {
  const before = await passes();
  await registerModels(registry);
  const deadline = performance.now() + 5_000;
  while ((await waiting()) > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await waiting()).toBe(0);
  expect((await passes()) - before).toBeLessThan(MODELS);
});

it('what is asked of the log is never behind what was committed', async () => {
  await registerModels(registry);
  const { events } = await registry.ask('{ events(first: 100) { nodes { type } } }');
  expect(events.nodes).toHaveLength(MODELS);
});

it('nothing is left without its position when the program ends', async () => {
  await registerModels(registry);
  await registry.stop();
  registry = await startRegistry({ sharedDatabase: database });
  expect(await waiting()).toBe(0);
});
