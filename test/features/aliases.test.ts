// Aliases through GraphQL: setting, moving, removing, and what they stood for before.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FOREVER } from '../../src/features/tags/tag.service.ts';
import { ModelAlias } from '../../src/features/versions/alias.entity.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { errorOf, factsOf, registerVersion } from '../support/versions.ts';

const SET = `mutation($input: SetAliasInput!) { setAlias(input: $input) { alias {
  alias setAt setBy { name } version { number } model { name revision updatedAt } } } }`;
const REMOVE = `mutation($input: RemoveAliasInput!) { removeAlias(input: $input) { model { revision aliases { alias } } } }`;

describe('aliases', () => {
  const clock = new ManualClock();
  let registry: TestRegistry;
  let modelId: string;
  beforeAll(async () => {
    registry = await startRegistry({ clock });
    modelId = (await registerVersion(registry, 'churn')).model.id;
    await registerVersion(registry, 'churn');
  });
  afterAll(() => registry.stop());

  const set = (input: object, actor?: string) =>
    registry.send(SET, { input: { model: { name: 'churn' }, ...input } }, actor);
  const remove = (input: object) => registry.send(REMOVE, { input: { model: { name: 'churn' }, ...input } });

  it('sets, moves and removes an alias, each a change of its model', async () => {
    const [unset, first] = [clock.text, clock.advance()];
    expect((await set({ alias: 'champion', number: 1, expectedRevision: 1 }, 'ada')).data.setAlias.alias).toEqual({
      alias: 'champion',
      setAt: first,
      setBy: { name: 'ada' },
      version: { number: 1 },
      model: { name: 'churn', revision: 2, updatedAt: first },
    });
    const second = clock.advance();
    await set({ alias: 'champion', number: 2, comment: 'better' }, 'bob');
    const third = clock.advance();
    expect((await remove({ alias: 'champion', expectedRevision: 3 })).data.removeAlias.model).toEqual({
      revision: 4,
      aliases: [],
    });
    const { model } = await registry.ask(
      `query($unset: DateTime!, $first: DateTime!, $second: DateTime!, $third: DateTime!) { model(by: {name: "churn"}) {
        unset: aliases(at: $unset) { alias } first: aliases(at: $first) { version { number } setBy { name } }
        second: aliases(at: $second) { version { number } setAt setBy { name } } third: aliases(at: $third) { alias }
        version(by: {number: 1}) { first: aliases(at: $first) { alias } second: aliases(at: $second) { alias } } } }`,
      { unset, first, second, third },
    );
    expect(model).toEqual({
      unset: [],
      first: [{ version: { number: 1 }, setBy: { name: 'ada' } }],
      second: [{ version: { number: 2 }, setAt: second, setBy: { name: 'bob' } }],
      third: [],
      version: { first: [{ alias: 'champion' }], second: [] },
    });
    const facts = (await factsOf(registry, modelId)).filter(({ type }) => type === 'ALIAS_CHANGED');
    expect(
      facts.map(({ payload: { alias, fromNumber, toNumber }, comment }) => [alias, fromNumber, toNumber, comment]),
    ).toEqual([
      ['champion', null, 1, null],
      ['champion', 1, 2, 'better'],
      ['champion', 2, null, null],
    ]);
  });

  it('records nothing where the alias stands for that version already', async () => {
    await set({ alias: 'same', number: 1 });
    const before = await factsOf(registry, modelId);
    const setAt = clock.text;
    clock.advance();
    const { alias } = (await set({ alias: 'same', number: 1 })).data.setAlias;
    expect(alias).toMatchObject({ setAt, model: { revision: 5 } });
    expect(await factsOf(registry, modelId)).toEqual(before);
  });

  it('gives the first result again under an idempotency key', async () => {
    const input = { alias: 'once', number: 1, idempotencyKey: 'k' };
    const first = await set(input);
    await set({ alias: 'once', number: 2 });
    const replayed = (await set(input)).data.setAlias.alias;
    expect(replayed).toMatchObject({ setAt: first.data.setAlias.alias.setAt, version: { number: 1 } });
    const { model } = await registry.ask('{ model(by: {name: "churn"}) { version(by: {alias: "once"}) { number } } }');
    expect(model.version.number).toBe(2);
  });

  it('moves within a millisecond and leaves no overlap', async () => {
    clock.advance();
    for (const number of [1, 2, 1, 2]) await set({ alias: 'quick', number });
    const { model } = await registry.ask(
      'query($at: DateTime!) { model(by: {name: "churn"}) { aliases(at: $at) { alias version { number } } } }',
      { at: clock.text },
    );
    expect(model.aliases.filter(({ alias }: { alias: string }) => alias === 'quick')).toEqual([
      { alias: 'quick', version: { number: 2 } },
    ]);
  });

  it('says what is wrong', async () => {
    expect(errorOf(await set({ alias: 'a', number: 9 }))).toMatchObject({ code: 'NOT_FOUND', field: 'input.number' });
    expect(errorOf(await set({ alias: 'a', number: 0 }))).toMatchObject({ code: 'NOT_FOUND' });
    for (const alias of ['', 'Latest', 'v12', 'a b', 'ü', 'x'.repeat(256), '\ud800', 'a\n']) {
      const field = { code: 'BAD_USER_INPUT', field: 'input.alias' };
      expect(errorOf(await set({ alias, number: 1 }))).toMatchObject(field);
    }
    const stale = { code: 'CONFLICT', field: 'input.expectedRevision', details: { expectedRevision: 1 } };
    expect(errorOf(await set({ alias: 'a', number: 1, expectedRevision: 1 }))).toMatchObject(stale);
    expect(errorOf(await remove({ alias: 'same', expectedRevision: 1 }))).toMatchObject(stale);
    expect(errorOf(await remove({ alias: 'nobody' }))).toMatchObject({ code: 'NOT_FOUND', field: 'input.alias' });
    const elsewhere = { model: { name: 'nowhere' }, alias: 'a' };
    expect(errorOf(await remove(elsewhere))).toMatchObject({ code: 'NOT_FOUND', field: 'input.model' });
    const tomorrow = new Date(clock.time + 86_400_000).toISOString();
    const future = await registry.send(
      'query($at: DateTime) { model(by: {name: "churn"}) { aliases(at: $at) { alias } } }',
      {
        at: tomorrow,
      },
    );
    expect(errorOf(future)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'at' });
  });

  it('keeps a model to 2,000 aliases', async () => {
    const { model } = await registerVersion(registry, 'many');
    const input = { model: { id: model.id }, number: 1 };
    const row = { modelPk: 2, versionPk: 3, since: clock.time, until: FOREVER, holds: 1, setByName: 'ada' };
    const rows = Array.from({ length: 2_000 }, (_, i) => ({ ...row, alias: `a${i}` }));
    await registry.app.db.maintain({ name: 'test', isVerified: false }, (tx) => tx.insert(ModelAlias, rows));
    const full = await registry.send(SET, { input: { ...input, alias: 'more' } });
    expect(errorOf(full)).toMatchObject({ code: 'CONFLICT', field: 'input.alias' });
    await registry.ask('mutation($input: RemoveAliasInput!) { removeAlias(input: $input) { model { id } } }', {
      input: { model: { name: 'many' }, alias: 'a7' },
    });
    await registry.ask(SET, { input: { ...input, alias: 'more' } });
  });
});
