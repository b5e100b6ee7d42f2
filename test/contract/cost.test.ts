// What an operation is estimated to return, before it runs.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

let registry: TestRegistry;
let id: string;

beforeAll(async () => {
  registry = await startRegistry({ environment: { MAX_QUERY_COST: '10000' } });
  const { registerModel } = await registry.ask('mutation { registerModel(input: { name: "churn" }) { model { id } } }');
  id = registerModel.model.id;
});
afterAll(() => registry.stop());

describe('the estimate of what an operation returns', () => {
  it('counts what is asked for by ids once for each id', async () => {
    const query =
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Model { versions(first: 500) { nodes { id } } } } }';
    const { errors } = await registry.send(query, { ids: Array(100).fill(id) });
    expect(errors?.[0]?.message).toMatch(/may return 50,\d{3} objects; at most 10,000 are allowed/);
    expect((await registry.ask(query, { ids: Array(10).fill(id) })).nodes).toHaveLength(10);
  });

  it('counts the nodes of lineage, and the ways through it as long as they may be', async () => {
    const nodes = 'nodes { node { id } }';
    const graph = `{ models { nodes { versions { nodes { upstream(limit: 100) { ${nodes} } } } } } }`;
    expect((await registry.send(graph)).errors?.[0]?.message).toMatch(/may return 75\d,\d{3} objects/);
    const paths = `{ lineagePaths(from: "x", to: "y", maxDepth: 49, limit: 100) { ${nodes} } }`;
    expect((await registry.send(paths)).errors?.[0]?.message).toMatch(/may return 10,101 objects/);
    const few = await registry.send(`{ lineagePaths(from: "x", to: "y") { ${nodes} } }`);
    expect(few.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'from' });
  });

  it('counts the pages of lists within lists', async () => {
    const query = '{ models(first: 100) { nodes { versions(first: 100) { nodes { id } } } } }';
    expect((await registry.send(query)).errors?.[0]?.message).toMatch(/may return 10,2\d\d objects/);
  });

  it('follows the variables that say how much is asked for, also once an operation was estimated', async () => {
    const page = 'nodes { versions(first: 50) { nodes { id } } }';
    const nodes = 'nodes { node { id } }';
    const lineage =
      '($limit: Int, $maxDepth: Int) { lineagePaths(from: "x", to: "y", limit: $limit, maxDepth: $maxDepth)';
    const cases: readonly [query: string, little: object, much: object][] = [
      [`query ($first: Int) { models(first: $first) { ${page} } }`, { first: 10 }, { first: 500 }],
      [`query ($last: Int) { models(last: $last) { ${page} } }`, { last: 10 }, { last: 500 }],
      [
        'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Model { versions(first: 500) { nodes { id } } } } }',
        { ids: [id] },
        { ids: Array(100).fill(id) },
      ],
      [
        'query ($maxPoints: Int!) { runs { nodes { metrics { sampled(maxPoints: $maxPoints) { value } } } } }',
        { maxPoints: 10 },
        { maxPoints: 10_000 },
      ],
      [`query ${lineage} { ${nodes} } }`, { limit: 10, maxDepth: 10 }, { limit: 500, maxDepth: 10 }],
      [`query ${lineage} { ${nodes} } }`, { limit: 100, maxDepth: 10 }, { limit: 100, maxDepth: 50 }],
    ];
    const refusal = /objects; at most 10,000 are allowed/;
    for (const [query, little, much] of cases) {
      for (const variables of [little, much, little, much]) {
        const { errors } = await registry.send(query, { ...variables });
        expect([query, variables, refusal.test(errors?.[0]?.message ?? '')]).toEqual([
          query,
          variables,
          variables === much,
        ]);
      }
    }
  });

  it('leaves variables that do not fit to the execution, also once an operation was estimated', async () => {
    const query =
      'query ($first: Int, $name: String!) { models(first: $first) { nodes { version(by: { alias: $name }) { id } } } }';
    await registry.ask(query, { first: 1, name: 'champion' });
    for (const variables of [
      { first: 'many', name: 'champion' },
      { first: 1, name: 7 },
    ]) {
      const { errors } = await registry.send(query, variables);
      expect(errors?.[0]?.message).toMatch(/^Variable "\$\w+" got invalid value/);
    }
  });
});
