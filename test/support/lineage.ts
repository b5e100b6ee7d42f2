// Graphs of lineage for tests: edges written as rows, and the objects that their nodes stand for.

import { raw, sql } from '../../src/database/sql.ts';
import type { Row } from '../../src/database/transaction.ts';
import { Dataset } from '../../src/features/datasets/dataset.entity.ts';
import { LineageEdgeRow } from '../../src/features/lineage/edge.entity.ts';
import { idOf } from '../../src/features/lineage/lineage.nodes.ts';
import { Run } from '../../src/features/runs/run.entity.ts';
import { FOREVER } from '../../src/features/tags/tag.service.ts';
import { ModelVersion } from '../../src/features/versions/version.entity.ts';
import type { Claim, Node } from './lineage-reference.ts';
import type { TestRegistry } from './registry.ts';
import { insertRuns } from './runs.ts';
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

/** Makes as many datasets, runs and versions of the model `model`. @returns their nodes, ascending */
export async function makeNodes(registry: TestRegistry, ofEach: number): Promise<Node[]> {
  const numbers = Array.from({ length: ofEach }, (_, index) => index + 1);
  const runs = await insertRuns(
    registry,
    numbers.map((number) => ({ name: `run ${number}` })),
  );
  await registerVersion(registry, 'model');
  const versions = await registry.app.db.maintain(SOMEONE, async (tx) => {
    await tx.insert(
      Dataset,
      numbers.map((number) => ({ name: `data ${number}`, digest: 'd', sequence: 1, createdAt: 1 })),
    );
    const [first] = await tx.query<ModelVersion>(sql`SELECT * FROM model_versions WHERE number = 1`);
    const { pk: _pk, ...columns } = first ?? {};
    const rows = numbers.slice(1).map((number) => ({ ...columns, number }));
    await tx.insert(ModelVersion, rows);
    return tx.query<{ pk: number }>(sql`SELECT pk FROM model_versions`);
  });
  const datasets = await registry.app.db.read<{ pk: number }>(sql`SELECT pk FROM datasets`);
  return [
    ...datasets.map(({ pk }) => pk * 4 + 1),
    ...runs.map(({ pk }) => pk * 4 + 2),
    ...versions.map(({ pk }) => pk * 4 + 3),
  ].sort((a, b) => a - b);
}

const CODES: Readonly<Record<string, number>> = { Dataset: 1, Run: 2, ModelVersion: 3 };

export function nodeOfId(id: string): Node {
  const [type = '', pk] = Buffer.from(id, 'base64url').toString().split(':');
  return Number(pk) * 4 + (CODES[type] ?? Number.NaN);
}

export { idOf };

/** Many runs, of which nothing matters but that they are there. @returns their nodes */
export async function insertManyRuns(registry: TestRegistry, count: number): Promise<Node[]> {
  const [first] = await insertRuns(registry, [{ name: 'one of many' }]);
  return registry.app.db.maintain(SOMEONE, async (tx) => {
    const [row] = await tx.query<Row>(sql`SELECT * FROM runs WHERE pk = ${first?.pk ?? 0}`);
    const { pk: _pk, ...columns } = row ?? {};
    await tx.insert(
      Run,
      Array.from({ length: count - 1 }, (_, index) => ({ ...columns, runId: index.toString(16).padStart(32, '0') })),
    );
    const rows = await tx.query<{ pk: number }>(sql`SELECT pk FROM runs WHERE name = ${'one of many'} ORDER BY pk`);
    return rows.map(({ pk }) => pk * 4 + 2);
  });
}
