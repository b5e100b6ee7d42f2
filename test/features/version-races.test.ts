// What holds for versions and stages however many write at once.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { factsOf, PROMOTE, promote, REGISTER, registerVersion } from '../support/versions.ts';

interface Change {
  readonly from: string;
  readonly to: string;
  readonly at: string;
  readonly version: { readonly number: number };
}

describe('versions under concurrent writers', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  /** The history of a model's stages, oldest first. */
  const historyOf = async (name: string): Promise<Change[]> => {
    const { model } = await registry.ask(
      'query($name: String!) { model(by: {name: $name}) { stageChanges(first: 500) { nodes { from to at version { number } } pageInfo { hasNextPage } } } }',
      { name },
    );
    expect(model.stageChanges.pageInfo.hasNextPage).toBe(false);
    return model.stageChanges.nodes.reverse();
  };

  /** Each change begins where the one before it of the same version ended, and none is dated before it. */
  const expectUnbroken = (history: readonly Change[]) => {
    const last = new Map<number, Change>();
    let time = '';
    for (const change of history) {
      expect(change.from).toBe(last.get(change.version.number)?.to ?? 'NONE');
      expect(change.to).not.toBe(change.from);
      expect(change.at >= time).toBe(true);
      time = change.at;
      last.set(change.version.number, change);
    }
  };

  /** Replays the facts of a model: no more than one version is in an exclusive stage after any of them. */
  const expectExclusive = async (modelId: string, exclusive: readonly string[]) => {
    const stageOf = new Map<unknown, string>();
    for (const { type, payload, stageName } of await factsOf(registry, modelId)) {
      if (type === 'STAGE_CHANGED') stageOf.set(payload.number, String(stageName));
      if (type === 'VERSION_DELETED') stageOf.delete(payload.number);
      for (const stage of exclusive) {
        expect([...stageOf.values()].filter((held) => held === stage).length).toBeLessThanOrEqual(1);
      }
    }
  };

  const expectOneHolderAtEveryMoment = async (name: string, stage: string, history: readonly Change[]) => {
    for (const at of new Set(history.map((change) => change.at))) {
      const { model } = await registry.ask(
        'query($name: String!, $stage: Stage!, $at: DateTime!) { model(by: {name: $name}) { versionsInStage(stage: $stage, at: $at) { number } } }',
        { name, stage, at },
      );
      expect(model.versionsInStage.length).toBeLessThanOrEqual(1);
    }
  };

  it('gives 200 registrations at once exactly the numbers 1 to 200', async () => {
    const versions = await Promise.all(Array.from({ length: 200 }, () => registerVersion(registry, 'crowd')));
    const numbers = versions.map(({ number }) => number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(new Set(versions.map(({ model }) => model.id)).size).toBe(1);
    const facts = await factsOf(registry, versions[0].model.id);
    expect(facts.map(({ type, payload }) => payload.number ?? type)).toEqual(['MODEL_REGISTERED', ...numbers]);
  }, 60_000);

  it('leaves one version in an exclusive stage after 50 promotions at once, and an unbroken history', async () => {
    const { model } = await registerVersion(registry, 'contested');
    for (let number = 2; number <= 50; number++) await registerVersion(registry, 'contested');
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => promote(registry, `models:/contested/${index + 1}`, 'PRODUCTION')),
    );
    const { versionsInStage } = (
      await registry.ask('{ model(by: {name: "contested"}) { versionsInStage(stage: PRODUCTION) { number } } }')
    ).model;
    expect(versionsInStage).toHaveLength(1);
    const history = await historyOf('contested');
    expect(history).toHaveLength(99);
    expectUnbroken(history);
    await expectExclusive(model.id, ['PRODUCTION']);
    await expectOneHolderAtEveryMoment('contested', 'PRODUCTION', history);
  }, 60_000);

  it('lets one of two promotions win that were decided on the same revision', async () => {
    await registerVersion(registry, 'duel');
    const input = { version: { uri: 'models:/duel/1' }, expectedRevision: 1 };
    const answers = await Promise.all(
      ['STAGING', 'PRODUCTION', 'ARCHIVED'].map((to) => registry.send(PROMOTE, { input: { ...input, to } })),
    );
    expect(answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code))).toEqual([
      'CONFLICT',
      'CONFLICT',
    ]);
    expect(await historyOf('duel')).toHaveLength(1);
  });

  it('registers one version where the same retry arrives several times at once', async () => {
    const input = { model: { name: 'echo' }, createModel: true, idempotencyKey: 'same' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => registry.ask(REGISTER, { input })));
    expect(new Set(answers.map(({ registerVersion: { version } }) => version.id)).size).toBe(1);
    expect((await registerVersion(registry, 'echo')).number).toBe(2);
  });

  it('keeps its promises under any mixture of writers', async () => {
    const number = fc.integer({ min: 1, max: 6 });
    const operation = fc.oneof(
      { weight: 2, arbitrary: fc.constant({ kind: 'register' as const }) },
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('promote' as const),
          number,
          to: fc.constantFrom('NONE', 'STAGING', 'PRODUCTION', 'ARCHIVED'),
          archiveExisting: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), number }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('alias' as const), number, alias: fc.constantFrom('a', 'b') }),
      },
    );
    let models = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 8, maxLength: 24 }), async (operations) => {
        const name = `mixed-${models++}`;
        const { model } = await registerVersion(registry, name);
        for (let i = 0; i < 3; i++) await registerVersion(registry, name);
        await registry.ask(
          'mutation($id: ID!) { updateModel(input: {model: {id: $id}, exclusiveStages: [STAGING, PRODUCTION]}) { model { id } } }',
          { id: model.id },
        );
        let registered = 4;
        const answers = await Promise.all(
          operations.map((step) => {
            if (step.kind === 'register') {
              registered++;
              return registry.send(REGISTER, { input: { model: { name } } });
            }
            const version = { uri: `models:/${name}/${step.number}` };
            if (step.kind === 'promote') {
              return registry.send(PROMOTE, { input: { version, to: step.to, archiveExisting: step.archiveExisting } });
            }
            return step.kind === 'delete'
              ? registry.send('mutation($input: DeleteVersionInput!) { deleteVersion(input: $input) { deletedId } }', {
                  input: { version },
                })
              : registry.send('mutation($input: SetAliasInput!) { setAlias(input: $input) { alias { alias } } }', {
                  input: { model: { name }, alias: step.alias, number: step.number },
                });
          }),
        );
        const codes = answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
        expect(codes.filter((code) => code !== 'NOT_FOUND' && code !== 'CONFLICT')).toEqual([]);
        const history = await historyOf(name);
        expectUnbroken(history);
        await expectExclusive(model.id, ['STAGING', 'PRODUCTION']);
        for (const stage of ['STAGING', 'PRODUCTION']) await expectOneHolderAtEveryMoment(name, stage, history);
        const numbers = (await factsOf(registry, model.id)).flatMap(({ type, payload }) =>
          type === 'VERSION_REGISTERED' ? [payload.number] : [],
        );
        expect(numbers).toEqual(Array.from({ length: registered }, (_, index) => index + 1));
        const { model: seen } = await registry.ask(
          'query($name: String!) { model(by: {name: $name}) { aliases { alias version { number deletedAt aliases { alias } } } versions { nodes { number stage stageChanges(first: 1) { nodes { to } } } } } }',
          { name },
        );
        for (const { alias, version } of seen.aliases) {
          expect(version.deletedAt).toBeNull();
          expect(version.aliases).toContainEqual({ alias });
        }
        for (const version of seen.versions.nodes) {
          expect(version.stage).toBe(version.stageChanges.nodes[0]?.to ?? 'NONE');
        }
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});
