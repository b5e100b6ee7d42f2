// What is no event is refused with the place of each problem, and nothing of it is kept.

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { datasetOf, facet, graphOf, post, runEvent, staticEvent } from '../support/openlineage.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const EMPTY = { experiments: [], runs: [], datasets: [], edges: [] };

describe('a body that is no event', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  const problemsOf = async (event: unknown) => {
    const { status, body } = await post(registry.url, event);
    expect(status).toBe(422);
    return body.errors.map(({ message, extensions }: { message: string; extensions: Record<string, string> }) => {
      expect(extensions.code).toBe('BAD_USER_INPUT');
      return [extensions.pointer, message];
    });
  };

  it('is told of every property that is missing', async () => {
    expect(await problemsOf({ run: {}, job: {} })).toEqual([
      ['/eventTime', '/eventTime is required: a string.'],
      ['/producer', '/producer is required: a string.'],
      ['/schemaURL', '/schemaURL is required: a string.'],
      ['/run/runId', '/run/runId is required: a string.'],
      ['/job/namespace', '/job/namespace is required: a string.'],
      ['/job/name', '/job/name is required: a string.'],
    ]);
  });

  it.each([
    ['an array', []],
    ['a text', '"event"'],
    ['a number', 1],
    ['null', 'null'],
  ])('is told so where it is %s', async (_, event) => {
    expect(await problemsOf(event)).toEqual([['', expect.stringMatching(/^The event (must be|is required: )/)]]);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['/eventType', { eventType: 'STOP' }, '/eventType', 'must be one of START, RUNNING, COMPLETE'],
    ['/eventTime', { eventTime: 5 }, '/eventTime', 'must be a string, not a number'],
    ['/eventTime', { eventTime: '2026-05-01' }, '/eventTime', 'must be a date and time such as'],
    ['/eventTime', { eventTime: '2026-13-01T00:00:00Z' }, '/eventTime', 'must be a date and time such as'],
    ['/run', { run: 'r' }, '/run', 'must be an object, not a string'],
    ['/run/runId', { run: { runId: '42' } }, '/run/runId', 'must be a UUID'],
    ['/job', { job: [] }, '/job', 'must be an object, not an array'],
    ['/job', { job: undefined }, '/job', 'is required: an object'],
    ['/job/name', { job: { namespace: 'n', name: '' } }, '/job/name', 'is empty'],
    [
      '/job',
      { job: { namespace: 'n', name: 'x'.repeat(500) } },
      '/job',
      'cannot be stored: The name has more than 500',
    ],
    ['/job', { job: { namespace: 'n', name: 'a\0b' } }, '/job', 'cannot be stored: The name contains a NUL'],
    [
      '/job',
      { job: { namespace: 'n', name: '\ud800' } },
      '/job',
      'cannot be stored: The name contains a lone surrogate',
    ],
    ['/inputs', { inputs: {} }, '/inputs', 'must be an array, not an object'],
    ['/inputs/1', { inputs: [datasetOf({ name: 'a' }), 7] }, '/inputs/1', 'must be an object, not a number'],
    ['/outputs/0/name', { outputs: [{ namespace: 'n' }] }, '/outputs/0/name', 'is required: a string'],
    ['/inputs', { inputs: Array(2_001).fill(datasetOf({ name: 'a' })) }, '/inputs', 'has 2001 datasets; at most 2000'],
    [
      'a facet without what each has',
      { job: { namespace: 'n', name: 'x', facets: { 'a/b~c': {} } } },
      '/job/facets/a~1b~0c/_producer',
      'is required: a string',
    ],
    [
      'the parent',
      { run: { runId: '1'.repeat(32), facets: { parent: facet('ParentRunFacet', { run: { runId: 'x' } }) } } },
      '/run/facets/parent/run/runId',
      'must be a UUID',
    ],
    [
      'a schema',
      {
        inputs: [
          datasetOf({ name: 'a', facets: { schema: facet('SchemaDatasetFacet', { fields: [{ type: 'INT' }] }) } }),
        ],
      },
      '/inputs/0/facets/schema/fields/0/name',
      'is required: a string',
    ],
    [
      'a version',
      { inputs: [datasetOf({ name: 'a', version: 'v'.repeat(251) })] },
      '/inputs/0/facets/version/datasetVersion',
      'cannot be stored: The name has more than 250',
    ],
  ])('is told what is wrong with %s', async (_, change, pointer, message) => {
    const problems = await problemsOf({ ...runEvent(), ...change });
    expect(problems).toContainEqual([pointer, expect.stringContaining(message)]);
  });

  it('that is about nothing is told what it could be about', async () => {
    expect(await problemsOf(staticEvent({}))).toEqual([['', expect.stringContaining('it is an event of nothing')]]);
  });

  it('that is wrong everywhere is told so often, not without end', async () => {
    expect(await problemsOf({ ...runEvent(), inputs: Array(1_000).fill(1) })).toHaveLength(50);
  });

  it('that is nested without end is refused', async () => {
    const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(await problemsOf(deep)).toEqual([['', 'The event is nested more than 100 levels deep.']]);
  });

  it.each([
    ['no JSON', '{"run": ', 400, 'The body is not valid JSON'],
    ['empty', '', 400, 'The body is not valid JSON'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, 'The body is not valid UTF-8'],
    ['too large', JSON.stringify('x'.repeat(8 * 1024 * 1024)), 413, 'body is too large'],
  ])('that is %s is refused', async (_, body, status, message) => {
    const answer = await post(registry.url, body);
    expect(answer).toEqual({
      status,
      body: { errors: [{ message: expect.stringContaining(message), extensions: { code: 'BAD_REQUEST' } }] },
    });
  });

  it('that is too large once it is unpacked is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    const { status, body } = await post(registry.url, bomb, { headers: { 'content-encoding': 'gzip' } });
    expect([status, body.errors[0].message]).toEqual([413, expect.stringContaining('once it is unpacked')]);
  });

  it('that is not compressed as it says is refused', async () => {
    const answer = await post(registry.url, '{}', { headers: { 'content-encoding': 'gzip' } });
    expect([answer.status, answer.body.errors[0].message]).toEqual([
      400,
      expect.stringContaining('not what gzip makes'),
    ]);
    expect((await post(registry.url, '{}', { headers: { 'content-encoding': 'br' } })).status).toBe(415);
  });

  it('of another content type is refused', async () => {
    expect((await post(registry.url, '{}', { headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  });

  it('by an actor who cannot be is refused', async () => {
    const { status } = await post(registry.url, runEvent(), { headers: { 'x-actor': 'x'.repeat(251) } });
    expect(status).toBe(422);
  });

  it('that is no list of events is refused as a whole', async () => {
    const answer = await post(registry.url, runEvent(), { isBatch: true });
    expect([answer.status, answer.body.errors[0].message]).toEqual([422, 'The event must be an array of events.']);
  });

  it('leaves nothing behind', async () => {
    expect(await graphOf(registry)).toEqual(EMPTY);
  });
});

describe('an event with odd names', () => {
  it('of facets and tags is taken in as it is', async () => {
    const registry = await startRegistry();
    try {
      const odd = JSON.parse('{"__proto__": {"_producer": "p", "_schemaURL": "s", "constructor": "\\ud800\\u0000"}}');
      const tags = facet('TagsRunFacet', {
        tags: [
          { key: '', value: 'x' },
          { key: '__proto__', value: 'y' },
        ],
      });
      const event = runEvent({ runFacets: { ...facet('x', {}), tags } });
      const body = JSON.stringify({
        ...event,
        run: { runId: '1'.repeat(32), facets: { tags } },
        job: { namespace: 'n', name: 'j', facets: {} },
      }).replace('"facets":{}', `"facets":${JSON.stringify(odd)}`);
      expect(await post(registry.url, body)).toEqual({ status: 201, body: null });
      const { runs } = await registry.ask('{ runs { nodes { tags { key value } } } }');
      expect(runs.nodes).toEqual([{ tags: [{ key: '__proto__', value: 'y' }] }]);
    } finally {
      await registry.stop();
    }
  });
});
