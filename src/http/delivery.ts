// One subscription on one socket: pulls an event when the one before it has left, and sends the answer that is shared.

import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { LiveStream } from '../core/live.ts';
import type { SharedResults, SharingGroups } from './shared-results.ts';
import type { SubscriberSocket } from './subscriber-socket.ts';

/** What is known of a subscription beside what to execute. */
export interface SubscriptionOrigin {
  readonly socket: SubscriberSocket;
  /** The id that the client gave it. */
  readonly id: string;
  readonly query: string;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Begins a subscription. What is returned gives nothing to the protocol's implementation, which would write each
 * message anew: it sends the messages itself, and is done when the subscription is.
 */
export async function deliver(
  args: ExecutionArgs,
  { socket, id, query }: SubscriptionOrigin,
  groups: SharingGroups,
): Promise<AsyncIterableIterator<never, undefined> | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  const { results, leave } = groups.join(query, args);
  return new Delivery(source as LiveStream<object>, results, socket, id, leave);
}

class Delivery implements AsyncIterableIterator<never, undefined> {
  private isEnded = false;
  private readonly head: string;
  private readonly release: () => void;

  constructor(
    private readonly source: LiveStream<object>,
    private readonly results: SharedResults,
    private readonly socket: SubscriberSocket,
    id: string,
    private readonly leave: () => void,
  ) {
    this.head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    this.release = socket.add(source);
  }

  async next(): Promise<IteratorReturnResult<undefined>> {
    try {
      while (!this.isEnded) {
        const { done, value } = await this.source.next();
        if (done) break;
        const answer = await this.results.answerTo(value);
        if (this.isEnded) break;
        await this.socket.send(`${this.head}${answer}}`);
        this.results.delivered();
      }
      return DONE;
    } finally {
      this.end();
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.end();
    await this.source.return();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private end(): void {
    this.isEnded = true;
    this.release();
    this.leave();
  }
}
