// On any graph, at any moment and within any bounds, lineage answers what a search in plain memory finds.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { idOf, makeNodes, nodeOfId, replaceEdges } from '../support/lineage.ts';
import {
  type Claim,
  type Direction,
  type Kind,
  kindOf,
  type Node,
  ReferenceGraph,
} from '../support/lineage-reference.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate } from '../support/runs.ts';
import { promote } from '../support/versions.ts';

const RUNS = 60;
const OF_EACH = 5;
/** Edges begin and end in these milliseconds. */
const LAST_INSTANT = 6;

const LINKS: readonly string[] = [
  'DATASET RUN',
  'MODEL_VERSION RUN',
  'RUN MODEL_VERSION',
  'RUN DATASET',
  'DATASET DATASET',
  'MODEL_VERSION MODEL_VERSION',
];

describe('lineage', () => {
  let registry: TestRegistry;
  let nodes: Node[];
  /** By version, what it is in now; undefined where it was deleted. */
  const stages = new Map<Node, string | undefined>();
  beforeAll(async () => {
    registry = await startRegistry({ environment: { MAX_QUERY_COST: '10000000' } });
    nodes = await makeNodes(registry, OF_EACH);
    const versions = nodes.filter((node) => kindOf(node) === 'MODEL_VERSION');
    for (const version of versions) stages.set(version, 'NONE');
    const moves = ['PRODUCTION', 'STAGING', 'ARCHIVED'];
    for (const [index, stage] of moves.entries()) {
      await promote(registry, `models:/model/${index + 1}`, stage);
      stages.set(versions[index] as Node, stage);
    }
    await mutate(registry, 'deleteVersion', { version: { uri: 'models:/model/4' } }, 'deletedId');
    stages.set(versions[3] as Node, undefined);
    await mutate(
      registry,
      'deleteRun',
      { run: idOf(nodes.find((node) => kindOf(node) === 'RUN') as Node) },
      '__typename',
    );
  });
  afterAll(() => registry.stop());

  const node = () => fc.nat({ max: 3 * OF_EACH - 1 }).map((index) => nodes[index] as Node);
  const claim = () =>
    fc
      .record({
        from: node(),
        to: node(),
        origin: fc.constantFrom(0 as const, 1 as const),
        since: fc.integer({ min: 1, max: LAST_INSTANT }),
        lasts: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 3 }),
      })
      .filter(({ from, to }) => from !== to && LINKS.includes(`${kindOf(from)} ${kindOf(to)}`))
      .map(({ lasts, ...rest }): Claim => ({ ...rest, until: lasts === null ? null : rest.since + lasts }));
  /** Claims of one edge by one origin do not overlap: each edge keeps the first of them. */
  const claims = () =>
    fc.uniqueArray(claim(), { maxLength: 40, selector: ({ from, to, origin }) => `${from} ${to} ${origin}` });
  const at = () => fc.option(fc.integer({ min: 1, max: LAST_INSTANT + 2 }));
  const kinds = () => fc.option(fc.subarray<Kind>(['DATASET', 'RUN', 'MODEL_VERSION']));
  const direction = () => fc.constantFrom<Direction>('UPSTREAM', 'DOWNSTREAM', 'BOTH');
  const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());
  const shown = ({ depth, kind, node: { id } }: { depth: number; kind: string; node: { id: string } }) => {
    expect(kind).toBe(kindOf(nodeOfId(id)));
    return { node: nodeOfId(id), depth };
  };

  it('is the closure within its bounds, and says where these left something out', async () => {
    const query = `query($of: ID!, $direction: LineageDirection!, $depth: Int!, $kinds: [LineageKind!], $limit: Int!, $at: DateTime) {
      lineage(of: $of, direction: $direction, depth: $depth, kinds: $kinds, limit: $limit, at: $at) {
        root { id } isComplete nodes { depth kind node { id } } edges { from to relation createdAt removedAt } } }`;
    const bounds = fc.record({
      root: node(),
      direction: direction(),
      depth: fc.nat({ max: 6 }),
      kinds: kinds(),
      limit: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(1_000)),
      at: at(),
    });
    await fc.assert(
      fc.asyncProperty(claims(), fc.array(bounds, { minLength: 1, maxLength: 4 }), async (all, questions) => {
        await replaceEdges(registry, all);
        for (const { root, ...asked } of questions) {
          const { lineage } = await registry.ask(query, { ...asked, of: idOf(root), at: iso(asked.at) });
          const reference = new ReferenceGraph(all, asked.at);
          const within = reference.reached(root, asked.direction, asked.depth, asked.kinds);
          const isDeepEnough = reference.reached(root, asked.direction).every(({ depth }) => depth <= asked.depth);
          const answer = lineage.nodes.map(shown);
          expect(lineage.root.id).toBe(idOf(root));
          expect(lineage.isComplete).toBe(isDeepEnough && within.length <= asked.limit);
          expect(answer.map(({ depth }: { depth: number }) => depth)).toEqual(
            within.slice(0, asked.limit).map(({ depth }) => depth),
          );
          expect(within).toEqual(expect.arrayContaining(answer));
          if (within.length <= asked.limit) expect(answer).toEqual(within);
          const members = new Set(answer.map((one: { node: Node }) => one.node));
          expect(members.size).toBe(answer.length);
          const among = [...reference.edges.values()].filter(({ from, to }) => members.has(from) && members.has(to));
          const edges = among.map(({ from, to }) => {
            const { since, until } = reference.interval(from, to);
            const [fromKind, toKind] = [kindOf(from), kindOf(to)];
            const relation = fromKind === toKind ? 'DERIVED_FROM' : toKind === 'RUN' ? 'USED' : 'PRODUCED';
            return { from: idOf(from), to: idOf(to), relation, createdAt: iso(since), removedAt: iso(until) };
          });
          expect(new Set(lineage.edges)).toEqual(new Set(edges));
          expect(lineage.edges).toHaveLength(edges.length);
        }
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  it('is the same for every object of a page, followed together', async () => {
    const query = `query($depth: Int!, $limit: Int!, $at: DateTime) { runs { nodes { id
      upstream(depth: $depth, limit: $limit, at: $at) { ...graph } downstream(depth: $depth, limit: $limit, at: $at) { ...graph } } } }
      fragment graph on LineageGraph { isComplete nodes { depth kind node { id } } edges { from to } }`;
    const bounds = fc.record({ depth: fc.nat({ max: 4 }), limit: fc.integer({ min: 1, max: 6 }), at: at() });
    await fc.assert(
      fc.asyncProperty(claims(), bounds, async (all, asked) => {
        await replaceEdges(registry, all);
        const { runs } = await registry.ask(query, { ...asked, at: iso(asked.at) });
        const reference = new ReferenceGraph(all, asked.at);
        expect(runs.nodes).toHaveLength(OF_EACH - 1);
        for (const { id, ...graphs } of runs.nodes) {
          for (const [way, graph] of Object.entries(graphs) as [
            string,
            { nodes: []; edges: []; isComplete: boolean },
          ][]) {
            const whole = reference.reached(nodeOfId(id), way.toUpperCase() as Direction);
            const within = whole.filter(({ depth }) => depth <= asked.depth);
            const answer = graph.nodes.map(shown);
            expect(graph.isComplete).toBe(whole.length === within.length && within.length <= asked.limit);
            expect(answer.map(({ depth }) => depth)).toEqual(within.slice(0, asked.limit).map(({ depth }) => depth));
            expect(within).toEqual(expect.arrayContaining(answer));
            const members = new Set(answer.map((one) => one.node));
            const among = [...reference.edges.values()].filter(({ from, to }) => members.has(from) && members.has(to));
            expect(graph.edges).toHaveLength(among.length);
          }
        }
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  it('comes page by page, each node once, nearest first', async () => {
    const query = `query($of: ID!, $direction: LineageDirection!, $depth: Int, $kinds: [LineageKind!], $at: DateTime, $first: Int, $after: String) {
      lineageNodes(of: $of, direction: $direction, depth: $depth, kinds: $kinds, at: $at, first: $first, after: $after) {
        totalCount nodes { depth kind node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
    const asked = fc.record({
      root: node(),
      direction: direction(),
      depth: fc.option(fc.integer({ min: 1, max: 5 })),
      kinds: kinds(),
      at: at(),
      first: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(claims(), asked, async (all, { root, ...args }) => {
        await replaceEdges(registry, all);
        const reference = new ReferenceGraph(all, args.at);
        const expected = reference
          .reached(root, args.direction, args.depth ?? Number.POSITIVE_INFINITY, args.kinds)
          .slice(1);
        const collected: unknown[] = [];
        for (let after: string | null = null; ; ) {
          const { lineageNodes: page } = await registry.ask(query, {
            ...args,
            of: idOf(root),
            at: iso(args.at),
            after,
          });
          expect(page.totalCount).toBe(expected.length);
          expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
          collected.push(...page.nodes.map(shown));
          if (!page.pageInfo.hasNextPage) break;
          expect(page.nodes).toHaveLength(args.first);
          after = page.pageInfo.endCursor;
        }
        expect(collected).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  it('leads from one node to another by the shortest ways, each once and none in a circle', async () => {
    const query = `query($from: ID!, $to: ID!, $maxDepth: Int!, $limit: Int!) {
      lineagePaths(from: $from, to: $to, maxDepth: $maxDepth, limit: $limit) { nodes { depth kind node { id } } edges { from to } } }`;
    const asked = fc
      .record({
        from: node(),
        to: node(),
        maxDepth: fc.integer({ min: 1, max: 8 }),
        limit: fc.integer({ min: 1, max: 12 }),
      })
      .filter(({ from, to }) => from !== to);
    await fc.assert(
      fc.asyncProperty(claims(), fc.array(asked, { minLength: 1, maxLength: 4 }), async (all, questions) => {
        await replaceEdges(registry, all);
        const reference = new ReferenceGraph(all, null);
        for (const { from, to, maxDepth, limit } of questions) {
          const { lineagePaths } = await registry.ask(query, { from: idOf(from), to: idOf(to), maxDepth, limit });
          const possible = reference.simplePaths(from, to, maxDepth);
          const lengths = possible.map(({ length }) => length).sort((a, b) => a - b);
          type Answer = { nodes: Parameters<typeof shown>[0][]; edges: { from: string; to: string }[] };
          const paths = lineagePaths.map(({ nodes: along, edges }: Answer) => {
            const path = along.map(shown);
            expect(path.map(({ depth }) => depth)).toEqual(path.map((_, index) => index));
            const ids = path.map((one) => idOf(one.node));
            expect(edges).toEqual(ids.slice(1).map((id, index) => ({ from: ids[index], to: id })));
            return path.map((one) => one.node).join();
          });
          expect(lineagePaths.map(({ nodes: along }: Answer) => along.length)).toEqual(lengths.slice(0, limit));
          expect(new Set(paths).size).toBe(paths.length);
          expect(possible.map((path) => path.join())).toEqual(expect.arrayContaining(paths));
        }
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  it('reaches the versions of some stages, however far, and leaves out deleted ones', async () => {
    const query = `query($of: ID!, $stages: [Stage!], $first: Int, $after: String) {
      impact(of: $of, stages: $stages, first: $first, after: $after) { totalCount nodes { id stage } pageInfo { hasNextPage endCursor } } }`;
    const asked = fc.record({
      root: node(),
      stages: fc.option(fc.subarray(['NONE', 'PRODUCTION', 'STAGING', 'ARCHIVED'])),
      first: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(claims(), asked, async (all, args) => {
        await replaceEdges(registry, all);
        const expected = [...new ReferenceGraph(all, null).distances(args.root, 'DOWNSTREAM').keys()]
          .filter((one) => one !== args.root && stages.get(one) !== undefined)
          .filter((one) => !args.stages || args.stages.includes(stages.get(one) as string));
        const collected: Node[] = [];
        for (let after: string | null = null; ; ) {
          const { impact } = await registry.ask(query, { ...args, of: idOf(args.root), after });
          expect(impact.totalCount).toBe(expected.length);
          collected.push(...impact.nodes.map(({ id }: { id: string }) => nodeOfId(id)));
          if (!impact.pageInfo.hasNextPage) break;
          after = impact.pageInfo.endCursor;
        }
        // Versions of one model, newest first.
        expect(collected).toEqual(expected.sort((a, b) => b - a));
      }),
      { numRuns: RUNS },
    );
  }, 120_000);
});
