// Promotions and other stage changes, as they are committed.

import { Arg, Resolver, Root, Subscription } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { EventService } from '../events/event.service.ts';
import { AFTER, EventType } from '../events/event.types.ts';
import { Stage } from '../models/stage.types.ts';
import { StageChanged } from './stage.events.ts';

interface StageChangedArgs {
  readonly models?: readonly string[] | null;
  readonly to?: readonly Stage[] | null;
  readonly after?: string | null;
}

@Resolver()
export class StageChangedResolver {
  @Subscription(() => StageChanged, {
    description: 'Stage changes as they are committed, in the order of the log.',
    subscribe: ({ args, context }: { args: StageChangedArgs; context: RequestContext }) => {
      const { models, to, after } = args;
      const selection = {
        types: [EventType.STAGE_CHANGED],
        ...(models && { modelNames: models }),
        ...(to && { stages: to }),
      };
      return context.loaders.of(EventService).follow(selection, after);
    },
  })
  stageChanged(
    @Root() event: StageChanged,
    @Arg('models', () => [String], {
      nullable: true,
      description: 'Of models with these names, as they were at the event; of all by default.',
    })
    _models: string[] | undefined,
    @Arg('to', () => [Stage], { nullable: true, description: 'Into these stages; into any by default.' })
    _to: Stage[] | undefined,
    @Arg('after', () => String, { nullable: true, description: AFTER }) _after: string | undefined,
  ): StageChanged {
    return event;
  }
}
