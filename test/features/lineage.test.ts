// Lineage as it comes by itself from what is recorded, and what is asked about it.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globalId } from '../../src/core/ids.ts';
import { makeNodes, nodeOfId, replaceEdges } from '../support/lineage.ts';
import { type Claim, kindOf } from '../support/lineage-reference.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate, startRun } from '../support/runs.ts';
import { errorOf, promote, registerVersion } from '../support/versions.ts';

const START = Date.parse('2026-05-01T00:00:00Z');
const HOUR = 3_600_000;
const iso = (hours: number) => new Date(START + hours * HOUR).toISOString();

const GRAPH = `query($of: ID!, $direction: LineageDirection!, $at: DateTime) {
  lineage(of: $of, direction: $direction, at: $at) { isComplete nodes { depth node { id } } edges { from to relation createdAt removedAt } } }`;

describe('lineage', () => {
  const clock = new ManualClock(START);
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ clock });
  });
  afterAll(() => registry.stop());

  const dataset = async (name: string, derivedFrom: string[] = []): Promise<string> =>
    (await mutate(registry, 'recordDataset', { name, digest: '1', derivedFrom }, 'dataset { id }')).dataset.id;
  const graph = async (of: string, direction: string, at?: string) =>
    (await registry.ask(GRAPH, { of, direction, at })).lineage;
  const idsOf = ({ nodes }: { nodes: { node: { id: string } }[] }) => nodes.map(({ node }) => node.id);
  const passHours = (hours: number) => clock.advance(hours * HOUR);

  it('both ways is complete where the depth of one way leaves out only what the other way has', async () => {
    const query = `query($of: ID!) { lineage(of: $of, depth: 1) { isComplete nodes { node { id } } } }`;
    const [a, b, c, d] = [await dataset('a'), await dataset('b'), await dataset('c'), await dataset('d')];
    const link = (from: string, to: string) =>
      mutate(registry, 'linkLineage', { from, to, relation: 'DERIVED_FROM' }, '__typename');
    await link(a, b);
    await link(b, c);
    await link(c, a);
    const cycle = (await registry.ask(query, { of: a })).lineage;
    expect(new Set(idsOf(cycle))).toEqual(new Set([a, b, c]));
    expect(cycle.isComplete).toBe(true);
    await link(c, d);
    expect((await registry.ask(query, { of: a })).lineage.isComplete).toBe(false);
  });

  it('comes by itself from what runs use, what they make, and what data was made from', async () => {
    clock.time = START;
    const raw = await dataset('raw');
    passHours(1);
    const split = await dataset('split', [raw]);
    passHours(1);
    const base = await registerVersion(registry, 'base');
    const run = (await startRun(registry)).id;
    const inputs = [
      { dataset: split, context: 'training' },
      { dataset: split, context: 'evaluation' },
      { version: base.id },
    ];
    await mutate(registry, 'logInputs', { run, inputs: inputs.slice(0, 1) }, 'run { id }');
    passHours(1);
    await mutate(registry, 'logInputs', { run, inputs }, 'run { id }');
    passHours(1);
    const made = await registerVersion(registry, 'made', { run });
    const { nodes, edges, isComplete } = await graph(made.id, 'UPSTREAM');
    expect(nodes).toEqual([
      { depth: 0, node: { id: made.id } },
      { depth: 1, node: { id: run } },
      ...[split, base.id].sort((a, b) => nodeOfId(a) - nodeOfId(b)).map((id) => ({ depth: 2, node: { id } })),
      { depth: 3, node: { id: raw } },
    ]);
    expect(isComplete).toBe(true);
    const edge = (from: string, to: string, relation: string, hours: number) => ({
      from,
      to,
      relation,
      createdAt: iso(hours),
      removedAt: null,
    });
    expect(edges).toHaveLength(4);
    expect(edges).toEqual(
      expect.arrayContaining([
        edge(run, made.id, 'PRODUCED', 4),
        edge(split, run, 'USED', 2),
        edge(base.id, run, 'USED', 3),
        edge(raw, split, 'DERIVED_FROM', 1),
      ]),
    );
    expect(idsOf(await graph(raw, 'DOWNSTREAM', iso(1.5)))).toEqual([raw, split]);
    expect(idsOf(await graph(raw, 'DOWNSTREAM', iso(2.5)))).toEqual([raw, split, run]);
    expect(idsOf(await graph(raw, 'DOWNSTREAM', iso(0.5)))).toEqual([raw]);
  });

  it('tells in an event of origins that a dataset gains later, and in its own event of the first', async () => {
    clock.time = START;
    const [a, b] = [await dataset('origin a'), await dataset('origin b')];
    const { eventHead: after } = await registry.ask('{ eventHead }');
    const made = await dataset('derived', [a]);
    passHours(1);
    await dataset('derived', [a, b]);
    await dataset('derived', [b]);
    const { events } = await registry.ask(
      'query($after: String) { events(after: $after) { nodes { type subject at ... on LineageLinked { edge { from to relation createdAt } } } } }',
      { after },
    );
    expect(events.nodes).toEqual([
      { type: 'DATASET_RECORDED', subject: made, at: iso(0) },
      {
        type: 'LINEAGE_LINKED',
        subject: made,
        at: iso(1),
        edge: { from: b, to: made, relation: 'DERIVED_FROM', createdAt: iso(1) },
      },
    ]);
  });

  it('passes through what was deleted, and leads to tombstones', async () => {
    const data = await dataset('of the deleted');
    const run = (await startRun(registry)).id;
    await mutate(registry, 'logInputs', { run, inputs: [{ dataset: data }] }, 'run { id }');
    const gone = await registerVersion(registry, 'gone', { run });
    const kept = await registerVersion(registry, 'kept');
    const link = { from: gone.id, to: kept.id, relation: 'DERIVED_FROM' };
    await mutate(registry, 'linkLineage', link, 'edge { to }');
    await promote(registry, 'models:/kept/1', 'PRODUCTION');
    await mutate(registry, 'deleteModel', { model: { name: 'gone' } }, 'deletedId');
    await mutate(registry, 'deleteRun', { run }, 'deletedId');
    const query = `query($of: ID!) {
      impact(of: $of, stages: [PRODUCTION]) { nodes { id } }
      all: impact(of: $of) { nodes { id } }
      lineage(of: $of) { nodes { node { ... on Run { deletedAt } ... on ModelVersion { deletedAt } } } }
      lineagePaths(from: $of, to: "${kept.id}") { nodes { node { id } } } }`;
    const answer = await registry.ask(query, { of: data });
    expect(answer.impact.nodes).toEqual([{ id: kept.id }]);
    expect(answer.all.nodes).toEqual([{ id: kept.id }]);
    expect(
      answer.lineage.nodes.map(({ node }: { node: { deletedAt?: string | null } }) => Boolean(node.deletedAt)),
    ).toEqual([false, true, true, false]);
    expect(idsOf(answer.lineagePaths[0])).toEqual([data, run, gone.id, kept.id]);
  });

  it('asks one statement a level and kind for a whole page, not one for each object', async () => {
    const others = await startRegistry();
    try {
      const nodes = await makeNodes(others, 60);
      const of = (kind: string) => nodes.filter((node) => kindOf(node) === kind);
      const [datasets, runs, versions] = ['DATASET', 'RUN', 'MODEL_VERSION'].map(of) as [number[], number[], number[]];
      const edges = runs.flatMap((run, index): Claim[] => {
        const common = { origin: 0, since: 1, until: null } as const;
        const [data, version] = [datasets[index] as number, versions[index] as number];
        return [
          { from: data, to: run, ...common },
          { from: run, to: version, ...common },
        ];
      });
      await replaceEdges(others, edges);
      const query = `query($first: Int) { modelVersions(first: $first) { nodes { number
        upstream(limit: 50) { isComplete nodes { depth node { ... on Dataset { name } ... on Run { name } } } edges { from to } } } } }`;
      const counts: number[] = [];
      for (const first of [2, 50]) {
        others.statements.length = 0;
        const { modelVersions } = await others.ask(query, { first });
        expect(modelVersions.nodes).toHaveLength(first);
        for (const { upstream } of modelVersions.nodes) {
          expect(upstream.nodes).toHaveLength(3);
          expect(upstream.edges).toHaveLength(2);
        }
        counts.push(others.statements.length);
      }
      // The page, three levels, of which the last is empty, three kinds of rows, the edges.
      expect(counts).toEqual([8, 8]);
    } finally {
      await others.stop();
    }
  });

  it.each([
    ['a depth below 0', 'lineage(of: $of, depth: -1)', 'depth', 'BAD_USER_INPUT'],
    ['a depth that is too large', 'lineage(of: $of, depth: 101)', 'depth', 'BAD_USER_INPUT'],
    ['a limit of nothing', 'lineage(of: $of, limit: 0)', 'limit', 'BAD_USER_INPUT'],
    ['a limit that is too large', 'lineage(of: $of, limit: 10001)', 'limit', 'BAD_USER_INPUT'],
    ['the future', 'lineage(of: $of, at: "9999-01-01T00:00:00Z")', 'at', 'BAD_USER_INPUT'],
    ['what is no id', 'lineage(of: "nothing")', 'of', 'BAD_USER_INPUT'],
    ['the id of a model', `lineage(of: "${globalId('Model', 1)}")`, 'of', 'BAD_USER_INPUT'],
    ['a dataset that is not there', `lineage(of: "${globalId('Dataset', 99_999)}")`, 'of', 'NOT_FOUND'],
  ])('refuses %s', async (_what, field, argument, code) => {
    const of = await dataset('asked about');
    const query = `query($of: ID!) { ${field} { isComplete } d: dataset(by: { id: $of }) { id } }`;
    expect(errorOf(await registry.send(query, { of }))).toMatchObject({ code, field: argument });
  });

  it.each([
    ['a depth of nothing', 'lineageNodes(of: $of, depth: 0) { totalCount }', 'depth', 'BAD_USER_INPUT'],
    ['a page of nothing', 'lineageNodes(of: $of, first: 0) { totalCount }', 'first', 'BAD_USER_INPUT'],
    [
      'a cursor of another list',
      'lineageNodes(of: $of, after: "WyJydW5zIiwxLDFd") { totalCount }',
      'after',
      'BAD_USER_INPUT',
    ],
    [
      'the future of a page',
      'lineageNodes(of: $of, at: "9999-01-01T00:00:00Z") { totalCount }',
      'at',
      'BAD_USER_INPUT',
    ],
    ['pages of an unknown run', `lineageNodes(of: "${globalId('Run', 99_999)}") { totalCount }`, 'of', 'NOT_FOUND'],
    ['a way to itself', 'lineagePaths(from: $of, to: $of) { nodes { depth } }', 'to', 'BAD_USER_INPUT'],
    [
      'a way of no edges',
      'lineagePaths(from: $of, to: $of, maxDepth: 0) { nodes { depth } }',
      'maxDepth',
      'BAD_USER_INPUT',
    ],
    ['too many ways', 'lineagePaths(from: $of, to: $of, limit: 101) { nodes { depth } }', 'limit', 'BAD_USER_INPUT'],
    [
      'a way to an unknown version',
      `lineagePaths(from: $of, to: "${globalId('ModelVersion', 99_999)}") { nodes { depth } }`,
      'to',
      'NOT_FOUND',
    ],
    ['the impact of a model', `impact(of: "${globalId('Model', 1)}") { totalCount }`, 'of', 'BAD_USER_INPUT'],
    [
      'the impact of an unknown dataset',
      `impact(of: "${globalId('Dataset', 99_999)}") { totalCount }`,
      'of',
      'NOT_FOUND',
    ],
  ])('refuses %s', async (_what, field, argument, code) => {
    const of = await dataset('asked about');
    const query = `query($of: ID!) { ${field} d: dataset(by: { id: $of }) { id } }`;
    expect(errorOf(await registry.send(query, { of }))).toMatchObject({ code, field: argument });
  });
});
