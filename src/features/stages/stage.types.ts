// Arguments, inputs, payloads and connections of stages.

import { ArgsType, Ctx, createUnionType, Field, InputType, ObjectType } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { connectionTypes, PageArgs } from '../../core/pagination.ts';
import { DateTime } from '../../core/scalars.ts';
import { GateFailure } from '../gates/gate.types.ts';
import { Stage } from '../models/stage.types.ts';
import { GovernedInput } from '../mutations/mutation.types.ts';
import { ModelVersion } from '../versions/version.entity.ts';
import { loadVersion } from '../versions/version.loaders.ts';
import { ModelVersionBy } from '../versions/version.types.ts';
import { StageChange } from './stage-change.entity.ts';

const types = connectionTypes<StageChange>('StageChange', 'stage changes', () => StageChange);
export const StageChangeConnection = types.Connection;
export type StageChangeConnection = InstanceType<typeof StageChangeConnection>;

@ArgsType()
export class InStageArgs {
  @Field(() => Stage, { description: 'Which stage.' })
  stage!: Stage;
  @Field(() => DateTime, { nullable: true, description: 'A moment in the past; now by default.' })
  at?: number | null;
}

@ArgsType()
export class InStagePageArgs extends PageArgs {
  @Field(() => Stage, { description: 'Which stage.' })
  stage!: Stage;
  @Field(() => DateTime, { nullable: true, description: 'A moment in the past; now by default.' })
  at?: number | null;
}

@InputType({ description: 'A version to move to a stage.' })
export class PromoteVersionInput extends GovernedInput {
  @Field(() => ModelVersionBy, { description: 'Which version.' })
  version!: ModelVersionBy;
  @Field(() => Stage, { description: 'The stage to move it to.' })
  to!: Stage;
  @Field(() => Boolean, {
    defaultValue: true,
    description:
      'Moves the versions now in `STAGING` or `PRODUCTION`, whichever `to` is, to `ARCHIVED` in the same commit; does nothing for the other stages.',
  })
  archiveExisting!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'The version is in the stage.' })
export class VersionPromoted {
  constructor(
    private readonly versionPk: number,
    change: StageChange | null,
    archived: StageChange[],
  ) {
    this.change = change;
    this.archived = archived;
  }

  @Field(() => ModelVersion, { description: 'The version as it is now.' })
  version(@Ctx() context: RequestContext): Promise<ModelVersion> {
    return loadVersion(context, this.versionPk);
  }

  @Field(() => StageChange, {
    nullable: true,
    description: 'What was recorded; null where the version was in that stage already.',
  })
  change: StageChange | null;
  @Field(() => [StageChange], { description: 'What was recorded of the versions that made way.' })
  archived: StageChange[];
}

@ObjectType({
  simpleResolvers: true,
  description: 'Gates of the stage do not let the version pass: nothing was changed or recorded.',
})
export class PromotionBlocked {
  constructor(version: ModelVersion, failures: GateFailure[]) {
    this.version = version;
    this.failures = failures;
  }

  @Field(() => ModelVersion, { description: 'The version as it still is.' })
  version: ModelVersion;
  @Field(() => [GateFailure], { description: 'Every gate that does not hold, and why.' })
  failures: GateFailure[];
}

export const PromoteVersionResult = createUnionType({
  name: 'PromoteVersionResult',
  description: 'What became of a promotion.',
  types: () => [VersionPromoted, PromotionBlocked] as const,
});
export type PromoteVersionResult = typeof PromoteVersionResult;
