// The edges of lineage in one table, with those that follow from what was recorded before. Origins of datasets are edges
// from here on, and nothing else.

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, createTable, dropColumn, dropTables } from './ddl.ts';

/** As the program encodes nodes and origins, and the end of what goes on. */
const DATASET = (pk: string) => `(${pk} * 4 + 1)`;
const RUN = (pk: string) => `(${pk} * 4 + 2)`;
const VERSION = (pk: string) => `(${pk} * 4 + 3)`;
const RECORDED = 0;
const FOREVER = Number.MAX_SAFE_INTEGER;

export class CreateLineage1764000000007 implements MigrationInterface {
  readonly name = 'CreateLineage1764000000007';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'lineage_edges', {
      columns: { fromNode: 'bigint', toNode: 'bigint', until: 'bigint', origin: 'ref', since: 'instant' },
      primaryKey: ['fromNode', 'toNode', 'until', 'origin'],
      indexes: { lineage_edges_upstream: ['toNode', 'fromNode', 'since'] },
    });
    await fill(runner, DATASET('inputPk'), RUN('runPk'), "run_inputs WHERE kind = 'DATASET'");
    await fill(runner, VERSION('inputPk'), RUN('runPk'), "run_inputs WHERE kind = 'VERSION'");
    await fill(runner, RUN('runPk'), VERSION('pk'), 'model_versions WHERE runPk IS NOT NULL');
    if (await runner.hasTable('dataset_origins')) {
      await fill(runner, DATASET('originPk'), DATASET('datasetPk'), 'dataset_origins WHERE 1 = 1');
    }
    await dropTables(runner, ['dataset_origins']);
    await addColumn(runner, 'datasets', 'sequence', 'int', 1);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropColumn(runner, 'datasets', 'sequence');
    await createTable(runner, 'dataset_origins', {
      columns: { datasetPk: 'ref', originPk: 'ref', createdAt: 'instant' },
      primaryKey: ['datasetPk', 'originPk'],
      indexes: { dataset_origins_origin: ['originPk'] },
    });
    await runner.query(
      `${insertIgnore(runner)} INTO dataset_origins (datasetPk, originPk, createdAt) SELECT (toNode - 1) / 4, (fromNode - 1) / 4, since FROM lineage_edges WHERE fromNode % 4 = 1 AND toNode % 4 = 1 AND until = ${FOREVER} AND origin = ${RECORDED}`,
    );
    await dropTables(runner, ['lineage_edges']);
  }
}

/** Records an edge for each pair of nodes that rows name, from the earliest of these rows on. */
async function fill(runner: QueryRunner, from: string, to: string, rows: string): Promise<void> {
  await runner.query(
    `${insertIgnore(runner)} INTO lineage_edges (fromNode, toNode, until, origin, since) SELECT ${from}, ${to}, ${FOREVER}, ${RECORDED}, MIN(createdAt) FROM ${rows} GROUP BY ${from}, ${to}`,
  );
}

function insertIgnore(runner: QueryRunner): string {
  return runner.dataSource.options.type === 'better-sqlite3' ? 'INSERT OR IGNORE' : 'INSERT IGNORE';
}
