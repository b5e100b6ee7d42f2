// What gates are judged by: read inside the transaction that promotes, once it holds the model.

import { SPECIAL } from '../../database/filters.ts';
import { join, name, type Sql, sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import { Stage } from '../models/stage.types.ts';
import type { LockedVersion } from '../versions/version.service.ts';
import type { PromotionGate } from './gate.entity.ts';

/** The latest values of metrics of a version's run, by key; NaN and the infinities as JavaScript has them. */
export type LatestValues = ReadonlyMap<string, number>;

export interface Evidence {
  /** For messages: `churn/3`. */
  readonly modelName: string;
  readonly hasRun: boolean;
  readonly values: LatestValues;
  /** The versions now in the stage, by number. */
  readonly current: readonly { readonly number: number; readonly values: LatestValues }[];
  readonly tags: ReadonlyMap<string, string>;
  /** Every stage that the version has been in, the one it is in included. */
  readonly stages: ReadonlySet<Stage>;
}

const NUMBER_OF_SPECIAL = new Map<number, number>([
  [SPECIAL.nan, Number.NaN],
  [SPECIAL.negativeInfinity, Number.NEGATIVE_INFINITY],
  [SPECIAL.positiveInfinity, Number.POSITIVE_INFINITY],
]);

/** A version with one of its metrics, or with nulls where it has none of those that were asked for. */
interface MetricOfVersion {
  readonly pk: number;
  readonly number: number;
  readonly key: string | null;
  readonly special: number;
  readonly value: number;
}

/**
 * Reads what some gates of a stage ask about, in at most three statements. Whoever changes the version, its tags or
 * the holders of the stage waits for the model; points are logged without it, so that all values that are compared
 * with one another are read in one statement, and are those of one moment.
 */
export async function readEvidence(
  tx: Transaction,
  { model, version }: LockedVersion,
  to: Stage,
  gates: readonly PromotionGate[],
): Promise<Evidence> {
  const metrics = await readMetrics(tx, { version, to }, gates);
  const byVersion = Map.groupBy(metrics, (row) => row.pk);
  const valuesOf = (pk: number): LatestValues => latestValues(byVersion.get(pk) ?? []);
  const current = [...byVersion.values()].flatMap(([row]) => (row && row.pk !== version.pk ? [row] : []));
  return {
    modelName: model.name,
    hasRun: version.runPk !== null,
    values: valuesOf(version.pk),
    current: current.map(({ pk, number }) => ({ number, values: valuesOf(pk) })).sort((a, b) => a.number - b.number),
    tags: await readTags(tx, version.pk, gates),
    stages: await readStages(tx, version, gates),
  };
}

async function readMetrics(
  tx: Transaction,
  { version, to }: { readonly version: LockedVersion['version']; readonly to: Stage },
  gates: readonly PromotionGate[],
): Promise<MetricOfVersion[]> {
  const metrics = gates.flatMap(({ metric }) => metric ?? []);
  const relative = metrics.filter((metric) => metric.relativeToCurrent);
  if (metrics.length === 0) return [];
  const select = (keys: readonly string[], which: Sql) =>
    sql`SELECT v.pk AS pk, v.number AS number, x.key AS ${name('key')}, x.special AS special, x.value AS value FROM model_versions v LEFT JOIN metrics x ON x.runPk = v.runPk AND ${tx.dialect.inList(sql`x.key`, [...new Set(keys)])} WHERE ${which}`;
  const selects = [select(keysOf(metrics), sql`v.pk = ${version.pk}`)];
  if (relative.length > 0) {
    const isCurrent = sql`v.modelPk = ${version.modelPk} AND v.stageName = ${to} AND v.deletedAt IS NULL`;
    selects.push(select(keysOf(relative), isCurrent));
  }
  return tx.query<MetricOfVersion>(join(selects, ' UNION ALL '));
}

async function readTags(
  tx: Transaction,
  versionPk: number,
  gates: readonly PromotionGate[],
): Promise<ReadonlyMap<string, string>> {
  const required = gates.flatMap(({ requiredTag }) => requiredTag ?? []);
  if (required.length === 0) return new Map();
  const rows = await tx.query<{ key: string; value: string }>(
    sql`SELECT t.key AS ${name('key')}, t.value AS ${name('value')} FROM version_tags t WHERE t.versionPk = ${versionPk} AND t.holds = 1 AND ${tx.dialect.inList(sql`t.key`, [...new Set(keysOf(required))])}`,
  );
  return new Map(rows.map(({ key, value }) => [key, value]));
}

async function readStages(
  tx: Transaction,
  { pk, stageName }: LockedVersion['version'],
  gates: readonly PromotionGate[],
): Promise<ReadonlySet<Stage>> {
  // Every version began in NONE, which leaves no row.
  const known = [Stage.NONE, stageName];
  if (gates.every(({ requiredPriorStage }) => requiredPriorStage === null)) return new Set(known);
  const rows = await tx.query<{ stage: Stage }>(
    sql`SELECT DISTINCT s.toStage AS stage FROM stage_changes s WHERE s.versionPk = ${pk}`,
  );
  return new Set([...known, ...rows.map(({ stage }) => stage)]);
}

function latestValues(rows: readonly MetricOfVersion[]): LatestValues {
  return new Map(
    rows.flatMap(({ key, special, value }) =>
      key === null ? [] : [[key, NUMBER_OF_SPECIAL.get(special) ?? value] as const],
    ),
  );
}

function keysOf(keyed: readonly { readonly key: string }[]): string[] {
  return keyed.map(({ key }) => key);
}
