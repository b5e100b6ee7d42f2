// Reads the versions that references pick: of many models at once, and what several references pick in one statement.

import { inOrderOf } from '../../core/batching.ts';
import type { Columns } from '../../core/needed-columns.ts';
import type { Database } from '../../database/database.ts';
import { join, raw, type Sql, sql } from '../../database/sql.ts';
import { type ModelVersion, VERSION_PARTS } from './version.entity.ts';
import { referenceCondition, type VersionReference } from './version.reference.ts';

/** Versions that are wanted of models. */
export interface ReferencedVersions {
  readonly reference: VersionReference;
  /** Which columns of them. */
  readonly of: Columns;
  readonly modelPks: readonly number[];
}

/** For each model the version that is there, in the order of the models. */
type Picked = readonly (ModelVersion | undefined)[];

/** Those that are found among the versions themselves. */
type DirectlyReferenced = ReferencedVersions & { readonly reference: Exclude<VersionReference, { alias: string }> };

/** References of one statement: databases limit how long one may be. */
const MOST_TOGETHER = 16;

/** The live version of each model that each reference picks; where several match, that with the highest number. */
export async function readReferenced(db: Database, wanted: readonly ReferencedVersions[]): Promise<Picked[]> {
  const found = new Map<ReferencedVersions, Picked>();
  const work = wanted.map(async (one) => {
    if ('alias' in one.reference) found.set(one, await readByAlias(db, one.reference.alias, one));
  });
  for (const ofSameModels of Map.groupBy(wanted.filter(isDirect), ({ modelPks }) => modelPks.join()).values()) {
    for (let start = 0; start < ofSameModels.length; start += MOST_TOGETHER) {
      work.push(readTogether(db, ofSameModels.slice(start, start + MOST_TOGETHER), found));
    }
  }
  await Promise.all(work);
  return wanted.map((one) => found.get(one) ?? []);
}

function isDirect(wanted: ReferencedVersions): wanted is DirectlyReferenced {
  return !('alias' in wanted.reference);
}

async function readByAlias(db: Database, alias: string, { of, modelPks }: ReferencedVersions): Promise<Picked> {
  const { columns, hydrate } = partOf([of]);
  const rows = await db.read(
    sql`SELECT ${columns} FROM model_aliases a JOIN model_versions v ON v.pk = a.versionPk WHERE ${db.dialect.inList(sql`a.modelPk`, modelPks)} AND a.alias = ${alias} AND a.holds = 1`,
  );
  return inOrderOf(modelPks, rows.map(hydrate), (version) => version.modelPk);
}

/** What references pick of the same models: for each model and reference, one look into an index. */
async function readTogether(
  db: Database,
  wanted: readonly DirectlyReferenced[],
  found: Map<ReferencedVersions, Picked>,
): Promise<void> {
  const { nestedJoin, inList } = db.dialect;
  const modelPks = wanted[0]?.modelPks ?? [];
  const { columns, hydrate } = partOf(wanted.map(({ of }) => of));
  const references = wanted.map(({ reference }, index) => ({ reference, number: raw(String(index)) }));
  const numbers = references.map(({ number }) => sql`SELECT ${number} AS number`);
  const picks = references.map(({ number, reference }): Sql => {
    const where = sql`v.modelPk = m.pk AND v.deletedAt IS NULL AND ${referenceCondition(reference)}`;
    return sql`WHEN ${number} THEN (SELECT v.pk FROM model_versions v WHERE ${where} ORDER BY v.number DESC LIMIT 1)`;
  });
  const rows = await db.read<{ reference: number }>(
    sql`SELECT wanted.number AS reference, ${columns} FROM models m ${nestedJoin} (${join(numbers, ' UNION ALL ')}) wanted ${nestedJoin} model_versions v ON v.pk = CASE wanted.number ${join(picks, ' ')} END WHERE ${inList(sql`m.pk`, modelPks)}`,
  );
  const byReference = Map.groupBy(rows, (row) => row.reference);
  wanted.forEach((one, index) => {
    const versions = (byReference.get(index) ?? []).map(hydrate);
    found.set(
      one,
      inOrderOf(modelPks, versions, (version) => version.modelPk),
    );
  });
}

/** The columns that any of several wants, and by which versions are told from those of other models. */
function partOf(several: readonly Columns[]) {
  if (several.includes(null)) return VERSION_PARTS.of(null);
  return VERSION_PARTS.of([...new Set(['modelPk', ...several.flatMap((columns) => columns ?? [])])].sort());
}
