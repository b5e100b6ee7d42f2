// Stages through GraphQL: promotion, who makes way, history and what was in a stage before.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../support/manual-clock.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { errorOf, factsOf, PROMOTE, promote, registerVersion } from '../support/versions.ts';

const MODEL = 'mutation($input: RegisterModelInput!) { registerModel(input: $input) { model { id } } }';
const HISTORY =
  'query($name: String!) { model(by: {name: $name}) { stageChanges { totalCount nodes { version { number } from to at comment actor { name } } } } }';

describe('stages', () => {
  const clock = new ManualClock();
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ clock });
  });
  afterAll(() => registry.stop());

  /** Registers a model with versions. */
  const withVersions = async (name: string, count: number, exclusiveStages = ['PRODUCTION']) => {
    const { registerModel } = await registry.ask(MODEL, { input: { name, exclusiveStages } });
    for (let i = 0; i < count; i++) await registerVersion(registry, name);
    return registerModel.model.id as string;
  };
  const send = async (uri: string, to: string, input: object = {}) =>
    errorOf(await registry.send(PROMOTE, { input: { version: { uri }, to, ...input } }));
  const inStage = async (name: string, stage: string, at?: string) => {
    const { model } = await registry.ask(
      'query($name: String!, $stage: Stage!, $at: DateTime) { model(by: {name: $name}) { versionsInStage(stage: $stage, at: $at) { number } } }',
      { name, stage, at },
    );
    return model.versionsInStage.map((version: { number: number }) => version.number);
  };

  it('promotes a version and archives its predecessor in one commit', async () => {
    const id = await withVersions('churn', 2);
    const first = await promote(registry, 'models:/churn/1', 'PRODUCTION', { comment: 'go' });
    expect(first).toEqual({
      __typename: 'VersionPromoted',
      version: { id: expect.any(String), number: 1, stage: 'PRODUCTION', revision: 2 },
      change: {
        id: expect.any(String),
        from: 'NONE',
        to: 'PRODUCTION',
        comment: 'go',
        at: clock.text,
        actor: { name: 'ada' },
        version: { number: 1 },
      },
      archived: [],
    });
    const at = clock.advance();
    const second = await promote(registry, 'models:/churn/2', 'PRODUCTION', { comment: 'better' });
    expect(second.archived).toEqual([
      { from: 'PRODUCTION', to: 'ARCHIVED', comment: 'better', version: { number: 1, stage: 'ARCHIVED', revision: 3 } },
    ]);
    expect((await registry.ask(HISTORY, { name: 'churn' })).model.stageChanges).toEqual({
      totalCount: 3,
      nodes: [
        { version: { number: 2 }, from: 'NONE', to: 'PRODUCTION', at, comment: 'better', actor: { name: 'ada' } },
        { version: { number: 1 }, from: 'PRODUCTION', to: 'ARCHIVED', at, comment: 'better', actor: { name: 'ada' } },
        expect.objectContaining({ version: { number: 1 }, to: 'PRODUCTION' }),
      ],
    });
    const facts = (await factsOf(registry, id)).filter(({ type }) => type === 'STAGE_CHANGED');
    expect(facts.map(({ stageName, payload, comment }) => [stageName, payload.number, comment])).toEqual([
      ['PRODUCTION', 1, 'go'],
      ['ARCHIVED', 1, 'better'],
      ['PRODUCTION', 2, 'better'],
    ]);
    const node = await registry.ask(
      'query($id: ID!) { node(id: $id) { __typename ... on StageChange { to version { number } } } }',
      {
        id: second.change.id,
      },
    );
    expect(node.node).toEqual({ __typename: 'StageChange', to: 'PRODUCTION', version: { number: 2 } });
  });

  it('records nothing where the version is in that stage already', async () => {
    const result = await promote(registry, 'models:/churn/2', 'PRODUCTION', { expectedRevision: 2 });
    expect(result).toMatchObject({ version: { number: 2, revision: 2 }, change: null, archived: [] });
    expect((await registry.ask(HISTORY, { name: 'churn' })).model.stageChanges.totalCount).toBe(3);
    expect(await promote(registry, 'models:/churn@latest', 'ARCHIVED')).toMatchObject({ archived: [] });
    expect(await inStage('churn', 'ARCHIVED')).toEqual([2, 1]);
  });

  it('leaves holders in place where that is asked for, unless the stage is exclusive', async () => {
    await withVersions('pair', 3);
    const stay = { archiveExisting: false };
    for (const number of [1, 2]) await promote(registry, `models:/pair/${number}`, 'STAGING', stay);
    expect(await inStage('pair', 'STAGING')).toEqual([2, 1]);
    await promote(registry, 'models:/pair/1', 'PRODUCTION', stay);
    expect(await send('models:/pair/2', 'PRODUCTION', stay)).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('pair/1'),
      details: { stage: 'PRODUCTION', holders: [1] },
    });
    expect(await inStage('pair', 'PRODUCTION')).toEqual([1]);
    await promote(registry, 'models:/pair/1', 'STAGING', stay);
    expect((await promote(registry, 'models:/pair/3', 'STAGING')).archived).toHaveLength(2);
    expect(await inStage('pair', 'ARCHIVED')).toEqual([2, 1]);
  });

  it('makes no stage exclusive that holds several versions', async () => {
    await withVersions('free', 3, []);
    for (const number of [1, 2]) {
      await promote(registry, `models:/free/${number}`, 'PRODUCTION', { archiveExisting: false });
    }
    const make = () =>
      registry.send(
        'mutation { updateModel(input: {model: {name: "free"}, exclusiveStages: [STAGING, PRODUCTION]}) { model { exclusiveStages } } }',
      );
    expect(errorOf(await make())).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('free/1, free/2'),
      details: { stage: 'PRODUCTION', holders: [1, 2] },
    });
    await promote(registry, 'models:/free/1', 'NONE');
    expect((await make()).data.updateModel.model.exclusiveStages).toEqual(['STAGING', 'PRODUCTION']);
  });

  it('promotes nothing that is not ready, not there, or has moved on', async () => {
    await withVersions('unready', 1);
    for (const status of ['PENDING', 'FAILED']) {
      const { id } = await registerVersion(registry, 'unready', { status });
      const error = errorOf(await registry.send(PROMOTE, { input: { version: { id }, to: 'STAGING' } }));
      expect(error).toMatchObject({ code: 'PRECONDITION_FAILED', details: { status } });
    }
    const stale = { code: 'CONFLICT', details: { currentRevision: 1, expectedRevision: 7 } };
    expect(await send('models:/unready/1', 'STAGING', { expectedRevision: 7 })).toMatchObject(stale);
    expect(await send('models:/unready/9', 'STAGING')).toMatchObject({ code: 'NOT_FOUND', field: 'input.version' });
    expect(await send('models:/unready', 'STAGING')).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.version.uri',
    });
    expect(await send('models:/unready/1', 'STAGING', { comment: '\udc00' })).toMatchObject({ code: 'BAD_USER_INPUT' });
    const wrongType = await registry.send(PROMOTE, { input: { version: { id: 'TW9kZWw6MQ' }, to: 'STAGING' } });
    expect(errorOf(wrongType)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.version.id' });
    expect((await registry.ask(HISTORY, { name: 'unready' })).model.stageChanges.totalCount).toBe(0);
  });

  it('promotes once under an idempotency key', async () => {
    await withVersions('retry', 2);
    const input = { idempotencyKey: 'deploy-1' };
    const first = await promote(registry, 'models:/retry/1', 'PRODUCTION', input);
    await promote(registry, 'models:/retry/2', 'PRODUCTION');
    const replayed = await promote(registry, 'models:/retry/1', 'PRODUCTION', input);
    expect(replayed.change.id).toBe(first.change.id);
    expect(replayed.version.stage).toBe('ARCHIVED');
    expect(await inStage('retry', 'PRODUCTION')).toEqual([2]);
  });

  it('answers what was in a stage at any moment, over one model and over all', async () => {
    const before = clock.advance();
    clock.advance();
    await withVersions('past', 3);
    const registered = clock.text;
    const staged = clock.advance();
    await promote(registry, 'models:/past/1', 'STAGING');
    const produced = clock.advance();
    await promote(registry, 'models:/past/1', 'PRODUCTION');
    const deleted = clock.advance();
    await registry.ask('mutation { deleteVersion(input: {version: {uri: "models:/past/1"}}) { deletedId } }');
    const replaced = clock.advance();
    await promote(registry, 'models:/past/2', 'PRODUCTION');
    clock.advance();
    await promote(registry, 'models:/past/2', 'NONE');

    expect(await inStage('past', 'NONE', before)).toEqual([]);
    expect(await inStage('past', 'NONE', registered)).toEqual([3, 2, 1]);
    expect(await inStage('past', 'NONE', staged)).toEqual([3, 2]);
    expect(await inStage('past', 'STAGING', staged)).toEqual([1]);
    expect(await inStage('past', 'STAGING', produced)).toEqual([]);
    expect(await inStage('past', 'PRODUCTION', produced)).toEqual([1]);
    expect(await inStage('past', 'PRODUCTION', deleted)).toEqual([]);
    expect(await inStage('past', 'NONE', deleted)).toEqual([3, 2]);
    expect(await inStage('past', 'PRODUCTION', replaced)).toEqual([2]);
    expect(await inStage('past', 'NONE', replaced)).toEqual([3]);
    expect(await inStage('past', 'NONE')).toEqual([3, 2]);

    const { node } = await registry.ask(
      `query($id: ID!, $before: DateTime!, $registered: DateTime!, $staged: DateTime!, $produced: DateTime!, $deleted: DateTime!) { node(id: $id) { ... on ModelVersion {
        before: stage(at: $before) registered: stage(at: $registered) staged: stage(at: $staged) produced: stage(at: $produced) deleted: stage(at: $deleted) stage
        stageChanges { nodes { from to } } } } }`,
      { id: await idOfFirst(), before, registered, staged, produced, deleted },
    );
    expect(node).toEqual({
      before: 'NONE',
      registered: 'NONE',
      staged: 'STAGING',
      produced: 'PRODUCTION',
      deleted: 'NONE',
      stage: 'NONE',
      stageChanges: {
        nodes: [
          { from: 'STAGING', to: 'PRODUCTION' },
          { from: 'NONE', to: 'STAGING' },
        ],
      },
    });

    await registry.ask('mutation { deleteModel(input: {model: {name: "past"}}) { deletedId } }');
    const overAll = async (at?: string) => {
      const { versionsInStage } = await registry.ask(
        'query($at: DateTime) { versionsInStage(stage: PRODUCTION, at: $at) { totalCount nodes { number deletedAt model { name } } } }',
        { at },
      );
      return versionsInStage.nodes.map(
        ({ number, model }: { number: number; model: { name: string } }) => `${model.name}/${number}`,
      );
    };
    expect(await overAll(produced)).toContain('past/1');
    expect(await overAll(replaced)).toContain('past/2');
    expect(await overAll()).toEqual(['retry/2', 'free/2']);
    const future = await registry.send(
      'query($at: DateTime) { versionsInStage(stage: NONE, at: $at) { totalCount } }',
      {
        at: new Date(clock.time + 1).toISOString(),
      },
    );
    expect(errorOf(future)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'at' });
  });

  const idOfFirst = async () => {
    const rows = await registry.app.db.read<{ pk: number }>({
      text: "SELECT v.pk AS pk FROM model_versions v JOIN models m ON m.pk = v.modelPk WHERE m.name = 'past' AND v.number = 1",
      values: [],
    });
    return Buffer.from(`ModelVersion:${rows[0]?.pk}`).toString('base64url');
  };

  it('pages through the history in both directions', async () => {
    await withVersions('pages', 1);
    for (const to of ['STAGING', 'PRODUCTION', 'ARCHIVED', 'NONE', 'STAGING'])
      await promote(registry, 'models:/pages/1', to);
    const page = async (args: string) => {
      const { modelVersion } = await registry.ask(
        `{ modelVersion(by: {uri: "models:/pages/1"}) { stageChanges(${args}) { nodes { to } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } }`,
      );
      const { nodes, pageInfo } = modelVersion.stageChanges;
      return { to: nodes.map((node: { to: string }) => node.to), ...pageInfo };
    };
    const first = await page('first: 2');
    expect(first).toMatchObject({ to: ['STAGING', 'NONE'], hasNextPage: true, hasPreviousPage: false });
    const next = await page(`first: 2, after: "${first.endCursor}"`);
    expect(next).toMatchObject({ to: ['ARCHIVED', 'PRODUCTION'], hasNextPage: true, hasPreviousPage: true });
    expect(await page(`last: 2, before: "${next.startCursor}"`)).toMatchObject({ to: ['STAGING', 'NONE'] });
    expect(await page('last: 1')).toMatchObject({ to: ['STAGING'], hasNextPage: false, hasPreviousPage: true });
  });
});
