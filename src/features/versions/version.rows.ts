// The rows that versions are made of, for who registers one and for who brings in many.

import type { Row } from '../../database/transaction.ts';
import { LineageKind } from '../lineage/lineage.types.ts';
import type { RecordedEdge } from '../lineage/lineage-record.service.ts';
import { Stage } from '../models/stage.types.ts';
import { ModelVersion, ModelVersionStatus } from './version.entity.ts';

/** What a new version must know; everything else has a default. */
export interface NewVersion extends Partial<Omit<ModelVersion, 'pk' | 'id' | 'createdBy'>> {
  readonly modelPk: number;
  readonly number: number;
  readonly createdAt: number;
  readonly createdByName: string;
}

/** A version that is not stored yet: its columns, all of them but the generated key. */
export function newVersion(values: NewVersion): ModelVersion {
  return ModelVersion.from({
    stageName: Stage.NONE,
    status: ModelVersionStatus.READY,
    statusMessage: null,
    description: null,
    source: null,
    runPk: null,
    revision: 1,
    updatedAt: values.createdAt,
    deletedAt: null,
    ...values,
  });
}

/** The columns of a new version, for `Transaction.insert`. */
export function versionRow(version: ModelVersion): Row {
  return { ...(version as unknown as Row) };
}

/** The edges from runs to the versions that they made. */
export function edgesFromRuns(versions: readonly ModelVersion[]): RecordedEdge[] {
  return versions.flatMap(({ pk, runPk, createdAt }) => {
    if (runPk === null) return [];
    return { from: { kind: LineageKind.RUN, pk: runPk }, to: { kind: LineageKind.MODEL_VERSION, pk }, createdAt };
  });
}
