// Batched loads of versions and what hangs on them.

import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import { BatchedByArguments, batched, inOrderOf } from '../../core/batching.ts';
import type { RequestContext } from '../../core/context.ts';
import type { Columns } from '../../core/needed-columns.ts';
import type { ForwardPageArgs, Page } from '../../core/pagination.ts';
import type { Tag } from '../tags/tag.types.ts';
import type { ReferencedVersions } from './referenced-versions.ts';
import { type ModelVersion, VERSION_PARTS } from './version.entity.ts';
import type { VersionQueries } from './version.queries.ts';
import type { VersionReference } from './version.reference.ts';
import type { VersionListArgs } from './version.types.ts';

export class VersionLoaders {
  constructor(private readonly queries: VersionQueries) {}

  /** By row number, tombstones included. */
  readonly byPk = batched<number, ModelVersion | undefined>(async (pks) =>
    inOrderOf(pks, await this.queries.byPks(pks), (version) => version.pk),
  );

  /** The live version of a model that a reference picks, with some of its columns. */
  readonly ofModelByReference = new BatchedByArguments<[VersionReference, Columns], number, ModelVersion | undefined>(
    ([reference, of], modelPks) => this.references.load({ reference, of, modelPks }),
  );

  /** What several references pick is read together. */
  private readonly references = new DataLoader<ReferencedVersions, readonly (ModelVersion | undefined)[]>(
    (wanted) => this.queries.byReferences(wanted),
    { cache: false },
  );

  /** A page of a model's versions, with some of their columns. */
  readonly ofModel = new BatchedByArguments<[VersionListArgs, Columns], number, Page<ModelVersion>>(
    ([args, columns], modelPks) => this.queries.ofModels(args, columns, modelPks),
  );

  /** A page of the versions that a run made, with some of their columns. */
  readonly ofRun = new BatchedByArguments<[ForwardPageArgs, Columns], number, Page<ModelVersion>>(
    ([args, columns], runPks) => this.queries.ofRuns(args, columns, runPks),
  );

  readonly tags = new BatchedByArguments<number | null, number, Tag[]>((at, pks) => this.queries.tags(pks, at));
}

/** The columns that are selected of versions at paths below a field. */
export function versionColumns(info: GraphQLResolveInfo, paths: readonly (readonly string[])[] = [[]]): Columns {
  return VERSION_PARTS.neededBy(info, paths);
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
