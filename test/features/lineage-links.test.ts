// What is linked by hand: rules, times, events, and how it lies beside what is recorded.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { globalId } from '../../src/core/ids.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate, refused, startRun } from '../support/runs.ts';
import { headOf } from '../support/subscriber.ts';
import { registerVersion } from '../support/versions.ts';

const START = Date.parse('2026-05-01T00:00:00Z');
const at = (ms: number) => new Date(START + ms).toISOString();
const EDGE = 'edge { from to relation createdAt removedAt }';

describe('links', () => {
  const clock = new ManualClock(START);
  let registry: TestRegistry;
  let data: string;
  let other: string;
  let run: string;
  let version: string;
  let next: string;
  beforeAll(async () => {
    registry = await startRegistry({ clock });
  });
  afterAll(() => registry.stop());
  let count = 0;
  beforeEach(async () => {
    clock.time = START;
    count++;
    const record = async (name: string) =>
      (await mutate(registry, 'recordDataset', { name: `${name} ${count}`, digest: '1' }, 'dataset { id }')).dataset.id;
    data = await record('data');
    other = await record('other');
    run = (await startRun(registry)).id;
    version = (await registerVersion(registry, `model ${count}`)).id;
    next = (await registerVersion(registry, `model ${count}`)).id;
  });

  const link = async (from: string, to: string, relation: string, more = {}) =>
    (await mutate(registry, 'linkLineage', { from, to, relation, ...more }, EDGE)).edge;
  const unlink = async (from: string, to: string, relation: string, more = {}) =>
    (await mutate(registry, 'unlinkLineage', { from, to, relation, ...more }, EDGE)).edge;
  const eventsAfter = async (after: string) =>
    (
      await registry.ask(
        `query($after: String) { events(after: $after) { nodes { type subject at
          ... on LineageLinked { edge { from to relation createdAt removedAt } }
          ... on LineageUnlinked { edge { from to relation createdAt removedAt } } } } }`,
        { after },
      )
    ).events.nodes;
  const upstream = async (of: string, when?: string) =>
    (
      await registry.ask(
        `query($of: ID!, $at: DateTime) { lineage(of: $of, direction: UPSTREAM, at: $at) { ${EDGE.replace('edge', 'edges')} } }`,
        { of, at: when },
      )
    ).lineage.edges;

  it('lead from data or versions to runs, from runs to what they made, and between two of a kind', async () => {
    const links: [string, string, string][] = [
      [data, run, 'USED'],
      [version, run, 'USED'],
      [run, next, 'PRODUCED'],
      [run, other, 'PRODUCED'],
      [data, other, 'DERIVED_FROM'],
      [version, next, 'DERIVED_FROM'],
      // Cycles are no business of the registry's.
      [other, data, 'DERIVED_FROM'],
    ];
    for (const [from, to, relation] of links) {
      const edge = { from, to, relation, createdAt: at(0), removedAt: null };
      expect(await link(from, to, relation)).toEqual(edge);
    }
    expect(await upstream(data)).toHaveLength(links.length - 2);
  });

  it('are told of by events about what they lead to: a run, a dataset, or the model of a version', async () => {
    const head = await headOf(registry);
    await link(data, run, 'USED');
    await link(run, other, 'PRODUCED');
    await link(run, version, 'PRODUCED');
    await link(run, version, 'PRODUCED');
    clock.time = START + 5;
    await unlink(run, version, 'PRODUCED');
    const { node } = await registry.ask('query($id: ID!) { node(id: $id) { ... on ModelVersion { model { id } } } }', {
      id: version,
    });
    const edge = (from: string, to: string, relation: string, removedAt: string | null = null) => ({
      edge: { from, to, relation, createdAt: at(0), removedAt },
    });
    expect(await eventsAfter(head)).toEqual([
      { type: 'LINEAGE_LINKED', subject: run, at: at(0), ...edge(data, run, 'USED') },
      { type: 'LINEAGE_LINKED', subject: other, at: at(0), ...edge(run, other, 'PRODUCED') },
      { type: 'LINEAGE_LINKED', subject: node.model.id, at: at(0), ...edge(run, version, 'PRODUCED') },
      { type: 'LINEAGE_UNLINKED', subject: node.model.id, at: at(5), ...edge(run, version, 'PRODUCED', at(5)) },
    ]);
  });

  it('are repeated without effect, unlinked once, and linked again as another time', async () => {
    await link(data, other, 'DERIVED_FROM');
    clock.time = START + 10;
    expect(await link(data, other, 'DERIVED_FROM')).toMatchObject({ createdAt: at(0) });
    expect(await unlink(data, other, 'DERIVED_FROM')).toMatchObject({ createdAt: at(0), removedAt: at(10) });
    expect(await upstream(other)).toEqual([]);
    const gone = await refused(registry, 'unlinkLineage', { from: data, to: other, relation: 'DERIVED_FROM' });
    expect(gone).toMatchObject({ code: 'NOT_FOUND' });
    clock.time = START + 20;
    expect(await link(data, other, 'DERIVED_FROM')).toMatchObject({ createdAt: at(20), removedAt: null });
    const shown = async (when: number) =>
      (await upstream(other, at(when))).map(({ createdAt }: { createdAt: string }) => createdAt);
    expect(await shown(9)).toEqual([at(0)]);
    expect(await shown(10)).toEqual([]);
    expect(await shown(20)).toEqual([at(20)]);
  });

  it('hold for an instant at least, however fast they are unlinked', async () => {
    for (let round = 0; round < 3; round++) {
      await link(data, other, 'DERIVED_FROM');
      await unlink(data, other, 'DERIVED_FROM');
    }
    clock.time = START + 100;
    const held = await Promise.all([0, 1, 2, 3].map(async (ms) => (await upstream(other, at(ms))).length));
    expect(held).toEqual([1, 1, 1, 0]);
  });

  it('lie beside what is recorded: unlinking ends the link, and the recorded edge goes on', async () => {
    await mutate(registry, 'logInputs', { run, inputs: [{ dataset: data }] }, 'run { id }');
    const refusal = await refused(registry, 'unlinkLineage', { from: data, to: run, relation: 'USED' });
    expect(refusal).toMatchObject({ code: 'CONFLICT' });
    expect(refusal.message).toMatch(/only what `linkLineage` made/);
    clock.time = START + 10;
    const head = await headOf(registry);
    expect(await link(data, run, 'USED')).toMatchObject({ createdAt: at(0), removedAt: null });
    clock.time = START + 20;
    expect(await unlink(data, run, 'USED')).toMatchObject({ createdAt: at(0), removedAt: null });
    expect(await upstream(run)).toHaveLength(1);
    expect((await eventsAfter(head)).map(({ type }: { type: string }) => type)).toEqual([
      'LINEAGE_LINKED',
      'LINEAGE_UNLINKED',
    ]);
    expect(await refused(registry, 'unlinkLineage', { from: data, to: run, relation: 'USED' })).toMatchObject({
      code: 'CONFLICT',
    });
  });

  it('stay linked where they are recorded afterwards, and the edge outlasts the link', async () => {
    await link(data, run, 'USED');
    clock.time = START + 10;
    await mutate(registry, 'logInputs', { run, inputs: [{ dataset: data }] }, 'run { id }');
    clock.time = START + 20;
    expect(await unlink(data, run, 'USED')).toMatchObject({ createdAt: at(0), removedAt: null });
    expect(await upstream(run, at(5))).toHaveLength(1);
    expect(await upstream(run)).toHaveLength(1);
  });

  it('give a retry with the same key the first result, and refuse another input under it', async () => {
    const key = { idempotencyKey: 'once' };
    const head = await headOf(registry);
    const first = await link(data, run, 'USED', key);
    expect(await link(data, run, 'USED', key)).toEqual(first);
    expect(await refused(registry, 'linkLineage', { from: other, to: run, relation: 'USED', ...key })).toMatchObject({
      code: 'CONFLICT',
      field: 'input.idempotencyKey',
    });
    clock.time = START + 10;
    const ended = await unlink(data, run, 'USED', key);
    clock.time = START + 20;
    await link(data, run, 'USED');
    // The same input under the same key has its first outcome: the link stays.
    expect(await unlink(data, run, 'USED', key)).toMatchObject({ createdAt: at(20), removedAt: null });
    expect(ended.removedAt).toBe(at(10));
    expect((await eventsAfter(head)).map(({ type }: { type: string }) => type)).toEqual([
      'LINEAGE_LINKED',
      'LINEAGE_UNLINKED',
      'LINEAGE_LINKED',
    ]);
  });

  it('are made once by several who link at the same time', async () => {
    const head = await headOf(registry);
    await Promise.all(Array.from({ length: 8 }, () => link(data, run, 'USED')));
    expect(await eventsAfter(head)).toHaveLength(1);
    expect(await upstream(run)).toHaveLength(1);
  });

  it.each([
    ['an edge to itself', () => [data, data, 'DERIVED_FROM'], 'BAD_USER_INPUT', 'input.to'],
    ['an edge from data to a version', () => [data, version, 'PRODUCED'], 'BAD_USER_INPUT', 'input.to'],
    ['an edge from run to run', () => [run, globalId('Run', 1), 'DERIVED_FROM'], 'BAD_USER_INPUT', 'input.to'],
    ['another relation', () => [data, run, 'PRODUCED'], 'BAD_USER_INPUT', 'input.relation'],
    ['what is no id', () => ['data', run, 'USED'], 'BAD_USER_INPUT', 'input.from'],
    ['the id of a model', () => [data, globalId('Model', 1), 'USED'], 'BAD_USER_INPUT', 'input.to'],
    ['a dataset that is not there', () => [globalId('Dataset', 99_999), run, 'USED'], 'NOT_FOUND', 'input.from'],
    ['a run that is not there', () => [data, globalId('Run', 99_999), 'USED'], 'NOT_FOUND', 'input.to'],
    ['a version that is not there', () => [run, globalId('ModelVersion', 99_999), 'PRODUCED'], 'NOT_FOUND', 'input.to'],
  ] as const)('refuse %s', async (_what, ends, code, field) => {
    const [from, to, relation] = ends();
    expect(await refused(registry, 'linkLineage', { from, to, relation })).toMatchObject({ code, field });
    const unlinking = await refused(registry, 'unlinkLineage', { from, to, relation });
    expect(unlinking.code).toBe(code);
  });

  it('are not made to or from what was deleted, and are unlinked all the same', async () => {
    await link(run, version, 'PRODUCED');
    await mutate(registry, 'deleteModel', { model: { name: `model ${count}` } }, 'deletedId');
    await mutate(registry, 'deleteRun', { run }, 'deletedId');
    const to = await refused(registry, 'linkLineage', { from: data, to: run, relation: 'USED' });
    expect(to).toMatchObject({ code: 'NOT_FOUND', field: 'input.to' });
    const from = await refused(registry, 'linkLineage', { from: run, to: data, relation: 'PRODUCED' });
    expect(from).toMatchObject({ code: 'NOT_FOUND', field: 'input.from' });
    clock.time = START + 10;
    expect(await unlink(run, version, 'PRODUCED')).toMatchObject({ removedAt: at(10) });
  });
});
