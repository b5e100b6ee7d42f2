// Finds many datasets at once, inside a transaction, by what identifies them.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { Dataset } from './dataset.entity.ts';

export type DatasetIdentity = Pick<Dataset, 'name' | 'digest'>;

/** The row numbers of those that are here, by {@link datasetKey}. */
export async function findDatasets(tx: Transaction, sought: readonly DatasetIdentity[]): Promise<Map<string, number>> {
  if (sought.length === 0) return new Map();
  const { inList } = tx.dialect;
  const names = [...new Set(sought.map(({ name }) => name))];
  const digests = [...new Set(sought.map(({ digest }) => digest))];
  const rows = await tx.query<DatasetIdentity & Pick<Dataset, 'pk'>>(
    sql`SELECT d.pk AS pk, d.name AS name, d.digest AS digest FROM datasets d WHERE ${inList(sql`d.name`, names)} AND ${inList(sql`d.digest`, digests)}`,
  );
  return new Map(rows.map((row) => [datasetKey(row), row.pk]));
}

export function datasetKey({ name, digest }: DatasetIdentity): string {
  return JSON.stringify([name, digest]);
}
