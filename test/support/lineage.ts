// Graphs of lineage for tests: edges written as rows, and the objects that their nodes stand for.

import { globalId } from '../../src/core/ids.ts';
import { raw, sql } from '../../src/database/sql.ts';
import { LineageEdgeRow } from '../../src/features/lineage/edge.entity.ts';
import { idOf } from '../../src/features/lineage/lineage.nodes.ts';
import { FOREVER } from '../../src/features/tags/tag.service.ts';
import type { Claim, Node } from './lineage-reference.ts';
import type { TestRegistry } from './registry.ts';
import { insertRuns, mutate } from './runs.ts';
import { registerVersion } from './versions.ts';

const SOMEONE = { name: 'tests', isVerified: false };

/** Puts edges in the place of all that there are. */
export async function replaceEdges(registry: TestRegistry, claims: readonly Claim[]): Promise<void> {
  await registry.app.db.maintain(SOMEONE, async (tx) => {
    await tx.execute(raw('DELETE FROM lineage_edges'));
    await tx.insert(
      LineageEdgeRow,
      claims.map(({ from, to, origin, since, until }) => ({
        fromNode: from,
        toNode: to,
        origin,
        since,
        until: until ?? FOREVER,
      })),
    );
  });
}

/** Makes some datasets, runs and versions. @returns their nodes */
export async function makeNodes(registry: TestRegistry, ofEach: number): Promise<Node[]> {
  const nodes: Node[] = [];
  const runs = await insertRuns(
    registry,
    Array.from({ length: ofEach }, (_, index) => ({ name: `run ${index}` })),
  );
  nodes.push(...runs.map(({ pk }) => pk * 4 + 2));
  for (let index = 0; index < ofEach; index++) {
    const { dataset } = await mutate(
      registry,
      'recordDataset',
      { name: `data ${index}`, digest: 'd' },
      'dataset { id }',
    );
    nodes.push(nodeOfId(dataset.id));
    nodes.push(nodeOfId((await registerVersion(registry, 'model')).id));
  }
  return nodes.sort((a, b) => a - b);
}

const CODES: Readonly<Record<string, number>> = { Dataset: 1, Run: 2, ModelVersion: 3 };

export function nodeOfId(id: string): Node {
  const [type = '', pk] = Buffer.from(id, 'base64url').toString().split(':');
  return Number(pk) * 4 + (CODES[type] ?? Number.NaN);
}

export { idOf };

/** Runs, many at once: rows as they are, without what else a run has. @returns the ids of the first and the last */
export async function insertManyRuns(registry: TestRegistry, count: number): Promise<void> {
  await insertRuns(registry, [{ name: 'the first' }]);
  await registry.app.db.maintain(SOMEONE, async (tx) => {
    const [first] = await tx.query<Record<string, string | number | null>>(sql`SELECT * FROM runs LIMIT 1`);
    const { Run } = await import('../../src/features/runs/run.entity.ts');
    const rows = Array.from({ length: count - 1 }, (_, index) => {
      const { pk: _pk, ...rest } = first ?? {};
      return { ...rest, runId: (index + 1).toString(16).padStart(32, '0') };
    });
    await tx.insert(Run, rows);
  });
}

export const datasetId = (pk: number): string => globalId('Dataset', pk);
