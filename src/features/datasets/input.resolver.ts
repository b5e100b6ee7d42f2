// What runs used, in the graph.

import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { Needs } from '../../core/needed-columns.ts';
import { pksOf, ResolvedTogether } from '../../core/together.ts';
import { Run } from '../runs/run.entity.ts';
import { loadChangedRun } from '../runs/run.loaders.ts';
import { ModelVersion } from '../versions/version.entity.ts';
import { VersionLoaders } from '../versions/version.loaders.ts';
import { Dataset, InputKind } from './dataset.entity.ts';
import { DatasetLoaders } from './dataset.loaders.ts';
import type { InputService } from './input.service.ts';
import { LogInputsInput, LogInputsPayload, RunInput } from './input.types.ts';

@Resolver()
export class LogInputsResolver {
  constructor(private readonly service: InputService) {}

  @Mutation(() => LogInputsPayload, { description: 'Logs the datasets and versions that a run used.' })
  async logInputs(
    @Arg('input', () => LogInputsInput, { description: 'The run and what it used.' }) input: LogInputsInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<LogInputsPayload> {
    return { run: await loadChangedRun(context, await this.service.log(context.actor, input), info) };
  }
}

@Resolver(() => Run)
export class RunInputsResolver {
  @ResolvedTogether()
  @Needs('pk')
  @FieldResolver(() => [RunInput], {
    description: 'The datasets and versions it used, in the order in which they were logged.',
  })
  inputs(@Root() runs: readonly Run[], @Ctx() { loaders }: RequestContext): Promise<readonly RunInput[][]> {
    return loaders.of(DatasetLoaders).inputs.loadAll(pksOf(runs));
  }
}

@Resolver(() => RunInput)
export class RunInputResolver {
  @ResolvedTogether()
  @FieldResolver(() => Dataset, { nullable: true, description: 'The dataset, where it is one.' })
  dataset(@Root() inputs: readonly RunInput[], @Ctx() { loaders }: RequestContext): Promise<(Dataset | null)[]> {
    return loaders.of(DatasetLoaders).byPk.loadKnown(pksOfKind(inputs, InputKind.DATASET));
  }

  @ResolvedTogether()
  @FieldResolver(() => ModelVersion, { nullable: true, description: 'The version, where it is one; deleted ones too.' })
  version(@Root() inputs: readonly RunInput[], @Ctx() { loaders }: RequestContext): Promise<(ModelVersion | null)[]> {
    return loaders.of(VersionLoaders).byPk.loadKnown(pksOfKind(inputs, InputKind.VERSION));
  }
}

function pksOfKind(inputs: readonly RunInput[], kind: InputKind): (number | null)[] {
  return inputs.map(({ row }) => (row.kind === kind ? row.inputPk : null));
}
