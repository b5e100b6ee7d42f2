// The facts that versions and aliases record, with their model as the subject, and the events that they are in the graph.

import { Ctx, Field, Int, ObjectType } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import type { Fact } from '../../database/transaction.ts';
import { Change, Event, type EventClasses, EventType } from '../events/event.types.ts';
import type { Model } from '../models/model.entity.ts';
import { ModelEvent } from '../models/model-event.types.ts';
import type { FieldChange } from '../tags/tag.service.ts';
import { ModelVersion } from './version.entity.ts';
import { loadVersion } from './version.loaders.ts';
import { VersionEvent } from './version-event.types.ts';

const about = (version: ModelVersion) => ({ versionPk: version.pk, number: version.number });

export const versionRegistered = (model: Model, version: ModelVersion, comment?: string | null): Fact =>
  model.fact(EventType.VERSION_REGISTERED, { at: version.createdAt, comment, payload: about(version) });

export const versionUpdated = (
  model: Model,
  version: ModelVersion,
  at: number,
  changes: readonly FieldChange[],
  comment?: string | null,
): Fact => model.fact(EventType.VERSION_UPDATED, { at, comment, payload: { ...about(version), changes } });

export const versionDeleted = (model: Model, version: ModelVersion, at: number, comment?: string | null): Fact =>
  model.fact(EventType.VERSION_DELETED, { at, comment, payload: about(version) });

/** One end of an alias's move. */
export interface AliasTarget {
  readonly pk: number;
  readonly number: number;
}

export const aliasChanged = (
  model: Model,
  at: number,
  { alias, from, to }: { readonly alias: string; readonly from?: AliasTarget; readonly to?: AliasTarget },
  comment?: string | null,
): Fact =>
  model.fact(EventType.ALIAS_CHANGED, {
    at,
    comment,
    payload: {
      alias,
      fromPk: from?.pk ?? null,
      fromNumber: from?.number ?? null,
      toPk: to?.pk ?? null,
      toNumber: to?.number ?? null,
    },
  });

@ObjectType({ implements: Event, simpleResolvers: true, description: 'A version was registered.' })
export class VersionRegistered extends VersionEvent {}

@ObjectType({ implements: Event, simpleResolvers: true, description: 'A version was changed.' })
export class VersionUpdated extends VersionEvent {
  @Field(() => [Change], { description: 'What changed.' })
  get changes(): readonly Change[] {
    return this.recordedChanges;
  }
}

@ObjectType({
  implements: Event,
  simpleResolvers: true,
  description: 'A version was deleted, by itself or with its model; a tombstone stays.',
})
export class VersionDeleted extends VersionEvent {}

@ObjectType({ implements: Event, simpleResolvers: true, description: 'An alias was set, moved or removed.' })
export class AliasChanged extends ModelEvent {
  @Field(() => String, { description: 'The alias.' })
  get alias(): string {
    return this.recordedText('alias');
  }

  @Field(() => ModelVersion, {
    nullable: true,
    description: 'The version that it stood for, as it is now; null where it is new.',
  })
  from(@Ctx() context: RequestContext): Promise<ModelVersion> | null {
    const pk = this.recordedNumberOrNull('fromPk');
    return pk === null ? null : loadVersion(context, pk);
  }

  @Field(() => Int, { nullable: true, description: 'The number of the version that it stood for.' })
  get fromNumber(): number | null {
    return this.recordedNumberOrNull('fromNumber');
  }

  @Field(() => ModelVersion, {
    nullable: true,
    description: 'The version that it came to stand for, as it is now; null where it was removed.',
  })
  to(@Ctx() context: RequestContext): Promise<ModelVersion> | null {
    const pk = this.recordedNumberOrNull('toPk');
    return pk === null ? null : loadVersion(context, pk);
  }

  @Field(() => Int, { nullable: true, description: 'The number of the version that it came to stand for.' })
  get toNumber(): number | null {
    return this.recordedNumberOrNull('toNumber');
  }
}

export const VERSION_EVENTS: EventClasses = {
  [EventType.VERSION_REGISTERED]: VersionRegistered,
  [EventType.VERSION_UPDATED]: VersionUpdated,
  [EventType.VERSION_DELETED]: VersionDeleted,
  [EventType.ALIAS_CHANGED]: AliasChanged,
};
