// Batched loads of runs and what hangs on them.

import type { GraphQLResolveInfo } from 'graphql';
import { BatchedByArguments, batched, inOrderOf } from '../../core/batching.ts';
import type { RequestContext } from '../../core/context.ts';
import { type Columns, neededColumns } from '../../core/needed-columns.ts';
import type { Page } from '../../core/pagination.ts';
import type { Tag } from '../tags/tag.types.ts';
import type { Param } from './param.types.ts';
import { RUN_PARTS, Run } from './run.entity.ts';
import type { RunQueries } from './run.queries.ts';
import type { RunListArgs } from './run.types.ts';

export class RunLoaders {
  constructor(private readonly queries: RunQueries) {}

  /** By row number, tombstones included. */
  readonly byPk = batched<number, Run | undefined>(async (pks) =>
    inOrderOf(pks, await this.queries.byPks(pks), (run) => run.pk),
  );

  /** The same with some columns only. */
  readonly partByPk = new BatchedByArguments<Columns, number, Run | undefined>(async (columns, pks) =>
    inOrderOf(pks, await this.queries.byPks(pks, columns), (run) => run.pk),
  );

  /** By the id that trackers know it by, without tombstones. */
  readonly byRunId = batched<string, Run | undefined>(async (runIds) =>
    inOrderOf(runIds, await this.queries.byRunIds(runIds), (run) => run.runId),
  );

  readonly tags = batched<number, Tag[]>((pks) => this.queries.tags(pks));

  readonly params = new BatchedByArguments<readonly string[] | null, number, Param[]>((keys, pks) =>
    this.queries.params(pks, keys),
  );

  /** A page of the runs of an experiment, with some of their columns. */
  readonly ofExperiment = new BatchedByArguments<[RunListArgs, Columns], number, Page<Run>>(([args, columns], pks) =>
    this.queries.listByExperiment(args, columns, pks),
  );

  /** A page of the children of a run, with some of their columns. */
  readonly children = new BatchedByArguments<[RunListArgs, Columns], number, Page<Run>>(([args, columns], pks) =>
    this.queries.listByParent(args, columns, pks),
  );
}

/** The columns that are selected of runs at paths below a field. */
export function runColumns(info: GraphQLResolveInfo, paths: readonly (readonly string[])[] = [[]]): Columns {
  return neededColumns(info, paths, Run.name, RUN_PARTS.names);
}

/** Runs by row number, null for none, with the columns that are selected of them. */
export function loadSelectedRuns(
  { loaders }: RequestContext,
  pks: readonly (number | null)[],
  info: GraphQLResolveInfo,
): Promise<(Run | null)[]> {
  const columns = runColumns(info);
  const { byPk, partByPk } = loaders.of(RunLoaders);
  return columns === null ? byPk.loadKnown(pks) : partByPk.loadKnown(columns, pks);
}

/** A run that is known to exist. */
export async function loadRun({ loaders }: RequestContext, pk: number): Promise<Run> {
  const run = await loaders.of(RunLoaders).byPk.load(pk);
  if (!run) throw new Error(`The run with the row number ${pk} is gone.`);
  return run;
}
