// One subscription on one socket: takes an event when the one before it has left, and sends the answer that is shared.

import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { LiveStream } from '../core/live.ts';
import type { AnswerWaiter, SharedResults, SharingGroups } from './shared-results.ts';
import type { SubscriberSocket } from './subscriber-socket.ts';

/** What is known of a subscription beside what to execute. */
export interface SubscriptionOrigin {
  readonly socket: SubscriberSocket;
  /** The id that the client gave it. */
  readonly id: string;
  readonly query: string;
}

const MESSAGE_END = Buffer.from('}');
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

/**
 * Goes on without a promise as long as it can: while thousands are given the same event, one promise for each would cost
 * about as much as its message. So it is called back, by news, by an answer that is found, by a socket that has drained.
 */
class Delivery implements AsyncIterableIterator<never, undefined>, AnswerWaiter {
  private isEnded = false;
  /** Whether an answer or the socket is waited for. */
  private isBusy = false;
  private readonly head: Buffer;
  private readonly release: () => void;
  private settle: { resolve(done: typeof DONE): void; reject(error: unknown): void } | undefined;

  constructor(
    private readonly source: LiveStream<object>,
    private readonly results: SharedResults,
    private readonly socket: SubscriberSocket,
    id: string,
    private readonly leave: () => void,
  ) {
    this.head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    this.release = socket.add(source);
  }

  /** Delivers until the subscription ends. @throws what its source or an answer failed with */
  next(): Promise<IteratorReturnResult<undefined>> {
    if (this.isEnded) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.goOn();
    });
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.end();
    await this.source.return();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  onAnswer(answer: Buffer): void {
    if (this.isEnded || !this.socket.isOpen) return;
    this.isBusy = !this.send(answer);
    this.goOn();
  }

  onFailure(error: unknown): void {
    this.settle?.reject(error);
    this.end();
  }

  private readonly goOn = (): void => {
    try {
      // A socket that closes sends nothing any more; its end is the end of the subscription.
      while (!this.isEnded && !this.isBusy && this.socket.isOpen) {
        const taken = this.source.take(this.goOn);
        if (!taken) return;
        if (taken.done) this.end();
        else this.isBusy = !this.answer(taken.value);
      }
    } catch (error) {
      this.onFailure(error);
    }
  };

  /** @returns whether the next item may follow at once */
  private answer(item: object): boolean {
    const answer = this.results.answerTo(item, this);
    return answer !== undefined && this.send(answer);
  }

  private send(answer: Buffer): boolean {
    this.results.delivered();
    return this.socket.sendParts([this.head, answer, MESSAGE_END], this.onLeft);
  }

  private readonly onLeft = (): void => {
    this.isBusy = false;
    this.goOn();
  };

  private end(): void {
    this.isEnded = true;
    this.settle?.resolve(DONE);
    this.release();
    this.leave();
  }
}
