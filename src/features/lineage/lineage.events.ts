// The facts that edges record, with what they lead to as the subject, and the events that they are in the graph.

import { Field, ObjectType } from 'type-graphql';
import type { Fact } from '../../database/transaction.ts';
import { Event, type EventClasses, EventType } from '../events/event.types.ts';
import { FOREVER } from '../tags/tag.service.ts';
import { type EdgeEnds, edgeDuring, type Interval } from './lineage.edges.ts';
import { LineageEdge } from './lineage.types.ts';

/** An edge as a fact keeps it. */
export interface EdgeDuring extends Interval {
  readonly ends: EdgeEnds;
}

function edgeFact(type: string, subject: Fact['subject'], at: number, { ends, since, until }: EdgeDuring): Fact {
  const [fromNode, toNode] = ends;
  return { type, subject, at, payload: { fromNode, toNode, since, until: until === FOREVER ? null : until } };
}

export const lineageLinked = (subject: Fact['subject'], at: number, edge: EdgeDuring): Fact =>
  edgeFact(EventType.LINEAGE_LINKED, subject, at, edge);

export const lineageUnlinked = (subject: Fact['subject'], at: number, edge: EdgeDuring): Fact =>
  edgeFact(EventType.LINEAGE_UNLINKED, subject, at, edge);

abstract class EdgeEvent extends Event {
  protected get recordedEdge(): LineageEdge {
    return edgeDuring([this.recordedNumber('fromNode'), this.recordedNumber('toNode')], {
      since: this.recordedNumber('since'),
      until: this.recordedNumberOrNull('until') ?? FOREVER,
    });
  }
}

@ObjectType({
  implements: Event,
  simpleResolvers: true,
  description:
    'Two things were linked by `linkLineage`, or a dataset that was there gained an origin. Edges that come with a run, its inputs or a version are told by the events of these.',
})
export class LineageLinked extends EdgeEvent {
  @Field(() => LineageEdge, { description: 'The edge as it was then.' })
  get edge(): LineageEdge {
    return this.recordedEdge;
  }
}

@ObjectType({ implements: Event, simpleResolvers: true, description: 'What `linkLineage` made was unlinked.' })
export class LineageUnlinked extends EdgeEvent {
  @Field(() => LineageEdge, {
    description: 'The edge as it was then: with the time at which it ceased to hold, unless it is recorded as well.',
  })
  get edge(): LineageEdge {
    return this.recordedEdge;
  }
}

export const LINEAGE_EVENTS: EventClasses = {
  [EventType.LINEAGE_LINKED]: LineageLinked,
  [EventType.LINEAGE_UNLINKED]: LineageUnlinked,
};
