// Brings in many versions at once, with the numbers and times that they have elsewhere.

import { type Sql, sql } from '../../database/sql.ts';
import type { Row, Transaction } from '../../database/transaction.ts';
import type { LineageRecordService } from '../lineage/lineage-record.service.ts';
import type { Model } from '../models/model.entity.ts';
import type { ModelImportService } from '../models/model-import.service.ts';
import { FOREVER } from '../tags/tag.service.ts';
import type { TagInput } from '../tags/tag.types.ts';
import { ModelVersion, ModelVersionStatus, VersionTag } from './version.entity.ts';
import { versionDeleted, versionRegistered } from './version.events.ts';
import { edgesFromRuns, newVersion, versionRow } from './version.rows.ts';

/** A version as its tracker knows it, already checked. Its stage comes after it. */
export interface VersionToImport {
  readonly modelPk: number;
  readonly number: number;
  readonly status: keyof typeof ModelVersionStatus;
  readonly statusMessage: string | null;
  readonly description: string | null;
  readonly source: string | null;
  readonly runId: string | null;
  readonly createdBy: string | null;
  readonly tags: readonly TagInput[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
}

/**
 * What became of a version. It is left out where another one, made at another time, has its number (`NUMBER_TAKEN`), and
 * where its model was deleted here (`MODEL_DELETED`).
 */
export type VersionLanding =
  | {
      readonly outcome: 'NEW';
      readonly model: Model;
      readonly version: ModelVersion;
      /** Whether it names a run that is not here. */
      readonly lacksRun: boolean;
    }
  | { readonly outcome: 'THERE_ALREADY' | 'NUMBER_TAKEN' | 'MODEL_DELETED' };

export class VersionImportService {
  constructor(
    private readonly models: ModelImportService,
    private readonly lineage: LineageRecordService,
  ) {}

  /**
   * Adds those whose numbers their models do not have yet, and records them at the time of the import; the others stay
   * as they are. The models' next numbers come after all of them. Deleted ones come as tombstones, recorded as registered
   * and as deleted. All are in no stage.
   * @returns what became of each, in their order
   */
  async add(tx: Transaction, versions: readonly VersionToImport[]): Promise<VersionLanding[]> {
    const known = await this.find(tx, versions);
    const wanted = versions.filter((version) => !known.has(placeOf(version)));
    const models = await this.models.hold(tx, [...new Set(wanted.map((version) => version.modelPk))]);
    const fresh = wanted.filter((version) => models.has(version.modelPk));
    const runs = await holdRuns(tx, fresh);
    await tx.insert(
      ModelVersion,
      fresh.map((version) => rowOf(tx, version, runs)),
    );
    const added = await this.find(tx, fresh);
    await tx.insert(
      VersionTag,
      fresh.flatMap((version) => tagRows(added.get(placeOf(version)) as ModelVersion, version)),
    );
    await this.lineage.record(tx, edgesFromRuns([...added.values()]));
    await this.raiseModels(tx, [...models.keys()]);
    return versions.map((version): VersionLanding => {
      const holder = known.get(placeOf(version));
      if (holder) return { outcome: holder.createdAt === version.createdAt ? 'THERE_ALREADY' : 'NUMBER_TAKEN' };
      const model = models.get(version.modelPk);
      const row = added.get(placeOf(version));
      if (!model || !row) return { outcome: 'MODEL_DELETED' };
      tx.record({ ...versionRegistered(model, row), at: tx.startedAt });
      if (row.deletedAt !== null) tx.record(versionDeleted(model, row, tx.startedAt));
      return { outcome: 'NEW', model, version: row, lacksRun: version.runId !== null && row.runPk === null };
    });
  }

  /** By model and number; others of these models and numbers may be among them. */
  private async find(
    tx: Transaction,
    versions: readonly Pick<VersionToImport, 'modelPk' | 'number'>[],
  ): Promise<Map<string, ModelVersion>> {
    if (versions.length === 0) return new Map();
    const { inList } = tx.dialect;
    const modelPks = [...new Set(versions.map((version) => version.modelPk))];
    const numbers = [...new Set(versions.map((version) => version.number))];
    const rows = await tx.query<ModelVersion>(
      sql`SELECT v.* FROM model_versions v WHERE ${inList(sql`v.modelPk`, modelPks)} AND ${inList(sql`v.number`, numbers)}`,
    );
    return new Map(rows.map((row) => [placeOf(row), ModelVersion.from(row)]));
  }

  /** What versions that came in make of their models. */
  private async raiseModels(tx: Transaction, pks: readonly number[]): Promise<void> {
    if (pks.length === 0) return;
    const { greatest, inList } = tx.dialect;
    const ofVersions = (aggregate: Sql) =>
      sql`(SELECT COALESCE(${aggregate}, 0) FROM model_versions v WHERE v.modelPk = models.pk)`;
    await tx.execute(
      sql`UPDATE models SET lastNumber = ${greatest(sql`lastNumber`, ofVersions(sql`MAX(v.number)`))}, changedAt = ${greatest(sql`changedAt`, ofVersions(sql`MAX(v.updatedAt)`))} WHERE ${inList(sql`pk`, pks)}`,
    );
  }
}

function placeOf({ modelPk, number }: Pick<VersionToImport, 'modelPk' | 'number'>): string {
  return `${modelPk} ${number}`;
}

function rowOf(tx: Transaction, version: VersionToImport, runs: ReadonlyMap<string, number>): Row {
  const { modelPk, number, statusMessage, description, source, runId, createdAt, updatedAt, deletedAt } = version;
  return versionRow(
    newVersion({
      modelPk,
      number,
      status: ModelVersionStatus[version.status],
      statusMessage,
      description,
      source,
      runPk: runId === null ? null : (runs.get(runId) ?? null),
      createdAt,
      createdByName: version.createdBy ?? tx.actor.name,
      updatedAt,
      deletedAt,
    }),
  );
}

/** Tags hold from the creation of their version on, since nothing is known of their past. */
function tagRows({ pk, createdAt }: ModelVersion, { tags }: VersionToImport): Row[] {
  return tags.map(({ key, value }) => ({ versionPk: pk, key, value, since: createdAt, until: FOREVER, holds: 1 }));
}

/** Keeps the runs of versions from being deleted while the versions come in. @returns row numbers by run id */
async function holdRuns(tx: Transaction, versions: readonly VersionToImport[]): Promise<Map<string, number>> {
  const runIds = [...new Set(versions.flatMap(({ runId }) => runId ?? []))];
  if (runIds.length === 0) return new Map();
  const isOneOfThem = tx.dialect.inList(sql`runId`, runIds);
  await tx.execute(sql`UPDATE runs SET batches = batches + 1 WHERE ${isOneOfThem} AND deletedAt IS NULL`);
  const rows = await tx.query<{ pk: number; runId: string }>(sql`SELECT pk, runId FROM runs WHERE ${isOneOfThem}`);
  return new Map(rows.map(({ pk, runId }) => [runId, pk]));
}
