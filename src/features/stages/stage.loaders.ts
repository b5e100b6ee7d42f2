// Batched loads of stages and their history.

import { BatchedByArguments, batched, inOrderOf } from '../../core/batching.ts';
import type { RequestContext } from '../../core/context.ts';
import type { Columns } from '../../core/needed-columns.ts';
import type { Page, PageArgs } from '../../core/pagination.ts';
import type { Stage } from '../models/stage.types.ts';
import type { ModelVersion } from '../versions/version.entity.ts';
import type { StageAt, StageQueries } from './stage.queries.ts';
import type { StageChange } from './stage-change.entity.ts';

export class StageLoaders {
  constructor(private readonly queries: StageQueries) {}

  readonly changeByPk = batched<number, StageChange | undefined>(async (pks) =>
    inOrderOf(pks, await this.queries.changesByPks(pks), (change) => change.pk),
  );

  /** The stage of a version at an instant. */
  readonly stageAt = new BatchedByArguments<number, number, Stage>((at, versionPks) =>
    this.queries.stagesAt(at, versionPks),
  );

  /** The versions of a model that are or were in a stage, with some of their columns. */
  readonly inStageOfModel = new BatchedByArguments<[StageAt, Columns], number, readonly ModelVersion[]>(
    ([stageAt, columns], modelPks) => this.queries.inStageOfModels(stageAt, columns, modelPks),
  );

  readonly changesOfModel = new BatchedByArguments<PageArgs, number, Page<StageChange>>((args, modelPks) =>
    this.queries.changesOfModels(args, modelPks),
  );

  readonly changesOfVersion = new BatchedByArguments<PageArgs, number, Page<StageChange>>((args, versionPks) =>
    this.queries.changesOfVersions(args, versionPks),
  );
}

/** A stage change that is known to exist. */
export async function loadStageChange({ loaders }: RequestContext, pk: number): Promise<StageChange> {
  const change = await loaders.of(StageLoaders).changeByPk.load(pk);
  if (!change) throw new Error(`The stage change with the row number ${pk} is gone.`);
  return change;
}
