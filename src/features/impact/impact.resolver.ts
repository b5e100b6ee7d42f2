// The impact of data in the graph.

import { Args, Ctx, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { ModelVersionConnection } from '../versions/version.types.ts';
import type { ImpactService } from './impact.service.ts';
import { ImpactArgs } from './impact.types.ts';

@Resolver()
export class ImpactResolver {
  constructor(private readonly service: ImpactService) {}

  @Query(() => ModelVersionConnection, {
    description:
      'The versions that a dataset, a run or another version flowed into, however far, newest first. Deleted ones are left out, and passed through.',
  })
  async impact(
    @Args(() => ImpactArgs) args: ImpactArgs,
    @Ctx() { loaders }: RequestContext,
  ): Promise<ModelVersionConnection> {
    return new ModelVersionConnection(await this.service.page(loaders, args));
  }
}
