// Which version an input means: the model to take hold of, and the condition that picks the version then.

import { NotFound } from '../../core/errors.ts';
import { pkOf, quoted } from '../../core/ids.ts';
import { exactlyOne } from '../../core/selector.ts';
import { type Sql, sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { ModelBy } from '../models/model.types.ts';
import { parseVersionUri, referenceCondition, type VersionReference } from './version.reference.ts';
import type { ModelVersionBy } from './version.types.ts';

export interface VersionSelection {
  readonly model: ModelBy | { readonly pk: number };
  /** On a live version `v` of that model, once its row number is known; of several the highest number is meant. */
  readonly condition: (modelPk: number) => Sql;
  /** For the error, where there is none. */
  readonly description: string;
}

/** @throws Invalid for a selector that can name nothing, NotFound */
export async function selectVersion(tx: Transaction, by: ModelVersionBy, field: string): Promise<VersionSelection> {
  const [selector, value] = exactlyOne({ id: by.id, uri: by.uri }, field);
  if (selector === 'uri') {
    const { modelName, reference } = parseVersionUri(value, `${field}.uri`);
    return { model: { name: modelName }, condition: conditionOf(reference), description: quoted(value) };
  }
  const pk = pkOf('ModelVersion', value, `${field}.id`);
  // Read before the model is held: a version never changes its model, and a deleted one never comes back.
  const owner = await tx.first<{ modelPk: number }>(
    sql`SELECT v.modelPk AS modelPk FROM model_versions v WHERE v.pk = ${pk} AND v.deletedAt IS NULL`,
  );
  const description = `with the id ${quoted(value)}`;
  if (!owner) throw new NotFound(`There is no version ${description}.`, field);
  return { model: { pk: owner.modelPk }, condition: () => sql`v.pk = ${pk}`, description };
}

function conditionOf(reference: VersionReference): VersionSelection['condition'] {
  if (!('alias' in reference)) return () => referenceCondition(reference);
  return (modelPk) =>
    sql`v.pk = (SELECT a.versionPk FROM model_aliases a WHERE a.modelPk = ${modelPk} AND a.alias = ${reference.alias} AND a.holds = 1)`;
}
