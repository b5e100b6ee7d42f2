// The edges of an import that lead to datasets, which records name by name and digest.

import type { Transaction } from '../../database/transaction.ts';
import type { FeatureImports } from '../../features/feature-imports.ts';
import { LineageKind, type LineageRef } from '../../features/lineage/lineage.types.ts';

export interface EdgeToDataset {
  readonly from: LineageRef;
  readonly to: { readonly name: string; readonly digest: string };
  readonly createdAt: number;
}

/** Adds edges to datasets that are here; one that is there already changes nothing. @returns how many were added */
export async function linkToDatasets(
  { datasets, lineage }: Pick<FeatureImports, 'datasets' | 'lineage'>,
  tx: Transaction,
  relation: 'PRODUCED' | 'DERIVED_FROM',
  edges: readonly EdgeToDataset[],
): Promise<number> {
  if (edges.length === 0) return 0;
  const pks = await datasets.pksOf(
    tx,
    edges.map(({ to }) => to),
  );
  return lineage.link(
    tx,
    edges.flatMap(({ from, createdAt }, index) => {
      const pk = pks[index];
      return pk === undefined ? [] : { from, to: { kind: LineageKind.DATASET, pk }, relation, createdAt };
    }),
  );
}
