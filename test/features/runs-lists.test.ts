// Lists of runs by example: orders, filters and pages as a reader of the contract would try them.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '../../src/database/sql.ts';
import { isSqlite, startRegistry, type TestRegistry } from '../support/registry.ts';
import { insertRuns, mutate, type RunSpec } from '../support/runs.ts';

const SPECS: readonly RunSpec[] = [
  {
    name: 'one',
    startedAt: 1_000,
    endedAt: 9_000,
    params: { p: '10' },
    metrics: { m: 0.5 },
    datasets: ['train', 'test'],
  },
  {
    name: 'two',
    startedAt: 2_000,
    endedAt: null,
    params: { p: '9' },
    metrics: { m: Number.NaN },
    tags: { kind: 'Big' },
  },
  { name: 'three', startedAt: 2_000, endedAt: 5_000, params: { p: 'b' }, metrics: { m: Number.POSITIVE_INFINITY } },
  { name: 'four', startedAt: 4_000, endedAt: null, params: { p: 'a' }, metrics: { m: Number.NEGATIVE_INFINITY } },
  { name: 'five', startedAt: 5_000, endedAt: 7_000, params: { p: '1e1' }, metrics: { m: 2 }, tags: { kind: 'bıg' } },
  { name: 'six', startedAt: 6_000, endedAt: 8_000, status: 'FAILED', tags: { kind: '100%' }, datasets: ['train_2'] },
];

describe('lists of runs, by example', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
    await insertRuns(
      registry,
      SPECS.map((spec) => ({ ...spec, experiment: 'examples' })),
    );
  });
  afterAll(() => registry.stop());

  const names = async (args: Record<string, unknown>, experiment: string | null = 'examples'): Promise<string[]> => {
    const { filter = {}, ...more } = args;
    const all = experiment === null ? filter : { and: [filter, { experiment: { eq: experiment } }] };
    const { runs } = await registry.ask(
      `query($filter: RunFilter, $orderBy: [RunOrder!], $first: Int, $last: Int, $after: String, $deleted: Boolean! = false) {
        runs(filter: $filter, orderBy: $orderBy, first: $first, last: $last, after: $after, deleted: $deleted) { nodes { name } } }`,
      { filter: all, ...more },
    );
    return runs.nodes.map((node: { name: string }) => node.name);
  };
  const order = (order: Record<string, unknown>) => names({ orderBy: [order] });
  const filtered = (filter: Record<string, unknown>) => names({ filter, orderBy: [{ field: 'STARTED_AT' }] });

  it('come newest first, and of two that started together the later one', async () => {
    expect(await names({})).toEqual(['six', 'five', 'four', 'three', 'two', 'one']);
    expect(await names({ first: 2 })).toEqual(['six', 'five']);
    expect(await names({ last: 2 })).toEqual(['two', 'one']);
  });

  it('sort by end, with those that have none last in both directions', async () => {
    expect(await order({ field: 'ENDED_AT' })).toEqual(['three', 'five', 'six', 'one', 'two', 'four']);
    expect(await order({ field: 'ENDED_AT', direction: 'DESC' })).toEqual([
      'one',
      'six',
      'five',
      'three',
      'four',
      'two',
    ]);
  });

  it('sort by metric with infinities in place, NaN and missing last in both directions', async () => {
    expect(await order({ metric: 'm' })).toEqual(['four', 'one', 'five', 'three', 'two', 'six']);
    expect((await order({ metric: 'm', direction: 'DESC' })).slice(0, 4)).toEqual(['three', 'five', 'one', 'four']);
  });

  it('sort by param: numbers by value, then text, then missing, in both directions', async () => {
    expect(await order({ param: 'p' })).toEqual(['two', 'one', 'five', 'four', 'three', 'six']);
    expect(await order({ param: 'p', direction: 'DESC' })).toEqual(['five', 'one', 'two', 'three', 'four', 'six']);
  });

  it('sort by several things, the first first', async () => {
    expect(await names({ orderBy: [{ param: 'none' }, { field: 'STARTED_AT' }, { field: 'NAME' }] })).toEqual([
      ...['one', 'three', 'two', 'four', 'five', 'six'],
    ]);
  });

  it.each([
    [{}],
    [{ field: 'NAME', metric: 'm' }],
    [{ metric: 'm', param: 'p' }],
    [{ field: null }],
    [{ metric: '' }],
    [{ param: '\ud800' }],
  ])('refuse an order by %j', async (one) => {
    const { errors } = await registry.send(
      'query($orderBy: [RunOrder!]) { runs(orderBy: $orderBy) { nodes { id } } }',
      {
        orderBy: [one],
      },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: expect.stringMatching(/^orderBy/) });
  });

  it('refuse more orders than a query may join, and a cursor of another order', async () => {
    const { errors } = await registry.send(
      `{ runs(orderBy: [${Array(11).fill('{param: "p"}').join()}]) { nodes { id } } }`,
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'orderBy' });
    const { runs } = await registry.ask('{ runs(first: 1) { pageInfo { endCursor } } }');
    for (const after of [runs.pageInfo.endCursor, 'nonsense']) {
      const answer = await registry.send(
        'query($after: String) { runs(orderBy: [{metric: "m"}], after: $after) { nodes { id } } }',
        { after },
      );
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
    }
  });

  it('filter by metric: NaN and a missing one satisfy nothing, infinities compare like numbers', async () => {
    expect(await filtered({ metric: { key: 'm', gt: 1 } })).toEqual(['three', 'five']);
    expect(await filtered({ metric: { key: 'm', lte: 0.5 } })).toEqual(['one', 'four']);
    expect(await filtered({ not: { metric: { key: 'm', lte: 0.5 } } })).toEqual(['two', 'three', 'five', 'six']);
    expect(await filtered({ metric: { key: 'm' } })).toHaveLength(5);
    expect(await filtered({ metric: { key: 'm', exists: false } })).toEqual(['six']);
  });

  it('filter by tag, param, status, dataset and time, where characters mean themselves', async () => {
    expect(await filtered({ tag: { key: 'kind', value: { contains: '%' } } })).toEqual(['six']);
    expect(await filtered({ tag: { key: 'kind', value: { eq: 'BIG', ignoreCase: true } } })).toEqual(['two']);
    expect(await filtered({ tag: { key: 'Kind' } })).toEqual([]);
    expect(await filtered({ param: { key: 'p', value: { eq: '10' } } })).toEqual(['one']);
    expect(await filtered({ param: { key: 'p', exists: false } })).toEqual(['six']);
    expect(await filtered({ status: ['FAILED', 'KILLED'] })).toEqual(['six']);
    expect(await filtered({ status: [] })).toEqual([]);
    expect(await filtered({ dataset: { eq: 'train' } })).toEqual(['one']);
    expect(await filtered({ dataset: { contains: '_' } })).toEqual(['six']);
    expect(await filtered({ endedAt: { gte: '1970-01-01T00:00:08.000Z' } })).toEqual(['one', 'six']);
    expect(await filtered({ not: { endedAt: { gte: '1970-01-01T00:00:00.000Z' } } })).toEqual(['two', 'four']);
    expect(await filtered({ startedAt: { gt: '1970-01-01T00:00:02.000Z', lt: '1970-01-01T00:00:06.000Z' } })).toEqual([
      ...['four', 'five'],
    ]);
    expect(await names({ filter: { experiment: { eq: 'Examples' } } }, null)).toEqual([]);
  });

  it('refuse a filter that nests too deep', async () => {
    let filter: Record<string, unknown> = { name: { eq: 'one' } };
    for (let i = 0; i < 30; i++) filter = { not: filter };
    const { errors } = await registry.send('query($filter: RunFilter) { runs(filter: $filter) { totalCount } }', {
      filter,
    });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'filter' });
  });

  it('keep their place between pages while runs come and go', async () => {
    const experiment = 'moving';
    const spec = (i: number): RunSpec => ({ name: `r${i}`, experiment, startedAt: 1_000 });
    const first = await insertRuns(
      registry,
      Array.from({ length: 20 }, (_, i) => spec(i)),
    );
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 5; page++) {
      const { experiment: found } = await registry.ask(
        `query($after: String) { experiment(by: {name: "moving"}) { runs(first: 4, after: $after) { nodes { id name } pageInfo { endCursor } } } }`,
        { after },
      );
      seen.push(...found.runs.nodes.map((node: { name: string }) => node.name));
      after = found.runs.pageInfo.endCursor;
      // Newer runs, and the very run that the cursor points at gone.
      await insertRuns(registry, [spec(100 + page)]);
      await mutate(registry, 'deleteRun', { run: found.runs.nodes.at(-1).id }, 'deletedId');
    }
    expect(seen).toEqual(first.map((run) => run.name).reverse());
    expect(await names({ deleted: true }, experiment)).toEqual(['r16', 'r12', 'r8', 'r4', 'r0']);
  });

  it('page the children of many runs at once, each on its own', async () => {
    const parents = await insertRuns(
      registry,
      ['a', 'b', 'c'].map((name) => ({ name, experiment: 'families' })),
    );
    const children = parents.slice(0, 2).flatMap((parent, p) =>
      Array.from({ length: 3 + p }, (_, i) => ({
        name: `${parent.name}${i}`,
        experiment: 'children',
        parentPk: parent.pk,
        startedAt: i + 1,
      })),
    );
    await insertRuns(registry, children);
    const { runs } = await registry.ask(
      `{ runs(filter: {experiment: {eq: "families"}}, orderBy: [{field: NAME}]) { nodes {
        children(first: 2) { totalCount nodes { name parent { name } } pageInfo { hasNextPage hasPreviousPage endCursor } } } } }`,
    );
    expect(runs.nodes).toMatchObject([
      { children: { totalCount: 3, nodes: [{ name: 'a2', parent: { name: 'a' } }, { name: 'a1' }] } },
      { children: { totalCount: 4, nodes: [{ name: 'b3' }, { name: 'b2' }], pageInfo: { hasNextPage: true } } },
      { children: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } },
    ]);
    const rest = await registry.ask(
      `query($after: String) { runs(filter: {experiment: {eq: "families"}, name: {eq: "b"}}) { nodes {
        children(after: $after) { nodes { name } pageInfo { hasNextPage hasPreviousPage } } } } }`,
      { after: runs.nodes[1].children.pageInfo.endCursor },
    );
    expect(rest.runs.nodes[0].children).toEqual({
      nodes: [{ name: 'b1' }, { name: 'b0' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
  });

  it('cost as few statements as their order has parts, whatever is filtered and sorted', async () => {
    const filter = { or: [{ tag: { key: 'a' } }, { metric: { key: 'm', gt: 0 } }, { not: { dataset: { ne: 'x' } } }] };
    registry.statements.length = 0;
    await names({ filter, orderBy: [{ param: 'p' }, { metric: 'm', direction: 'DESC' }, { field: 'ENDED_AT' }] });
    // The part that has the first param and the part that lacks it; on MySQL also where the page of the first one ends.
    expect(registry.statements.length).toBeLessThanOrEqual(isSqlite ? 2 : 3);
  });

  it('take quotes as plain characters', async () => {
    for (const eq of ["'", '"', '\\', "' OR 1=1 --", '`']) {
      expect(await filtered({ or: [{ name: { eq } }, { name: { in: [eq] } }, { tag: { key: eq } }] })).toEqual([]);
    }
    const counted = await registry.app.db.readFirst<{ total: number }>(sql`SELECT COUNT(*) AS total FROM runs`);
    expect(Number(counted?.total)).toBeGreaterThan(SPECS.length);
  });

  it.each(['\0', '\ud800'])('refuse the text %j', async (eq) => {
    const { errors } = await registry.send('query($eq: String!) { runs(filter: {name: {eq: $eq}}) { totalCount } }', {
      eq,
    });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
