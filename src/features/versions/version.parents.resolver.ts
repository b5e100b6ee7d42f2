// What versions add to the models and runs that they come from.

import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Clock } from '../../core/clock.ts';
import type { RequestContext } from '../../core/context.ts';
import { pastMoment } from '../../core/moment.ts';
import { ForwardPageArgs } from '../../core/pagination.ts';
import { DateTime } from '../../core/scalars.ts';
import { exactlyOne } from '../../core/selector.ts';
import { checkText } from '../../core/text.ts';
import { Model } from '../models/model.entity.ts';
import { Run } from '../runs/run.entity.ts';
import { ModelAlias } from './alias.entity.ts';
import { AliasLoaders } from './alias.loaders.ts';
import { ModelVersion } from './version.entity.ts';
import { VersionLoaders } from './version.loaders.ts';
import { aliasReference, type VersionReference } from './version.reference.ts';
import { ModelVersionConnection, VersionListArgs, VersionOfModelBy } from './version.types.ts';

@Resolver(() => Model)
export class VersionsOfModelResolver {
  constructor(private readonly clock: Clock) {}

  @FieldResolver(() => ModelVersionConnection, { description: 'Its versions.' })
  async versions(
    @Root() { pk }: Model,
    @Args(() => VersionListArgs) args: VersionListArgs,
    @Ctx() { loaders }: RequestContext,
  ): Promise<ModelVersionConnection> {
    return new ModelVersionConnection(await loaders.of(VersionLoaders).ofModel.load(args, pk));
  }

  @FieldResolver(() => ModelVersion, { nullable: true, description: 'One of its versions; null where there is none.' })
  async version(
    @Root() { pk }: Model,
    @Arg('by', () => VersionOfModelBy, { description: 'Which one.' }) by: VersionOfModelBy,
    @Ctx() { loaders }: RequestContext,
  ): Promise<ModelVersion | null> {
    return (await loaders.of(VersionLoaders).ofModelByReference.load(referenceOf(by), pk)) ?? null;
  }

  @FieldResolver(() => ModelVersion, { nullable: true, description: 'Its version with the highest number.' })
  async latestVersion(@Root() { pk }: Model, @Ctx() { loaders }: RequestContext): Promise<ModelVersion | null> {
    return (await loaders.of(VersionLoaders).ofModelByReference.load({ isLatest: true }, pk)) ?? null;
  }

  @FieldResolver(() => [ModelAlias], { description: 'Its aliases, A–Z; with `at`, as they were at that moment.' })
  aliases(
    @Root() { pk }: Model,
    @Arg('at', () => DateTime, { nullable: true, description: 'A moment in the past; now by default.' }) at:
      | number
      | undefined,
    @Ctx() { loaders }: RequestContext,
  ): Promise<ModelAlias[]> {
    return loaders.of(AliasLoaders).ofModel.load(pastMoment(this.clock, at), pk);
  }
}

@Resolver(() => Run)
export class VersionsOfRunResolver {
  @FieldResolver(() => ModelVersionConnection, { description: 'The versions that it made, newest first.' })
  async versions(
    @Root() { pk }: Run,
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Ctx() { loaders }: RequestContext,
  ): Promise<ModelVersionConnection> {
    return new ModelVersionConnection(await loaders.of(VersionLoaders).ofRun.load(args, pk));
  }
}

function referenceOf({ number, alias, stage }: VersionOfModelBy): VersionReference {
  const [selector, value] = exactlyOne({ number, alias, stage }, 'by');
  if (selector === 'number') return { number: value };
  return selector === 'stage' ? { stage: value } : aliasReference(checkText(value, 'by.alias', 'alias'));
}
