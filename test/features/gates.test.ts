// Gates through GraphQL: adding and removing them, what is refused, and what is recorded.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addGate, factsOfModel, promote, registerModel, registerVersion } from '../support/gates.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate, refused } from '../support/runs.ts';

const ACCURATE = { metric: { key: 'accuracy', comparison: 'GT', threshold: 0.93 } };
const ALL_OF_A_GATE = `id stage description metric { key comparison threshold relativeToCurrent }
  requiredTag { key value } requiredPriorStage`;

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

async function gatesOf(model: string): Promise<{ id: string; description: string }[]> {
  const query = `query($name: String!) { model(by: {name: $name}) { promotionGates { ${ALL_OF_A_GATE} } } }`;
  return (await registry.ask(query, { name: model })).model.promotionGates;
}

async function revisionOf(model: string): Promise<number> {
  return (await registry.ask('query($name: String!) { model(by: {name: $name}) { revision } }', { name: model })).model
    .revision;
}

describe('adding a gate', () => {
  it('lists gates of every kind in the order in which they were added, each with a sentence', async () => {
    await registerModel(registry, 'kinds');
    await addGate(registry, 'kinds', ACCURATE);
    const relative = { key: 'accuracy', comparison: 'GTE', relativeToCurrent: true };
    await addGate(registry, 'kinds', { metric: relative });
    await addGate(registry, 'kinds', { metric: { ...relative, threshold: 0.01 } });
    await addGate(registry, 'kinds', { metric: { ...relative, comparison: 'LT', threshold: -0.5 } }, 'STAGING');
    await addGate(registry, 'kinds', { requiredTag: { key: 'approved', value: 'yes' } });
    await addGate(registry, 'kinds', { requiredPriorStage: 'PRODUCTION' }, 'ARCHIVED');
    await addGate(registry, 'kinds', { metric: { key: 'loss on "test"', comparison: 'LTE', threshold: 1e-7 } }, 'NONE');
    const gates = await gatesOf('kinds');
    expect(gates.map(({ description }) => description)).toEqual([
      'accuracy must be greater than 0.93.',
      'accuracy must be at least that of the version now in PRODUCTION.',
      'accuracy must be at least that of the version now in PRODUCTION plus 0.01.',
      'accuracy must be less than that of the version now in STAGING minus 0.5.',
      'The tag "approved" must be "yes".',
      'The version must have been in PRODUCTION before.',
      '"loss on \\"test\\"" must be at most 1e-7.',
    ]);
    const none = { metric: null, requiredTag: null, requiredPriorStage: null };
    expect(gates[0]).toMatchObject({
      ...none,
      stage: 'PRODUCTION',
      metric: { key: 'accuracy', comparison: 'GT', threshold: 0.93, relativeToCurrent: false },
    });
    expect(gates[1]).toMatchObject({ metric: { threshold: null, relativeToCurrent: true } });
    expect(gates[4]).toMatchObject({ ...none, requiredTag: { key: 'approved', value: 'yes' } });
    expect(gates[5]).toMatchObject({ ...none, stage: 'ARCHIVED', requiredPriorStage: 'PRODUCTION' });
  });

  it('raises the revision of the model, and records who put it there and why', async () => {
    await registerModel(registry, 'recorded');
    await registry.ask(
      `mutation { addPromotionGate(input: {model: {name: "recorded"}, stage: STAGING, comment: "agreed on Monday",
        gate: {requiredTag: {key: "approved", value: "yes"}}}) { gate { id } } }`,
      {},
      'ada',
    );
    expect(await revisionOf('recorded')).toBe(2);
    const [, fact] = await factsOfModel(registry, 'recorded');
    expect(fact).toEqual({
      type: 'PROMOTION_GATE_CHANGED',
      // Not a stage change: a reader who filters those by stage is not to see it.
      stageName: null,
      comment: 'agreed on Monday',
      payload: {
        modelPk: expect.any(Number),
        modelName: 'recorded',
        stage: 'STAGING',
        description: 'The tag "approved" must be "yes".',
        added: true,
      },
    });
  });

  it('changes nothing where the stage has a gate that asks the same', async () => {
    await registerModel(registry, 'twice');
    const first = await addGate(registry, 'twice', ACCURATE);
    const together = await Promise.all(Array.from({ length: 5 }, () => addGate(registry, 'twice', ACCURATE)));
    expect(new Set(together.map(({ id }) => id))).toEqual(new Set([first.id]));
    expect(await revisionOf('twice')).toBe(2);
    expect(await factsOfModel(registry, 'twice')).toHaveLength(2);
    await addGate(registry, 'twice', ACCURATE, 'STAGING');
    await addGate(registry, 'twice', { metric: { ...ACCURATE.metric, threshold: 0.94 } });
    expect(await gatesOf('twice')).toHaveLength(3);
  });

  it('refuses what can never be a gate, and names the argument', async () => {
    await registerModel(registry, 'strict');
    const add = (gate: unknown, more: Record<string, unknown> = {}) =>
      refused(registry, 'addPromotionGate', { model: { name: 'strict' }, stage: 'PRODUCTION', gate, ...more });
    const metric = { key: 'accuracy', comparison: 'GT' };
    const invalid = (field: string) => ({ code: 'BAD_USER_INPUT', field });
    expect(await add({ metric })).toMatchObject(invalid('input.gate.metric.threshold'));
    expect(await add({ metric: { ...metric, key: '' } })).toMatchObject(invalid('input.gate.metric.key'));
    expect(await add({ metric: { ...metric, key: 'k'.repeat(251) } })).toMatchObject(invalid('input.gate.metric.key'));
    expect(await add({ metric: { ...metric, key: '\ud800', threshold: 1 } })).toMatchObject({ code: 'BAD_USER_INPUT' });
    const tag = { key: 'approved', value: 'yes' };
    expect(await add({ requiredTag: { ...tag, key: '' } })).toMatchObject(invalid('input.gate.requiredTag'));
    expect(await add({ requiredTag: { ...tag, value: 'a\0b' } })).toMatchObject(
      invalid('input.gate.requiredTag.value'),
    );
    expect(await add({ requiredTag: { ...tag, value: 'v'.repeat(8_001) } })).toMatchObject(
      invalid('input.gate.requiredTag.value'),
    );
    expect(await add({ requiredTag: tag }, { comment: 'c'.repeat(8_001) })).toMatchObject(invalid('input.comment'));
    expect(await add({})).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await add({ requiredTag: tag, requiredPriorStage: 'STAGING' })).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await add({ requiredTag: tag }, { model: { name: 'nobody' } })).toMatchObject({
      code: 'NOT_FOUND',
      field: 'input.model',
    });
    expect(await gatesOf('strict')).toEqual([]);
    expect(await revisionOf('strict')).toBe(1);
  });

  it('checks the expected revision, and replays an idempotency key', async () => {
    await registerModel(registry, 'careful');
    const input = { model: { name: 'careful' }, stage: 'PRODUCTION', gate: ACCURATE, idempotencyKey: 'gate 1' };
    expect(await refused(registry, 'addPromotionGate', { ...input, expectedRevision: 7 })).toMatchObject({
      code: 'CONFLICT',
      details: { currentRevision: 1, expectedRevision: 7 },
    });
    const add = () =>
      mutate(registry, 'addPromotionGate', { ...input, expectedRevision: 1 }, `gate { ${ALL_OF_A_GATE} }`);
    const { gate } = await add();
    expect(await add()).toEqual({ gate });
    expect(await refused(registry, 'addPromotionGate', { ...input, stage: 'STAGING' })).toMatchObject({
      code: 'CONFLICT',
      field: 'input.idempotencyKey',
    });
    await mutate(registry, 'removePromotionGate', { gate: gate.id, expectedRevision: 2 }, 'model { revision }');
    // The first result, resolved anew: the gate is a tombstone now.
    expect(await add()).toEqual({ gate });
    expect(await gatesOf('careful')).toEqual([]);
  });
});

describe('removing a gate', () => {
  it('lets versions pass again, and keeps a tombstone that node finds', async () => {
    await registerModel(registry, 'removing');
    const gate = await addGate(registry, 'removing', ACCURATE);
    const { uri } = await registerVersion(registry, 'removing');
    expect((await promote(registry, uri)).__typename).toBe('PromotionBlocked');
    const input = { gate: gate.id, comment: 'no longer measured', idempotencyKey: 'once' };
    const selection = 'model { name revision promotionGates { id } }';
    const removed = await mutate(registry, 'removePromotionGate', input, selection);
    expect(removed).toEqual({ model: { name: 'removing', revision: 3, promotionGates: [] } });
    expect(await mutate(registry, 'removePromotionGate', input, selection)).toEqual(removed);
    expect((await promote(registry, uri)).__typename).toBe('VersionPromoted');
    const { node } = await registry.ask(
      'query($id: ID!) { node(id: $id) { __typename id ... on PromotionGate { description } } }',
      { id: gate.id },
    );
    expect(node).toEqual({ __typename: 'PromotionGate', ...gate });
    const facts = (await factsOfModel(registry, 'removing')).filter(({ type }) => type === 'PROMOTION_GATE_CHANGED');
    expect(facts.map(({ payload: { added, description }, comment }) => [added, description, comment])).toEqual([
      [true, 'accuracy must be greater than 0.93.', null],
      [false, 'accuracy must be greater than 0.93.', 'no longer measured'],
    ]);
  });

  it('lets one that asks the same be added anew, as another gate', async () => {
    await registerModel(registry, 'again');
    const first = await addGate(registry, 'again', ACCURATE);
    await mutate(registry, 'removePromotionGate', { gate: first.id }, 'model { id }');
    const second = await addGate(registry, 'again', ACCURATE);
    expect(second.id).not.toBe(first.id);
    expect(await gatesOf('again')).toMatchObject([{ id: second.id }]);
  });

  it('refuses what is no gate, was removed, or is of a deleted model', async () => {
    const model = await registerModel(registry, 'gone');
    const [first, second] = [
      await addGate(registry, 'gone', ACCURATE),
      await addGate(registry, 'gone', { requiredPriorStage: 'STAGING' }),
    ];
    const remove = (gate: string, more = {}) => refused(registry, 'removePromotionGate', { gate, ...more });
    expect(await remove(model)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.gate' });
    expect(await remove('nonsense')).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.gate' });
    expect(await remove(first.id, { expectedRevision: 1 })).toMatchObject({
      code: 'CONFLICT',
      details: { currentRevision: 3 },
    });
    const missing = { code: 'NOT_FOUND', field: 'input.gate', message: expect.stringContaining('no gate with the id') };
    await mutate(registry, 'removePromotionGate', { gate: first.id }, 'model { id }');
    expect(await remove(first.id)).toMatchObject(missing);
    await mutate(registry, 'deleteModel', { model: { name: 'gone' } }, 'deletedId');
    expect(await remove(second.id)).toMatchObject(missing);
    const { node } = await registry.ask(
      'query($id: ID!) { node(id: $id) { ... on Model { promotionGates { id } } } }',
      { id: model },
    );
    expect(node.promotionGates).toEqual([{ id: second.id }]);
  });

  it('is done once by those who try at the same time', async () => {
    await registerModel(registry, 'race');
    const gate = await addGate(registry, 'race', ACCURATE);
    const remove = () =>
      registry.send('mutation($gate: ID!) { removePromotionGate(input: {gate: $gate}) { model { id } } }', {
        gate: gate.id,
      });
    const answers = await Promise.all(Array.from({ length: 8 }, remove));
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    expect(new Set(answers.flatMap(({ errors }) => errors?.[0]?.extensions.code ?? []))).toEqual(
      new Set(['NOT_FOUND']),
    );
    expect(await revisionOf('race')).toBe(3);
  });
});

describe('the gates of many models', () => {
  it('cost one statement, however many there are', async () => {
    const count = async (models: number) => {
      registry.statements.length = 0;
      await registry.ask(
        `query($first: Int!) { models(first: $first) { nodes { promotionGates { ${ALL_OF_A_GATE} } } } }`,
        { first: models },
      );
      return registry.statements.length;
    };
    for (const name of ['many-1', 'many-2', 'many-3']) {
      await registerModel(registry, name);
      for (const threshold of [1, 2, 3]) await addGate(registry, name, { metric: { ...ACCURATE.metric, threshold } });
    }
    expect(await count(1)).toBe(2);
    expect(await count(10)).toBe(2);
  });

  it('are what the migrations made', async () => {
    expect(await registry.app.drift()).toEqual([]);
  });
});
