// What an export reads: runs with what they used and made, datasets, and versions of models.

import type { Run } from '../../features/runs/run.entity.ts';

export interface ExportedDataset {
  readonly kind: 'DATASET';
  readonly pk: number;
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string | null;
  readonly source: string | null;
  readonly schemaText: string | null;
  readonly profile: string | null;
  readonly createdAt: number;
  /** What OpenLineage events said of it; empty where that is nothing. */
  readonly said: string;
}

export interface ExportedVersion {
  readonly kind: 'MODEL_VERSION';
  readonly pk: number;
  readonly modelName: string;
  readonly number: number;
  readonly createdAt: number;
}

/** What runs use and make. */
export type ExportedThing = ExportedDataset | ExportedVersion;

/** Something at the other end of an edge, and when the edge became true. */
export interface Linked {
  readonly thing: ExportedThing;
  readonly since: number;
}

type RunColumns = Pick<
  Run,
  | 'pk'
  | 'runId'
  | 'name'
  | 'description'
  | 'status'
  | 'startedAt'
  | 'endedAt'
  | 'createdByName'
  | 'gitCommit'
  | 'gitRepository'
  | 'entryPoint'
  | 'notebook'
>;

export interface ExportedRun extends RunColumns {
  readonly experimentName: string;
  readonly parent: { readonly runId: string; readonly experimentName: string } | null;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** What OpenLineage events said of it; empty where that is nothing. */
  readonly said: string;
  readonly inputs: readonly Linked[];
  readonly outputs: readonly Linked[];
}

/** Something that was derived from others of its kind, or has no edge at all. */
export interface ExportedDerivation {
  readonly thing: ExportedThing;
  readonly origins: readonly Linked[];
  readonly hasRuns: boolean;
}

/** What is exported: everything, or some nodes of lineage. */
export type ExportScope = 'ALL' | ReadonlySet<number>;

/** What somebody asks for; at most one of them. */
export interface ExportSelection {
  /** The name of an experiment: its runs, and what they used and made. */
  readonly experiment?: string | undefined;
  /** The name of a model: its versions, and all that they rest on. */
  readonly model?: string | undefined;
  /** The id of a dataset, run or version: it, all that it rests on, and all that came of it. */
  readonly of?: string | undefined;
}
