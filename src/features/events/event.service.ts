// Events as the graph shows them: pages of the log, its head, and streams that follow it.

import { type LiveStream, MappedStream } from '../../core/live.ts';
import { mapPage, type Page } from '../../core/pagination.ts';
import type { EventFeed } from '../../events/event-feed.ts';
import type { EventRecord } from '../../events/event-record.ts';
import type { EventSelection } from '../../events/selection.ts';
import { type Event, type EventClasses, type EventListArgs, selectionOf } from './event.types.ts';

export class EventService {
  /** An event is shown by one object, however many subscribers are given it, so that their work on it can be shared. */
  private readonly shown = new WeakMap<EventRecord, Event>();

  constructor(
    private readonly feed: EventFeed,
    private readonly classes: EventClasses,
  ) {}

  /** A page of the log, oldest first. @throws Invalid, CursorExpired */
  async page(args: EventListArgs): Promise<Page<Event>> {
    return mapPage(await this.feed.page(selectionOf(args.filter), args), (record) => this.show(record));
  }

  /** The cursor of the newest event; of the empty log, one that comes before all. */
  head(): Promise<string> {
    return this.feed.head();
  }

  /** Follows the log from a cursor on, or from now. @throws Invalid, CursorExpired */
  async follow(selection: EventSelection, after: string | null | undefined): Promise<LiveStream<Event>> {
    return new MappedStream(await this.feed.follow(selection, after), this.show);
  }

  private readonly show = (record: EventRecord): Event => {
    let event = this.shown.get(record);
    if (!event) {
      const { type } = record.row;
      const EventClass = this.classes[type];
      if (!EventClass) throw new Error(`No class for events of the type ${type}: list it in the table of contents.`);
      event = new EventClass(record);
      this.shown.set(record, event);
    }
    return event;
  };
}
