// Datasets through GraphQL: recording, finding and listing them, and where they come from.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globalId } from '../../src/core/ids.ts';
import { sql } from '../../src/database/sql.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const RECORD = `mutation($input: RecordDatasetInput!) { recordDataset(input: $input) {
  dataset { id name digest sourceType source schema profile createdAt } } }`;

describe('datasets', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  const record = async (input: Record<string, unknown>) =>
    (await registry.ask(RECORD, { input })).recordDataset.dataset;
  const rows = (text: string) => registry.app.db.read<Record<string, unknown>>({ text, values: [] });

  it('are found by id, by name and digest, and as nodes', async () => {
    const iris = {
      name: 'iris',
      digest: 'abc',
      sourceType: 's3',
      source: 's3://b/i',
      schema: '{"a":1}',
      profile: '{}',
    };
    const dataset = await record(iris);
    expect(dataset).toMatchObject(iris);
    const found = await registry.ask(
      `query($id: ID!) { a: dataset(by: {id: $id}) { id schema } b: dataset(by: {key: {name: "iris", digest: "abc"}}) { id schema }
        node(id: $id) { __typename id } none: dataset(by: {key: {name: "iris", digest: "ABC"}}) { id } }`,
      { id: dataset.id },
    );
    expect(found).toEqual({
      a: { id: dataset.id, schema: '{"a":1}' },
      b: { id: dataset.id, schema: '{"a":1}' },
      node: { __typename: 'Dataset', id: dataset.id },
      none: null,
    });
  });

  it('stay as they were first recorded, and are recorded once', async () => {
    const first = await record({ name: 'once', digest: '1', source: 'here' });
    const again = await record({ name: 'once', digest: '1', source: 'there', profile: 'p' });
    expect(again).toEqual(first);
    const other = await record({ name: 'once', digest: '2' });
    expect(other.id).not.toBe(first.id);
    const events = await rows(
      "SELECT subjectName, payload FROM events WHERE type = 'DATASET_RECORDED' AND subjectName = 'once'",
    );
    expect(events.map(({ payload }) => JSON.parse(String(payload)))).toMatchObject([
      { datasetName: 'once', digest: '1' },
      { datasetName: 'once', digest: '2' },
    ]);
  });

  it('are one when many record the same at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => record({ name: 'race', digest: '1' })));
    expect(new Set(all.map((dataset) => dataset.id)).size).toBe(1);
    expect(await rows("SELECT pk FROM events WHERE type = 'DATASET_RECORDED' AND subjectName = 'race'")).toHaveLength(
      1,
    );
  });

  it('keep what they were derived from, and gain origins later', async () => {
    const [a, b] = [await record({ name: 'a', digest: '1' }), await record({ name: 'b', digest: '1' })];
    const made = await record({ name: 'made', digest: '1', derivedFrom: [a.id, a.id] });
    await record({ name: 'made', digest: '1', derivedFrom: [a.id, b.id] });
    const origins = await registry.app.db.read<{ name: string }>(
      sql`SELECT o.name AS name FROM lineage_edges e JOIN datasets o ON o.pk * 4 + 1 = e.fromNode JOIN datasets d ON d.pk * 4 + 1 = e.toNode WHERE d.name = ${'made'} ORDER BY o.name`,
    );
    expect(origins.map(({ name }) => name)).toEqual(['a', 'b']);
    const wrong: [string, string][] = [
      [made.id, 'BAD_USER_INPUT'],
      [globalId('Dataset', 99_999), 'NOT_FOUND'],
      [globalId('Run', 1), 'BAD_USER_INPUT'],
    ];
    for (const [origin, code] of wrong) {
      const { errors } = await registry.send(RECORD, { input: { name: 'made', digest: '1', derivedFrom: [origin] } });
      expect(errors?.[0]?.extensions).toMatchObject({ code, field: 'input.derivedFrom' });
    }
    const refused = await registry.send(RECORD, {
      input: { name: 'unmade', digest: '1', derivedFrom: [globalId('Dataset', 99_999)] },
    });
    expect(refused.errors).toHaveLength(1);
    expect(await rows("SELECT pk FROM datasets WHERE name = 'unmade'")).toEqual([]);
  });

  it('are listed, filtered, sorted and paged', async () => {
    for (const digest of ['2', '1', '3']) await record({ name: 'listed', digest });
    const { datasets } = await registry.ask(
      '{ datasets(filter: {name: {eq: "listed"}}, first: 2) { totalCount nodes { digest } pageInfo { hasNextPage endCursor } } }',
    );
    expect(datasets).toMatchObject({
      totalCount: 3,
      nodes: [{ digest: '2' }, { digest: '1' }],
      pageInfo: { hasNextPage: true },
    });
    const next = await registry.ask(
      'query($after: String) { datasets(filter: {name: {eq: "listed"}}, first: 2, after: $after) { nodes { digest } pageInfo { hasPreviousPage } } }',
      { after: datasets.pageInfo.endCursor },
    );
    expect(next.datasets).toEqual({ nodes: [{ digest: '3' }], pageInfo: { hasPreviousPage: true } });
    const newest = await registry.ask(
      `{ datasets(filter: {name: {startsWith: "list"}, not: {digest: {in: ["1"]}}}, orderBy: [{field: CREATED_AT, direction: DESC}], last: 1) { nodes { digest } } }`,
    );
    expect(newest.datasets.nodes).toEqual([{ digest: '2' }]);
  });

  it.each([
    [{ name: '', digest: '1' }, 'input.name'],
    [{ name: ' ', digest: '1' }, 'input.name'],
    [{ name: 'n'.repeat(501), digest: '1' }, 'input.name'],
    [{ name: 'n\u0000', digest: '1' }, 'input.name'],
    [{ name: 'n', digest: '' }, 'input.digest'],
    [{ name: 'n', digest: 'd'.repeat(251) }, 'input.digest'],
    [{ name: 'n', digest: '\ud800' }, 'input.digest'],
    [{ name: 'n', digest: '1', sourceType: 's'.repeat(251) }, 'input.sourceType'],
    [{ name: 'n', digest: '1', schema: '\udc00' }, 'input.schema'],
  ])('refuse what cannot be stored: %j', async (input, field) => {
    const { errors } = await registry.send(RECORD, { input });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('give one result per idempotency key', async () => {
    const input = { name: 'keyed', digest: '1', idempotencyKey: 'k' };
    expect(await record(input)).toEqual(await record(input));
    const { errors } = await registry.send(RECORD, { input: { ...input, digest: '2' } });
    expect(errors?.[0]?.extensions.code).toBe('CONFLICT');
  });
});
