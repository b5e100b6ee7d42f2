// Models through GraphQL: registering, changing, renaming, deleting, listing.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

describe('models', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  it('registers a model and finds it by name, by id and as a node', async () => {
    const { registerModel } = await registry.ask(
      `mutation { registerModel(input: {name: "churn", description: "d", tags: [{key: "team", value: "growth"}]}) {
        model { id name description exclusiveStages revision createdBy { name } tags { key value } deletedAt } } }`,
      {},
      'ada',
    );
    expect(registerModel.model).toEqual({
      id: expect.any(String),
      name: 'churn',
      description: 'd',
      exclusiveStages: ['PRODUCTION'],
      revision: 1,
      createdBy: { name: 'ada' },
      tags: [{ key: 'team', value: 'growth' }],
      deletedAt: null,
    });
    const { byName, byId, node } = await registry.ask(
      `query($id: ID!) { byName: model(by: {name: "churn"}) { id } byId: model(by: {id: $id}) { id } node(id: $id) { __typename id } }`,
      { id: registerModel.model.id },
    );
    expect(byName).toEqual(byId);
    expect(node).toEqual({ __typename: 'Model', id: registerModel.model.id });
  });

  it('refuses a name that is taken', async () => {
    const { errors } = await registry.send(`mutation { registerModel(input: {name: "churn"}) { model { id } } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', field: 'input.name' });
  });

  it('pages through models in both directions', async () => {
    for (const name of ['a', 'b', 'c', 'd']) {
      await registry.ask('mutation($name: String!) { registerModel(input: {name: $name}) { model { id } } }', { name });
    }
    const { models } = await registry.ask(
      '{ models(first: 2) { totalCount nodes { name } pageInfo { hasNextPage hasPreviousPage endCursor } } }',
    );
    expect(models).toMatchObject({
      totalCount: 5,
      nodes: [{ name: 'a' }, { name: 'b' }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    const next = await registry.ask(
      'query($after: String) { models(first: 3, after: $after) { edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor } } }',
      { after: models.pageInfo.endCursor },
    );
    expect(next.models.edges.map((edge: { node: { name: string } }) => edge.node.name)).toEqual(['c', 'churn', 'd']);
    expect(next.models.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const back = await registry.ask(
      'query($before: String) { models(last: 1, before: $before) { nodes { name } pageInfo { hasNextPage hasPreviousPage } } }',
      { before: next.models.pageInfo.startCursor },
    );
    expect(back.models).toEqual({ nodes: [{ name: 'b' }], pageInfo: { hasNextPage: true, hasPreviousPage: true } });
  });
});
