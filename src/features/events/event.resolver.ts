// The event log in the graph.

import { Args, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { RequestContext } from '../../core/context.ts';
import { EventService } from './event.service.ts';
import { Event, EventConnection, EventListArgs, FollowEventsArgs, selectionOf } from './event.types.ts';

@Resolver()
export class EventResolver {
  constructor(private readonly service: EventService) {}

  @Query(() => EventConnection, { description: 'The audit log: committed events, oldest first.' })
  async events(@Args(() => EventListArgs) args: EventListArgs): Promise<EventConnection> {
    return new EventConnection(await this.service.page(args));
  }

  @Query(() => String, {
    description:
      'The cursor of the newest event, an `after` of subscriptions. What the rest of the same query returns is at least as new.',
  })
  eventHead(): Promise<string> {
    return this.service.head();
  }

  @Subscription(() => Event, {
    name: 'events',
    description: 'Every event as it is committed, in the order of the log.',
    subscribe: ({ args, context }: { args: FollowEventsArgs; context: RequestContext }) =>
      context.loaders.of(EventService).follow(selectionOf(args.filter), args.after),
  })
  followEvents(@Root() event: Event, @Args(() => FollowEventsArgs) _args: FollowEventsArgs): Event {
    return event;
  }
}
