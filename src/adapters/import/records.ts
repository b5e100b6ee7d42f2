// What a tracker's store holds, as typed records that know neither its file layout nor our tables. Times are epoch milliseconds.

export type ImportedRunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';
export type ImportedVersionStatus = 'PENDING' | 'READY' | 'FAILED';
export type ImportedStage = 'NONE' | 'STAGING' | 'PRODUCTION' | 'ARCHIVED';
export type SpecialValue = 'NAN' | 'POSITIVE_INFINITY' | 'NEGATIVE_INFINITY';

/** A key and its text: a tag or a param. Keys are unique within their owner. */
export interface ImportedEntry {
  readonly key: string;
  readonly value: string;
}

export interface ImportedExperiment {
  /** The id that the source knows it by; runs refer to it. */
  readonly sourceId: string;
  /** Unique in the store: a name that two workspaces share carries the workspace of the second one. */
  readonly name: string;
  readonly description: string | null;
  readonly artifactLocation: string | null;
  readonly tags: readonly ImportedEntry[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
}

export interface ImportedDataset {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string | null;
  readonly source: string | null;
  readonly schema: string | null;
  readonly profile: string | null;
}

/** A dataset that a run read; the dataset itself comes among the store's datasets. */
export interface ImportedRunInput {
  readonly name: string;
  readonly digest: string;
  readonly context: string | null;
}

/** A dataset that a run made; the dataset itself comes among the store's datasets. */
export interface ImportedRunOutput {
  readonly name: string;
  readonly digest: string;
}

/** The code that a run executed. At least one part is set. */
export interface ImportedRunSource {
  readonly gitCommit: string | null;
  readonly gitRepository: string | null;
  readonly entryPoint: string | null;
  readonly notebook: string | null;
}

export interface ImportedRun {
  /** 32 hexadecimal digits. */
  readonly runId: string;
  /** `sourceId` of an experiment that the store has yielded. */
  readonly experimentId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly status: ImportedRunStatus;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly deletedAt: number | null;
  /** Deleted by the deletion of its experiment, so restoring that brings it back. */
  readonly deletedWithExperiment: boolean;
  readonly createdBy: string | null;
  readonly source: ImportedRunSource | null;
  readonly artifactUri: string | null;
  /** Its parent may come in a later batch, or be missing from the store. */
  readonly parentRunId: string | null;
  readonly params: readonly ImportedEntry[];
  readonly tags: readonly ImportedEntry[];
  readonly inputs: readonly ImportedRunInput[];
  readonly outputs: readonly ImportedRunOutput[];
}

/** A metric's value; `value` is 0 where it is special. */
export interface MetricValue {
  readonly value: number;
  readonly special: SpecialValue | null;
}

export interface ImportedPoint extends MetricValue {
  readonly runId: string;
  readonly key: string;
  readonly step: number;
  readonly at: number;
}

export interface ImportedModel {
  /** Unique in the store, as an experiment's. */
  readonly name: string;
  readonly description: string | null;
  readonly tags: readonly ImportedEntry[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ImportedVersion {
  readonly modelName: string;
  readonly number: number;
  readonly status: ImportedVersionStatus;
  readonly statusMessage: string | null;
  /** The stage it is in now; the source has no history of it. */
  readonly stage: ImportedStage;
  readonly description: string | null;
  readonly source: string | null;
  /** The run that made it; it may be missing from the store. */
  readonly runId: string | null;
  readonly createdBy: string | null;
  readonly tags: readonly ImportedEntry[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
}

export interface ImportedAlias {
  readonly modelName: string;
  readonly alias: string;
  readonly number: number;
}
