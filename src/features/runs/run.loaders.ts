// Batched loads of runs and what hangs on them.

import type { GraphQLResolveInfo } from 'graphql';
import { BatchedByArguments, batched, inOrderOf } from '../../core/batching.ts';
import type { RequestContext } from '../../core/context.ts';
import type { Columns } from '../../core/needed-columns.ts';
import type { Page } from '../../core/pagination.ts';
import type { Tag } from '../tags/tag.types.ts';
import type { Param } from './param.types.ts';
import { RUN_PARTS, type Run } from './run.entity.ts';
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
  return RUN_PARTS.neededBy(info, paths);
}

/**
 * Runs that are known to exist by row number, null for none, with the columns that are selected of them.
 * @param path where they stand below the field that is being resolved
 */
export async function loadSelectedRuns(
  { loaders }: RequestContext,
  pks: readonly (number | null)[],
  info: GraphQLResolveInfo,
  path: readonly string[] = [],
): Promise<(Run | null)[]> {
  const columns = runColumns(info, [path]);
  if (columns === null) return loaders.of(RunLoaders).byPk.loadKnown(pks);
  if (columns.some((column) => column !== 'pk')) return loaders.of(RunLoaders).partByPk.loadKnown(columns, pks);
  // Nothing is left to read of a row of which only the number is asked.
  const { hydrate } = RUN_PARTS.of(columns);
  return pks.map((pk) => (pk === null ? null : hydrate({ pk })));
}

/** A run that is known to exist, as the payload of a mutation that is being resolved. */
export async function loadChangedRun(context: RequestContext, pk: number, info: GraphQLResolveInfo): Promise<Run> {
  const [run] = await loadSelectedRuns(context, [pk], info, ['run']);
  return present(run, pk);
}

/** A run that is known to exist. */
export async function loadRun({ loaders }: RequestContext, pk: number): Promise<Run> {
  return present(await loaders.of(RunLoaders).byPk.load(pk), pk);
}

function present(run: Run | null | undefined, pk: number): Run {
  if (!run) throw new Error(`The run with the row number ${pk} is gone.`);
  return run;
}
