// A node that everything came of: answers about it keep to their bounds, say so, and page by page give all of it.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { idOf, insertManyRuns, replaceEdges } from '../support/lineage.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate } from '../support/runs.ts';
import { registerVersion } from '../support/versions.ts';

const CHILDREN = 100_000;

describe('a hub with 100,000 runs that used it', () => {
  let registry: TestRegistry;
  let hub: string;
  let version: string;
  beforeAll(async () => {
    registry = await startRegistry();
    hub = (await mutate(registry, 'recordDataset', { name: 'hub', digest: '1' }, 'dataset { id }')).dataset.id;
    version = (await registerVersion(registry, 'made')).id;
    const runs = await insertManyRuns(registry, CHILDREN);
    const last = runs.at(-1) as number;
    await replaceEdges(registry, [
      ...runs.map((run) => ({ from: 1 * 4 + 1, to: run, origin: 0, since: 1, until: null }) as const),
      { from: last, to: 1 * 4 + 3, origin: 0, since: 1, until: null },
    ]);
  }, 120_000);
  afterAll(() => registry.stop());

  it('answers within its limit, says that it is incomplete, and reads no more than that takes', async () => {
    const query = `query($of: ID!, $limit: Int!) { lineage(of: $of, limit: $limit) {
      isComplete nodes { depth node { id } } edges { from to } } }`;
    registry.statements.length = 0;
    const { lineage } = await registry.ask(query, { of: hub, limit: 1_000 });
    expect(lineage.isComplete).toBe(false);
    expect(lineage.nodes).toHaveLength(1_000);
    expect(new Set(lineage.nodes.map(({ node }: { node: { id: string } }) => node.id)).size).toBe(1_000);
    expect(lineage.edges).toHaveLength(999);
    expect(lineage.edges.every(({ from }: { from: string }) => from === hub)).toBe(true);
    // The root, a level each way, and the edges: those that one statement reads, those of the hub, and those of the rest.
    expect(registry.statements.length).toBeLessThanOrEqual(6);
  });

  it('comes in pages, all of it and none twice, with what lies beyond', async () => {
    const query = `query($of: ID!, $first: Int!, $after: String) { lineageNodes(of: $of, first: $first, after: $after) {
      nodes { depth node { id } } pageInfo { hasNextPage endCursor } } }`;
    const seen = new Set<string>();
    let pages = 0;
    let depth = 0;
    for (let after: string | null = null; ; pages++) {
      const { lineageNodes: page } = await registry.ask(query, { of: hub, first: 500, after });
      for (const one of page.nodes) {
        if (one.depth < depth) throw new Error('Nearer nodes came after farther ones.');
        depth = one.depth;
        seen.add(one.node.id);
      }
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(pages).toBe(CHILDREN / 500);
    expect(seen.size).toBe(CHILDREN + 1);
    expect(depth).toBe(2);
    expect(seen.has(version)).toBe(true);
  }, 120_000);

  it('is counted, and passed through to the one version beyond', async () => {
    const query = `query($of: ID!, $to: ID!) { lineageNodes(of: $of) { totalCount } impact(of: $of) { nodes { id } }
      lineagePaths(from: $of, to: $to) { nodes { node { id } } }
      lineage(of: $of, kinds: [MODEL_VERSION], limit: 10) { isComplete nodes { depth node { id } } } }`;
    const answer = await registry.ask(query, { of: hub, to: version });
    expect(answer.lineageNodes.totalCount).toBe(CHILDREN + 1);
    expect(answer.impact.nodes).toEqual([{ id: version }]);
    expect(answer.lineagePaths).toHaveLength(1);
    // A graph looks at no more than 100,000 nodes on its way to those of other kinds; pages and impact do.
    expect(answer.lineage.isComplete).toBe(false);
    expect(answer.lineage.nodes[0]).toEqual({ depth: 0, node: { id: hub } });
  });

  it('is reached from each of its runs, whose other runs are as many', async () => {
    const query = `query($first: Int!) { runs(first: $first) { nodes { id upstream { isComplete nodes { node { id } } } } } }`;
    const { runs } = await registry.ask(query, { first: 20 });
    for (const { id, upstream } of runs.nodes) {
      expect(upstream).toEqual({ isComplete: true, nodes: [{ node: { id } }, { node: { id: hub } }] });
    }
    expect(idOf(1 * 4 + 1)).toBe(hub);
  });
});
