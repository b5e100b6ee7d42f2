// Bad input: each is answered with a clear coded error or taken as documented, writes nothing, and the server goes on.

import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type GraphQLAnswer, startRegistry, type TestRegistry } from '../support/registry.ts';

const TEN_MEGABYTES = 10 * 1024 * 1024;
const REGISTER = 'mutation($input: RegisterModelInput!) { registerModel(input: $input) { model { name } } }';
const UPDATE = 'mutation($input: UpdateModelInput!) { updateModel(input: $input) { model { revision } } }';

describe('bad input', () => {
  let registry: TestRegistry;
  let modelId: string;
  let before: unknown;
  const everything = () =>
    registry.ask('{ models(first: 500) { totalCount nodes { id name revision description tags { key value } } } }');
  const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`${registry.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: body as string,
    });

  beforeAll(async () => {
    registry = await startRegistry();
    const { registerModel } = await registry.ask(
      'mutation { registerModel(input: {name: "churn", tags: [{key: "team", value: "growth"}]}) { model { id } } }',
    );
    modelId = registerModel.model.id;
    before = await everything();
  });
  afterEach(async () => expect(await everything()).toEqual(before));
  afterAll(() => registry.stop());

  describe('as a body over HTTP', () => {
    it.each<[string, number, string, string | Buffer, Record<string, string>?]>([
      ['malformed JSON', 400, 'BAD_REQUEST', '{"query": "{ __typename }"'],
      ['an empty body', 400, 'BAD_REQUEST', ''],
      ['a text', 400, 'BAD_REQUEST', '"{ __typename }"'],
      ['a number', 400, 'BAD_REQUEST', '5'],
      ['null', 400, 'BAD_REQUEST', 'null'],
      ['an empty batch', 400, 'BAD_REQUEST', '[]'],
      ['a batch', 400, 'BAD_REQUEST', '[{"query":"{ __typename }"},{"query":"{ __typename }"}]'],
      ['no query', 400, 'BAD_REQUEST', '{}'],
      ['an empty query', 400, 'BAD_REQUEST', '{"query":""}'],
      ['a query that is no text', 400, 'BAD_REQUEST', '{"query":{"a":1}}'],
      ['variables as a text', 400, 'BAD_REQUEST', '{"query":"{ __typename }","variables":"{}"}'],
      ['variables as a list', 400, 'BAD_REQUEST', '{"query":"{ __typename }","variables":[1]}'],
      ['an operation name that is no text', 400, 'BAD_REQUEST', '{"query":"{ __typename }","operationName":5}'],
      [
        'NaN',
        400,
        'BAD_REQUEST',
        '{"query":"query($n: Int) { models(first: $n) { totalCount } }","variables":{"n":NaN}}',
      ],
      ['a prototype key', 400, 'BAD_REQUEST', '{"query":"{ __typename }","variables":{"__proto__":{"a":1}}}'],
      ['a constructor key', 400, 'BAD_REQUEST', '{"query":"{ __typename }","constructor":{"prototype":{"a":1}}}'],
      ['plain text', 400, 'BAD_REQUEST', '{"query":"{ __typename }"}', { 'content-type': 'text/plain' }],
      ['XML', 415, 'BAD_REQUEST', '<query/>', { 'content-type': 'application/xml' }],
      ['a form', 415, 'BAD_REQUEST', 'query=x', { 'content-type': 'application/x-www-form-urlencoded' }],
      ['gzip', 415, 'BAD_REQUEST', gzipSync('{"query":"{ __typename }"}'), { 'content-encoding': 'gzip' }],
      ['bytes that are no UTF-8', 400, 'BAD_REQUEST', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ])('refuses %s with %i %s', async (_what, status, code, body, headers = {}) => {
      const response = await post(body, headers);
      expect(response.headers.get('content-type')).toContain('json');
      expect(await response.json()).toEqual({
        errors: [expect.objectContaining({ message: expect.any(String), extensions: { code } })],
      });
      expect(response.status).toBe(status);
    });

    it('refuses more than 32 MB before it is read, in the form of GraphQL', async () => {
      const response = await post(JSON.stringify({ query: 'a'.repeat(33 * 1024 * 1024) }));
      expect(response.status).toBe(413);
      expect(await response.json()).toEqual({
        errors: [{ message: expect.stringMatching(/too large/), extensions: { code: 'BAD_REQUEST' } }],
      });
    });

    it('refuses a variable nested 100,000 levels deep', async () => {
      const filter = `${'{"not":'.repeat(100_000)}{}${'}'.repeat(100_000)}`;
      const query = 'query($filter: ModelFilter) { models(filter: $filter) { totalCount } }';
      const response = await post(`{"query":"${query}","variables":{"filter":${filter}}}`);
      const { errors } = (await response.json()) as GraphQLAnswer;
      expect([response.status, errors?.[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    });

    it('says of a path that there is nothing', async () => {
      const response = await fetch(`${registry.url}/nothing-here`);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({
        errors: [{ message: 'There is nothing at GET /nothing-here.', extensions: { code: 'NOT_FOUND' } }],
      });
    });
  });

  describe('as an actor', () => {
    it.each([
      ['longer than 250 characters', 'a'.repeat(251), /more than 250 characters/],
      ['with a control character', 'a\u0085b', /control characters/],
    ])('refuses a name %s', async (_what, actor, message) => {
      const response = await post('{"query":"{ __typename }"}', { 'x-actor': actor });
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({
        errors: [{ message: expect.stringMatching(message), extensions: { code: 'BAD_REQUEST' } }],
      });
    });

    it('takes an empty name for none', async () => {
      expect((await post('{"query":"{ __typename }"}', { 'x-actor': '' })).status).toBe(200);
    });
  });

  describe('as the name of a model', () => {
    it.each([
      ['the empty text', ''],
      ['a slash', 'a/b'],
      ['a colon', 'a:b'],
      ['a space at the beginning', ' a'],
      ['a space at the end', 'a '],
      ['a no-break space at the end', 'a\u00a0'],
      ['a line feed', 'a\nb'],
      ['a NUL', 'a\0b'],
      ['a lone high surrogate', 'a\ud800'],
      ['a lone low surrogate', '\udc00a'],
      ['256 characters', 'x'.repeat(256)],
      ['300 characters', 'x'.repeat(300)],
      ['256 emoji', '😀'.repeat(256)],
      ['10 MB', 'x'.repeat(TEN_MEGABYTES)],
    ])('refuses %s', async (_what, name) => {
      const registered = await registry.send(REGISTER, { input: { name } });
      expect(registered.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'input.name' });
      expect(registered.errors?.[0]?.message.length).toBeLessThan(300);
      const renamed = await registry.send(
        'mutation($input: RenameModelInput!) { renameModel(input: $input) { model { id } } }',
        { input: { model: { name: 'churn' }, newName: name } },
      );
      expect(renamed.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'input.newName' });
    });

    it.each([
      ['255 characters', 'x'.repeat(255)],
      ['255 emoji', '😀'.repeat(255)],
      ['what SQL and Unicode make of it', `'; DROP TABLE models; -- %_\\ "quoted" e\u0301 ﷽ \u202e`],
    ])('takes %s', async (_what, name) => {
      const { registerModel } = await registry.ask(REGISTER, { input: { name } });
      expect(registerModel.model.name).toBe(name);
      expect(await registry.ask('query($name: String!) { model(by: {name: $name}) { name } }', { name })).toEqual({
        model: { name },
      });
      await registry.ask('mutation($name: String!) { deleteModel(input: {model: {name: $name}}) { deletedId } }', {
        name,
      });
    });
  });

  describe('in a mutation', () => {
    const model = { name: 'churn' };
    it.each<[string, string, Record<string, unknown>, string, string?]>([
      ['an unknown field', REGISTER, { name: 'x', colour: 'red' }, 'BAD_USER_INPUT'],
      ['a name that is a number', REGISTER, { name: 5 }, 'BAD_USER_INPUT'],
      ['a name that is a list of two', REGISTER, { name: ['a', 'b'] }, 'BAD_USER_INPUT'],
      ['a null name', REGISTER, { name: null }, 'BAD_USER_INPUT'],
      ['a missing name', REGISTER, {}, 'BAD_USER_INPUT'],
      [
        'a description of 10 MB',
        REGISTER,
        { name: 'x', description: 'd'.repeat(TEN_MEGABYTES) },
        'BAD_USER_INPUT',
        'input.description',
      ],
      [
        'a description with a lone surrogate',
        REGISTER,
        { name: 'x', description: '\ud83d' },
        'BAD_USER_INPUT',
        'input.description',
      ],
      ['a comment with a NUL', REGISTER, { name: 'x', comment: '\0' }, 'BAD_USER_INPUT', 'input.comment'],
      ['a tag without a key', REGISTER, { name: 'x', tags: [{ key: '', value: 'v' }] }, 'BAD_USER_INPUT', 'input.tags'],
      [
        'a tag twice',
        REGISTER,
        {
          name: 'x',
          tags: [
            { key: 'k', value: '1' },
            { key: 'k', value: '2' },
          ],
        },
        'BAD_USER_INPUT',
        'input.tags',
      ],
      [
        'a tag with a value of 8,001 characters',
        REGISTER,
        { name: 'x', tags: [{ key: 'k', value: 'v'.repeat(8_001) }] },
        'BAD_USER_INPUT',
        'input.tags.value',
      ],
      [
        '2,001 tags',
        REGISTER,
        { name: 'x', tags: Array.from({ length: 2_001 }, (_, i) => ({ key: `k${i}`, value: '' })) },
        'BAD_USER_INPUT',
        'input.tags',
      ],
      ['an unknown stage', REGISTER, { name: 'x', exclusiveStages: ['LIVE'] }, 'BAD_USER_INPUT'],
      [
        'a stage that cannot be exclusive',
        REGISTER,
        { name: 'x', exclusiveStages: ['NONE'] },
        'BAD_USER_INPUT',
        'input.exclusiveStages',
      ],
      [
        'an empty idempotency key',
        REGISTER,
        { name: 'x', idempotencyKey: '' },
        'BAD_USER_INPUT',
        'input.idempotencyKey',
      ],
      [
        'an idempotency key of 251 characters',
        REGISTER,
        { name: 'x', idempotencyKey: 'k'.repeat(251) },
        'BAD_USER_INPUT',
        'input.idempotencyKey',
      ],
      [
        'an idempotency key with a lone surrogate',
        REGISTER,
        { name: 'x', idempotencyKey: '\ud800' },
        'BAD_USER_INPUT',
        'input.idempotencyKey',
      ],
      ['a name that is taken', REGISTER, { name: 'churn' }, 'CONFLICT', 'input.name'],
      ['no model', UPDATE, { model: {} }, 'BAD_USER_INPUT'],
      ['a null selector', UPDATE, { model: { name: null } }, 'BAD_USER_INPUT'],
      ['a model that is not there', UPDATE, { model: { name: 'none' }, description: 'd' }, 'NOT_FOUND', 'input.model'],
      ['a model named by a lone surrogate', UPDATE, { model: { name: '\ud800' }, description: 'd' }, 'BAD_USER_INPUT'],
      [
        'an id that is none',
        UPDATE,
        { model: { id: 'nonsense' }, description: 'd' },
        'BAD_USER_INPUT',
        'input.model.id',
      ],
      [
        'an id of another type',
        UPDATE,
        { model: { id: Buffer.from('Run:1').toString('base64url') }, description: 'd' },
        'BAD_USER_INPUT',
        'input.model.id',
      ],
      [
        'an id beyond all rows',
        UPDATE,
        { model: { id: Buffer.from('Model:9007199254740991').toString('base64url') }, description: 'd' },
        'NOT_FOUND',
        'input.model',
      ],
      ['a revision beyond 32 bits', UPDATE, { model, expectedRevision: 4_294_967_296 }, 'BAD_USER_INPUT'],
      ['a revision that is a fraction', UPDATE, { model, expectedRevision: 1.5 }, 'BAD_USER_INPUT'],
      [
        'a negative revision',
        UPDATE,
        { model, expectedRevision: -1, description: 'd' },
        'CONFLICT',
        'input.expectedRevision',
      ],
      [
        'a tag set and removed',
        UPDATE,
        { model, setTags: [{ key: 'a', value: '1' }], removeTags: ['a'] },
        'BAD_USER_INPUT',
        'input.removeTags',
      ],
      [
        'one good and one bad tag',
        UPDATE,
        {
          model,
          setTags: [
            { key: 'good', value: '1' },
            { key: 'bad', value: '\udfff' },
          ],
        },
        'BAD_USER_INPUT',
        'input.setTags.value',
      ],
      [
        'a good change and a description that cannot be',
        UPDATE,
        { model, setTags: [{ key: 'good', value: '1' }], description: '\0' },
        'BAD_USER_INPUT',
        'input.description',
      ],
    ])('refuses %s', async (_what, mutation, input, code, field = '') => {
      const { errors } = await registry.send(mutation, { input });
      expect(errors?.[0]?.extensions).toMatchObject({ code, ...(field && { field }) });
      expect(errors?.[0]?.message.length).toBeLessThan(2_000);
    });
  });

  describe('in a query', () => {
    const LIST =
      'query($filter: ModelFilter, $first: Int, $after: String) { models(filter: $filter, first: $first, after: $after) { totalCount } }';
    const TAGS_AT = 'query($at: DateTime) { model(by: {name: "churn"}) { tags(at: $at) { key } } }';
    it.each<[string, string, Record<string, unknown>, string?]>([
      ['a filter with an unknown field', LIST, { filter: { colour: 'red' } }],
      ['a filter on a text that is a number', LIST, { filter: { name: { eq: 5 } } }],
      ['a filter with a lone surrogate', LIST, { filter: { name: { eq: '\ud800' } } }],
      ['a filter on a prefix with a lone surrogate', LIST, { filter: { name: { startsWith: 'a\ud800' } } }],
      ['a filter on one of several texts with a lone surrogate', LIST, { filter: { name: { in: ['a', '\udc00'] } } }],
      ['a filter with 10 MB', LIST, { filter: { name: { contains: 'x'.repeat(TEN_MEGABYTES) } } }, 'filter'],
      ['a page of 1.5', LIST, { first: 1.5 }],
      ['a page of −1', LIST, { first: -1 }, 'first'],
      ['a page beyond 32 bits', LIST, { first: 2 ** 31 }],
      ['a cursor that is none', LIST, { after: 'nonsense' }, 'after'],
      ['a cursor of 10 MB', LIST, { after: 'A'.repeat(TEN_MEGABYTES) }, 'after'],
      ['a moment in the far future', TAGS_AT, { at: '9999-12-31T23:59:59.999Z' }, 'at'],
      ['a moment after the year 9999', TAGS_AT, { at: '+012026-01-01T00:00:00Z' }],
      ['the 30th of February', TAGS_AT, { at: '2026-02-30T00:00:00Z' }],
      ['a moment that is no text', TAGS_AT, { at: 5 }],
      ['a moment that is none', TAGS_AT, { at: 'yesterday' }],
      ['an id that is none', 'query($id: ID!) { node(id: $id) { id } }', { id: '*' }, 'id'],
      [
        'an id of a type that is none',
        'query($id: ID!) { node(id: $id) { id } }',
        { id: Buffer.from('Teapot:1').toString('base64url') },
        'id',
      ],
      [
        'an id that is spelled otherwise',
        'query($id: ID!) { node(id: $id) { id } }',
        { id: `${Buffer.from('Model:1').toString('base64url')}=` },
        'id',
      ],
      ['an id of 10 MB', 'query($id: ID!) { node(id: $id) { id } }', { id: 'x'.repeat(TEN_MEGABYTES) }, 'id'],
      [
        'a selector of another type',
        'query($id: ID!) { model(by: {id: $id}) { id } }',
        { id: Buffer.from('Run:1').toString('base64url') },
        'by.id',
      ],
    ])('refuses %s', async (_what, query, variables, field = '') => {
      const { errors } = await registry.send(query, variables);
      expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', ...(field && { field }) });
      expect(errors?.[0]?.message.length).toBeLessThan(2_000);
    });

    it('takes what can be, and finds nothing', async () => {
      const filter = { createdAt: { gt: '9999-12-31T23:59:59.999Z' }, name: { eq: '%_' }, tag: { key: '\u2028' } };
      expect(await registry.ask(LIST, { filter })).toEqual({ models: { totalCount: 0 } });
      expect(await registry.ask(TAGS_AT, { at: '0001-01-01T00:00:00Z' })).toEqual({ model: { tags: [] } });
    });
  });

  it('leads to tombstones by their id, and nowhere else', async () => {
    const { registerModel } = await registry.ask(REGISTER.replace('{ name }', '{ id }'), { input: { name: 'gone' } });
    const { id } = registerModel.model;
    const remove = 'mutation($id: ID!) { deleteModel(input: {model: {id: $id}}) { deletedId } }';
    await registry.ask(remove, { id });
    const { errors } = await registry.send(remove, { id });
    expect(errors?.[0]?.extensions).toEqual({ code: 'NOT_FOUND', field: 'input.model' });
    expect(
      await registry.ask(
        'query($id: ID!) { model(by: {id: $id}) { id } node(id: $id) { id ... on Model { name deletedAt } } }',
        { id },
      ),
    ).toEqual({ model: null, node: { id, name: 'gone', deletedAt: expect.any(String) } });
    expect(modelId).not.toBe(id);
  });
});
