// Batched loads of versions and what hangs on them.

import { BatchedByArguments, batched, inOrderOf } from '../../core/batching.ts';
import type { RequestContext } from '../../core/context.ts';
import type { Columns } from '../../core/needed-columns.ts';
import type { ForwardPageArgs, Page } from '../../core/pagination.ts';
import type { Tag } from '../tags/tag.types.ts';
import type { ModelVersion } from './version.entity.ts';
import type { VersionQueries } from './version.queries.ts';
import type { VersionReference } from './version.reference.ts';
import type { VersionListArgs } from './version.types.ts';

export class VersionLoaders {
  constructor(private readonly queries: VersionQueries) {}

  /** By row number, tombstones included. */
  readonly byPk = batched<number, ModelVersion | undefined>(async (pks) =>
    inOrderOf(pks, await this.queries.byPks(pks), (version) => version.pk),
  );

  /** The live version of a model that a reference picks. */
  readonly ofModelByReference = new BatchedByArguments<VersionReference, number, ModelVersion | undefined>(
    (reference, modelPks) => this.queries.byReference(reference, modelPks),
  );

  /** A page of a model's versions, with some of their columns. */
  readonly ofModel = new BatchedByArguments<[VersionListArgs, Columns], number, Page<ModelVersion>>(
    ([args, columns], modelPks) => this.queries.ofModels(args, columns, modelPks),
  );

  /** A page of the versions that a run made. */
  readonly ofRun = new BatchedByArguments<ForwardPageArgs, number, Page<ModelVersion>>((args, runPks) =>
    this.queries.ofRuns(args, runPks),
  );

  readonly tags = new BatchedByArguments<number | null, number, Tag[]>((at, pks) => this.queries.tags(pks, at));
}

/** A version that is known to exist. */
export async function loadVersion(context: RequestContext, pk: number): Promise<ModelVersion> {
  const [version] = await loadVersions(context, [pk]);
  return version as ModelVersion;
}

/** Versions that are known to exist, in the order of their row numbers. */
export async function loadVersions({ loaders }: RequestContext, pks: readonly number[]): Promise<ModelVersion[]> {
  const versions = await loaders.of(VersionLoaders).byPk.loadAll(pks);
  return versions.map((version, index) => {
    if (!version) throw new Error(`The version with the row number ${pks[index]} is gone.`);
    return version;
  });
}
