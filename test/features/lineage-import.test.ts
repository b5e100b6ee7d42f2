// Edges that come in bulk: each once, with the time that their tracker knows, in whatever order they arrive.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { raw } from '../../src/database/sql.ts';
import { LineageKind, LineageRelation } from '../../src/features/lineage/lineage.types.ts';
import type { EdgeToImport } from '../../src/features/lineage/lineage-import.service.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const ADA = { name: 'ada', isVerified: false };
const { DATASET, RUN, MODEL_VERSION } = LineageKind;
const { USED, PRODUCED, DERIVED_FROM } = LineageRelation;

describe('imported edges', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  const link = (edges: readonly EdgeToImport[]) =>
    registry.app.db.maintain(ADA, (tx) => registry.app.features.imports.lineage.link(tx, edges));
  const rows = () =>
    registry.app.db.read<{ since: number }>(raw('SELECT * FROM lineage_edges ORDER BY fromNode, toNode'));
  const used = (createdAt: number): EdgeToImport => ({
    from: { kind: DATASET, pk: 1 },
    to: { kind: RUN, pk: 1 },
    relation: USED,
    createdAt,
  });

  it('are added once, and keep the earliest time that is known of them', async () => {
    expect(await link([])).toBe(0);
    expect(await link([used(2_000), used(3_000)])).toBe(1);
    expect(await link([used(2_500)])).toBe(0);
    const made: EdgeToImport = { ...used(5_000), from: used(0).to, to: { kind: DATASET, pk: 2 }, relation: PRODUCED };
    expect(await link([used(1_000), made])).toBe(1);
    expect((await rows()).map(({ since }) => Number(since))).toEqual([1_000, 5_000]);
  });

  it('are written by the thousand', async () => {
    const edges = Array.from({ length: 5_000 }, (_, index): EdgeToImport => {
      return {
        from: { kind: RUN, pk: 7 },
        to: { kind: MODEL_VERSION, pk: index + 1 },
        relation: PRODUCED,
        createdAt: index,
      };
    });
    const before = (await rows()).length;
    expect(await link(edges)).toBe(5_000);
    expect(await link(edges)).toBe(0);
    expect(await rows()).toHaveLength(before + 5_000);
  });

  it.each([
    ['another relation than the two have', { ...used(0), relation: DERIVED_FROM }],
    ['no relation between the two', { ...used(0), from: used(0).to, to: used(0).from, relation: USED }],
    ['itself', { ...used(0), to: used(0).from, relation: DERIVED_FROM }],
  ])('that cannot be are an error of the importer: %s', async (_what, edge) => {
    const before = await rows();
    await expect(link([edge])).rejects.toThrow(/edge/);
    expect(await rows()).toEqual(before);
  });
});
