// Cursors and pages: every list, order and direction gives each item once, and what cannot be is refused.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const COUNT = 23;
const PAGE = `query($first: Int, $after: String, $last: Int, $before: String, $orderBy: [ModelOrder!], $filter: ModelFilter) {
  models(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, filter: $filter) {
    totalCount edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

describe('a page', () => {
  let registry: TestRegistry;
  let time = 1_000_000;
  const page = async (variables: Record<string, unknown>) => (await registry.ask(PAGE, variables)).models;
  const namesOf = (models: { edges: { node: { name: string } }[] }) => models.edges.map((edge) => edge.node.name);
  beforeAll(async () => {
    // Two models a millisecond, so that orders by time have ties.
    registry = await startRegistry({ clock: { now: () => Math.floor(time) } });
    for (let i = 0; i < COUNT; i++) {
      time += 0.5;
      const name = `model ${String((i * 7) % COUNT).padStart(2, '0')}`;
      await registry.ask('mutation($name: String!) { registerModel(input: {name: $name}) { model { id } } }', { name });
    }
    time += 1_000;
  });
  afterAll(() => registry.stop());

  const ORDERS = [
    [],
    [{ field: 'NAME', direction: 'DESC' }],
    [{ field: 'CREATED_AT' }],
    [{ field: 'CREATED_AT', direction: 'DESC' }],
    [{ field: 'UPDATED_AT', direction: 'DESC' }, { field: 'NAME' }],
    [
      { field: 'CREATED_AT', direction: 'ASC' },
      { field: 'NAME', direction: 'DESC' },
    ],
  ];

  it.each(ORDERS.map((orderBy) => [JSON.stringify(orderBy), orderBy]))(
    'of %s gives each once, forward and backward',
    async (_text, orderBy) => {
      const whole = namesOf(await page({ orderBy, first: 500 }));
      expect(new Set(whole).size).toBe(COUNT);
      const forward: string[] = [];
      for (let after: string | null = null, goesOn = true; goesOn; ) {
        const models: Awaited<ReturnType<typeof page>> = await page({ orderBy, first: 5, after });
        expect(models.totalCount).toBe(COUNT);
        expect(models.pageInfo.hasPreviousPage).toBe(after !== null);
        expect([models.edges[0].cursor, models.edges.at(-1).cursor]).toEqual([
          models.pageInfo.startCursor,
          models.pageInfo.endCursor,
        ]);
        forward.push(...namesOf(models));
        goesOn = models.pageInfo.hasNextPage;
        after = models.pageInfo.endCursor;
      }
      expect(forward).toEqual(whole);
      const backward: string[] = [];
      for (let before: string | null = null, goesOn = true; goesOn; ) {
        const models: Awaited<ReturnType<typeof page>> = await page({ orderBy, last: 5, before });
        expect(models.pageInfo.hasNextPage).toBe(before !== null);
        backward.unshift(...namesOf(models));
        goesOn = models.pageInfo.hasPreviousPage;
        before = models.pageInfo.startCursor;
      }
      expect(backward).toEqual(whole);
    },
  );

  it('holds 50 by default and 500 at most', async () => {
    expect((await page({})).edges).toHaveLength(COUNT);
    expect((await page({ first: 500 })).edges).toHaveLength(COUNT);
    expect((await page({ last: 500 })).edges).toHaveLength(COUNT);
  });

  it('lies between two cursors', async () => {
    const { edges } = await page({ first: 10 });
    const between = await page({ first: 500, after: edges[1].cursor, before: edges[6].cursor });
    expect(namesOf(between)).toEqual(edges.slice(2, 6).map((edge: { node: { name: string } }) => edge.node.name));
    expect(between.pageInfo).toMatchObject({ hasPreviousPage: true });
    const nothing = await page({ first: 5, after: edges[3].cursor, before: edges[4].cursor });
    expect(nothing).toMatchObject({ edges: [], pageInfo: { startCursor: null, endCursor: null } });
  });

  it('goes on where its cursor was, though that item is gone', async () => {
    await registry.ask('mutation { registerModel(input: {name: "model 05b"}) { model { id } } }');
    const { edges } = await page({ first: 7 });
    expect(edges[6].node.name).toBe('model 05b');
    await registry.ask('mutation { deleteModel(input: {model: {name: "model 05b"}}) { deletedId } }');
    expect(namesOf(await page({ first: 2, after: edges[6].cursor }))).toEqual(['model 06', 'model 07']);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['first and last together', { first: 1, last: 1 }, 'last'],
    ['none', { first: 0 }, 'first'],
    ['none from the end', { last: 0 }, 'last'],
    ['less than none', { first: -1 }, 'first'],
    ['501', { first: 501 }, 'first'],
    ['501 from the end', { last: 501 }, 'last'],
    ['the most that 32 bits hold', { first: 2_147_483_647 }, 'first'],
    ['a broken cursor', { after: '%%%' }, 'after'],
    ['an empty cursor', { after: '' }, 'after'],
    ['a cursor that is JSON of another kind', { after: cursor({ list: 'models' }) }, 'after'],
    ['a cursor of another list', { before: cursor(['runs,STARTED_AT DESC', 5, 1]) }, 'before'],
    ['a cursor with too few values', { after: cursor(['models,NAME ASC', 'a']) }, 'after'],
    ['a cursor with too many values', { after: cursor(['models,NAME ASC', 'a', 1, 1]) }, 'after'],
    ['a cursor with an object in it', { after: cursor(['models,NAME ASC', { a: 1 }, 1]) }, 'after'],
    ['a cursor with a lone surrogate', { after: cursor(['models,NAME ASC', '\ud800', 1]) }, 'after'],
  ])('of %s is refused', async (_what, variables, field) => {
    const { errors } = await registry.send(PAGE, variables);
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field });
  });

  it('of a cursor of another order is refused', async () => {
    const { pageInfo } = await page({ first: 1, orderBy: [{ field: 'CREATED_AT' }] });
    const { errors } = await registry.send(PAGE, { after: pageInfo.endCursor });
    expect(errors?.[0]).toMatchObject({
      message: '`after` is a cursor of another list or order; expected one of this query.',
      extensions: { code: 'BAD_USER_INPUT', field: 'after' },
    });
  });
});

function cursor(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}
