// Lineage through the graph: edges that come by themselves, what is linked by hand, and what is answered from them.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

describe('x', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  it('smokes', async () => {
    const q = async (s: string, v?: Record<string, unknown>) => {
      const a = await registry.send(s, v);
      console.log(JSON.stringify(a, null, 1));
      return a.data;
    };
    const { a, b } = await q('mutation { a: recordDataset(input: {name: "a", digest: "1"}) { dataset { id } } b: recordDataset(input: {name: "b", digest: "1"}) { dataset { id } } }');
    await q('mutation($f: ID!, $t: ID!) { linkLineage(input: {from: $f, to: $t, relation: DERIVED_FROM}) { edge { from to relation createdAt removedAt } } }', { f: a.dataset.id, t: b.dataset.id });
    await q('query($f: ID!, $t: ID!) { lineage(of: $f) { root { id __typename } isComplete nodes { depth kind node { id ... on Dataset { name } } } edges { from to } } lineageNodes(of: $f) { totalCount nodes { depth node { id } } } lineagePaths(from: $f, to: $t) { nodes { depth node { id } } edges { from to } } datasets { nodes { name upstream { nodes { depth node { id } } } } } }', { f: a.dataset.id, t: b.dataset.id });
    await q('mutation($f: ID!, $t: ID!) { unlinkLineage(input: {from: $f, to: $t, relation: DERIVED_FROM}) { edge { from to relation createdAt removedAt } } }', { f: a.dataset.id, t: b.dataset.id });
    await q('{ events { nodes { type subject ... on LineageLinked { edge { from to removedAt } } ... on LineageUnlinked { edge { from to removedAt } } } } }');
  });
});
