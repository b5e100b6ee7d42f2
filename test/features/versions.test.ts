// Versions through GraphQL: registering, changing, deleting, and the ways to name one.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../support/manual-clock.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import {
  deleteRun,
  errorOf,
  factsOf,
  promote,
  REGISTER,
  registerVersion,
  setAlias,
  storeRun,
} from '../support/versions.ts';

const UPDATE = `mutation($input: UpdateVersionInput!) { updateVersion(input: $input) { version {
  description status statusMessage revision updatedAt tags { key value } } } }`;
const DELETE = 'mutation($input: DeleteVersionInput!) { deleteVersion(input: $input) { deletedId } }';

describe('versions', () => {
  const clock = new ManualClock();
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ clock });
  });
  afterAll(() => registry.stop());

  it('registers versions 1, 2, 3 with what they were given', async () => {
    const run = await storeRun(registry);
    const first = await registerVersion(registry, 'churn', {
      run,
      status: 'PENDING',
      source: 's3://bucket/churn',
      description: 'the first',
      tags: [{ key: 'lang', value: 'de' }],
      alias: 'champion',
      comment: 'hello',
    });
    expect(first).toEqual({
      id: expect.any(String),
      number: 1,
      stage: 'NONE',
      status: 'PENDING',
      statusMessage: null,
      description: 'the first',
      source: 's3://bucket/churn',
      uri: 'models:/churn/1',
      revision: 1,
      createdAt: clock.text,
      createdBy: { name: 'ada' },
      updatedAt: clock.text,
      deletedAt: null,
      // The alias is the model's own, so its revision rose.
      model: { id: expect.any(String), name: 'churn', revision: 2 },
      tags: [{ key: 'lang', value: 'de' }],
      aliases: [{ alias: 'champion' }],
      run: { id: run },
    });
    const second = await registerVersion(registry, 'churn', { createModel: false });
    expect(second).toMatchObject({ number: 2, status: 'READY', model: { revision: 2 }, aliases: [], run: null });
    expect((await registerVersion(registry, 'churn')).number).toBe(3);
    const facts = await factsOf(registry, first.model.id);
    expect(facts.map(({ type }) => type)).toEqual([
      'MODEL_REGISTERED',
      'VERSION_REGISTERED',
      'ALIAS_CHANGED',
      'VERSION_REGISTERED',
      'VERSION_REGISTERED',
    ]);
    expect(facts[1]).toMatchObject({ comment: 'hello', payload: { modelName: 'churn', number: 1, versionPk: 1 } });
    expect(facts[2]?.payload).toMatchObject({ alias: 'champion', fromNumber: null, toNumber: 1, toPk: 1 });
  });

  it('refuses a model or run that is not there, and values that cannot be', async () => {
    const send = async (input: object) => errorOf(await registry.send(REGISTER, { input }));
    expect(await send({ model: { name: 'nowhere' } })).toMatchObject({ code: 'NOT_FOUND', field: 'input.model' });
    const byId = { model: { id: Buffer.from('Model:99').toString('base64url') }, createModel: true };
    expect(await send(byId)).toMatchObject({ code: 'NOT_FOUND' });
    const churn = { model: { name: 'churn' } };
    const wrong = { code: 'BAD_USER_INPUT' };
    expect(await send({ model: { name: 'a/b' }, createModel: true })).toMatchObject({
      ...wrong,
      field: 'input.model.name',
    });
    expect(await send({ ...churn, run: 'x' })).toMatchObject({ ...wrong, field: 'input.run' });
    expect(await send({ ...churn, alias: 'v3' })).toMatchObject({ ...wrong, field: 'input.alias' });
    expect(await send({ ...churn, alias: 'ä' })).toMatchObject({ ...wrong, field: 'input.alias' });
    expect(await send({ ...churn, source: 'x\ud800' })).toMatchObject({ ...wrong, field: 'input.source' });
    expect(await send({ ...churn, description: 'x'.repeat(100_001) })).toMatchObject(wrong);
    expect(
      await send({
        ...churn,
        tags: [
          { key: 'k', value: '1' },
          { key: 'k', value: '2' },
        ],
      }),
    ).toMatchObject(wrong);
    const run = await storeRun(registry);
    await deleteRun(registry, run);
    expect(await send({ ...churn, run })).toMatchObject({ code: 'NOT_FOUND', field: 'input.run' });
    // None of them took a number.
    expect((await registerVersion(registry, 'churn')).number).toBe(4);
  });

  it('registers once under an idempotency key, and refuses it with another input', async () => {
    const input = { model: { name: 'retry' }, createModel: true, idempotencyKey: 'job-7' };
    const [one, again] = [await registry.ask(REGISTER, { input }), await registry.ask(REGISTER, { input })];
    expect(again).toEqual(one);
    expect(one.registerVersion.version.number).toBe(1);
    const other = await registry.send(REGISTER, { input: { ...input, description: 'another' } });
    expect(errorOf(other)).toMatchObject({ code: 'CONFLICT', field: 'input.idempotencyKey' });
  });

  it('changes what it is told, keeps the rest, and clears by null', async () => {
    const { id, model } = await registerVersion(registry, 'edit', {
      description: 'd',
      tags: [{ key: 'a', value: '1' }],
    });
    const at = clock.advance();
    const update = async (input: object) =>
      (await registry.ask(UPDATE, { input: { version: { id }, ...input } })).updateVersion.version;
    expect(await update({ status: 'FAILED', statusMessage: 'disk', setTags: [{ key: 'b', value: '2' }] })).toEqual({
      description: 'd',
      status: 'FAILED',
      statusMessage: 'disk',
      revision: 2,
      updatedAt: at,
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
    });
    clock.advance();
    expect(await update({ description: null, removeTags: ['a', 'z'], expectedRevision: 2 })).toMatchObject({
      description: null,
      statusMessage: 'disk',
      revision: 3,
      tags: [{ key: 'b', value: '2' }],
    });
    expect(await update({ description: null, setTags: [{ key: 'b', value: '2' }] })).toMatchObject({ revision: 3 });
    const { modelVersion } = await registry.ask(
      'query($id: ID!, $at: DateTime!) { modelVersion(by: {id: $id}) { tags(at: $at) { key } model { revision } } }',
      { id, at },
    );
    expect(modelVersion).toEqual({ tags: [{ key: 'a' }, { key: 'b' }], model: { revision: 1 } });
    const updates = (await factsOf(registry, model.id)).filter(({ type }) => type === 'VERSION_UPDATED');
    expect(updates.map(({ payload }) => payload.changes)).toEqual([
      [
        { field: 'status', from: 'READY', to: 'FAILED' },
        { field: 'statusMessage', from: null, to: 'disk' },
        { field: 'tags.b', from: null, to: '2' },
      ],
      [
        { field: 'description', from: 'd', to: null },
        { field: 'tags.a', from: '1', to: null },
      ],
    ]);
    const stale = await registry.send(UPDATE, { input: { version: { id }, description: 'x', expectedRevision: 1 } });
    expect(errorOf(stale)).toMatchObject({ code: 'CONFLICT', details: { currentRevision: 3 } });
    const cleared = await registry.send(UPDATE, { input: { version: { id }, status: null } });
    expect(errorOf(cleared)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.status' });
  });

  it('is found by every form of uri', async () => {
    const name = 'größe 100% @home';
    for (const _ of [1, 2, 3]) await registerVersion(registry, name);
    const base = `models:/${encodeURIComponent(name)}`;
    await promote(registry, `${base}/2`, 'PRODUCTION');
    await setAlias(registry, name, 'champion', 1);
    const numberOf = async (uri: string) =>
      (await registry.ask('query($uri: String!) { modelVersion(by: {uri: $uri}) { number uri } }', { uri }))
        .modelVersion;
    expect(await numberOf(`${base}/3`)).toEqual({ number: 3, uri: `${base}/3` });
    expect(await numberOf(`${base}@champion`)).toMatchObject({ number: 1 });
    expect(await numberOf(`${base}@latest`)).toMatchObject({ number: 3 });
    expect(await numberOf(`${base}/Production`)).toMatchObject({ number: 2 });
    expect(await numberOf(`${base}/pRODUCTION`)).toMatchObject({ number: 2 });
    expect(await numberOf(`${base}/none`)).toMatchObject({ number: 3 });
    expect(await numberOf(`models:/${name.replace('%', '%25')}/1`)).toMatchObject({ number: 1 });
    for (const none of [`${base}/4`, `${base}@nobody`, `${base}/staging`, 'models:/nowhere/1', `${base}@Champion`]) {
      expect(await numberOf(none)).toBeNull();
    }
    const broken = [
      'churn/3',
      'models:/churn',
      'models:/churn/',
      'models:/churn/0',
      'models:/churn/beta',
      'models:/%zz/1',
    ];
    for (const uri of [
      ...broken,
      'models:/a/b/1',
      'models:/churn@',
      'runs:/churn/1',
      'models:/\ud800/1',
      'models:/%00/1',
    ]) {
      const error = errorOf(
        await registry.send('query($uri: String!) { modelVersion(by: {uri: $uri}) { number } }', { uri }),
      );
      expect(error).toMatchObject({ code: 'BAD_USER_INPUT', field: 'by.uri' });
      if (broken.includes(uri)) expect(error.message).toContain('`models:/<name>@<alias>`');
    }
  });

  it('is found on its model by number, alias and stage', async () => {
    const { model } = await registry.ask(`{ model(by: {name: "größe 100% @home"}) {
      three: version(by: {number: 3}) { number } champion: version(by: {alias: "champion"}) { number }
      production: version(by: {stage: PRODUCTION}) { number } latest: version(by: {alias: "latest"}) { number }
      none: version(by: {number: 9}) { number } latestVersion { number } } }`);
    expect(model).toEqual({
      three: { number: 3 },
      champion: { number: 1 },
      production: { number: 2 },
      latest: { number: 3 },
      none: null,
      latestVersion: { number: 3 },
    });
    const both = await registry.send('{ model(by: {name: "churn"}) { version(by: {number: 1, alias: "a"}) { id } } }');
    expect(both.errors).toHaveLength(1);
  });

  it('deletes a version with its aliases, and leaves a tombstone whose number stays taken', async () => {
    await registerVersion(registry, 'gone');
    const { id, model } = await registerVersion(registry, 'gone', { alias: 'b' });
    await setAlias(registry, 'gone', 'a', 2);
    await promote(registry, 'models:/gone/2', 'STAGING');
    const before = clock.text;
    const at = clock.advance();
    const stale = await registry.send(DELETE, { input: { version: { id }, expectedRevision: 1 } });
    expect(errorOf(stale)).toMatchObject({ code: 'CONFLICT', details: { currentRevision: 2 } });
    const input = { version: { uri: 'models:/gone@a' }, expectedRevision: 2, comment: 'bad data', idempotencyKey: 'k' };
    expect(await registry.ask(DELETE, { input })).toEqual({ deleteVersion: { deletedId: id } });
    // The uri leads nowhere now, and the retry still gives what the first call gave.
    expect(await registry.ask(DELETE, { input })).toEqual({ deleteVersion: { deletedId: id } });
    const seen = await registry.ask(
      `query($id: ID!, $before: DateTime!) { modelVersion(by: {id: $id}) { id }
        byUri: modelVersion(by: {uri: "models:/gone/2"}) { id }
        node(id: $id) { ... on ModelVersion { number deletedAt stage revision earlier: stage(at: $before) aliases { alias } had: aliases(at: $before) { alias } model { name } } }
        model(by: {name: "gone"}) { revision aliases { alias } had: aliases(at: $before) { alias version { number } } latestVersion { number } versions { totalCount nodes { number } } } }`,
      { id, before },
    );
    expect(seen).toEqual({
      modelVersion: null,
      byUri: null,
      node: {
        number: 2,
        deletedAt: at,
        stage: 'NONE',
        revision: 3,
        earlier: 'STAGING',
        aliases: [],
        had: [{ alias: 'a' }, { alias: 'b' }],
        model: { name: 'gone' },
      },
      model: {
        revision: 4,
        aliases: [],
        had: [
          { alias: 'a', version: { number: 2 } },
          { alias: 'b', version: { number: 2 } },
        ],
        latestVersion: { number: 1 },
        versions: { totalCount: 1, nodes: [{ number: 1 }] },
      },
    });
    const facts = (await factsOf(registry, model.id)).slice(-3);
    expect(facts.map(({ type, comment }) => [type, comment])).toEqual([
      ['ALIAS_CHANGED', 'bad data'],
      ['ALIAS_CHANGED', 'bad data'],
      ['VERSION_DELETED', 'bad data'],
    ]);
    expect(facts[0]?.payload).toMatchObject({ alias: 'a', fromNumber: 2, toNumber: null });
    expect(facts[2]?.payload).toMatchObject({ number: 2, modelName: 'gone' });
    expect(errorOf(await registry.send(DELETE, { input: { version: { id } } }))).toMatchObject({ code: 'NOT_FOUND' });
    expect((await registerVersion(registry, 'gone')).number).toBe(3);
  });

  it('deletes the versions and aliases of a deleted model, each with its fact, and counts anew under its name', async () => {
    const { id, model } = await registerVersion(registry, 'whole', { alias: 'one' });
    await registerVersion(registry, 'whole');
    await promote(registry, 'models:/whole/1', 'PRODUCTION');
    const before = clock.text;
    clock.advance();
    await registry.ask('mutation { deleteModel(input: {model: {name: "whole"}, comment: "over"}) { deletedId } }');
    const facts = (await factsOf(registry, model.id)).slice(-4);
    expect(facts.map(({ type, payload, comment }) => [type, payload.number, comment])).toEqual([
      ['ALIAS_CHANGED', undefined, 'over'],
      ['VERSION_DELETED', 1, 'over'],
      ['VERSION_DELETED', 2, 'over'],
      ['MODEL_DELETED', undefined, 'over'],
    ]);
    const { node } = await registry.ask(
      `query($id: ID!, $before: DateTime!) { node(id: $id) { ... on Model { deletedAt revision aliases { alias } versions { totalCount } latestVersion { id }
        versionsInStage(stage: PRODUCTION) { number } earlier: versionsInStage(stage: PRODUCTION, at: $before) { number deletedAt } } } }`,
      { id: model.id, before },
    );
    expect(node).toEqual({
      deletedAt: clock.text,
      revision: 3,
      aliases: [],
      versions: { totalCount: 0 },
      latestVersion: null,
      versionsInStage: [],
      earlier: [{ number: 1, deletedAt: clock.text }],
    });
    for (const mutation of [
      `updateVersion(input: {version: {id: "${id}"}}) { version { id } }`,
      `promoteVersion(input: {version: {id: "${id}"}, to: STAGING}) { __typename }`,
    ]) {
      expect(errorOf(await registry.send(`mutation { ${mutation} }`))).toMatchObject({ code: 'NOT_FOUND' });
    }
    expect((await registerVersion(registry, 'whole')).number).toBe(1);
  });

  it('refuses to delete runs that live versions came from, naming these', async () => {
    const run = await storeRun(registry);
    const pk = Number(Buffer.from(run, 'base64url').toString().split(':')[1]);
    for (const name of ['guard', 'guard', 'other']) await registerVersion(registry, name, { run });
    const { db, features } = registry.app;
    const refuse = () =>
      db.maintain({ name: 'test', isVerified: false }, (tx) =>
        features.services.versions.refuseDeletionOfRuns(tx, [pk, 999]),
      );
    await expect(refuse()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('guard/1, guard/2, other/1'),
    });
    for (const name of ['guard', 'other']) {
      await registry.ask('mutation($name: String!) { deleteModel(input: {model: {name: $name}}) { deletedId } }', {
        name,
      });
    }
    await refuse();
  });
});
