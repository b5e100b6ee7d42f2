// A subscriber as programs are: graphql-ws over a real socket, with what it was given in a list that tests wait on.

import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { TestRegistry } from './registry.ts';

// biome-ignore lint/suspicious/noExplicitAny: the answer of an arbitrary operation; a test asserts what it reads
type Data = any;
/** How much of what was received an error shows, characters. */
const LONGEST_SHOWN = 2_000;

export class Subscriber {
  readonly received: Data[] = [];
  /** Errors of the operation, and the end of the socket. */
  readonly errors: unknown[] = [];
  isDone = false;
  private readonly client: Client;
  private readonly end: () => void;
  private onChange: () => void = () => undefined;

  constructor(registry: Pick<TestRegistry, 'url'>, query: string, variables: Record<string, unknown> = {}) {
    this.client = createClient({
      url: `${registry.url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazyCloseTimeout: 0,
    });
    this.end = this.client.subscribe<Data>(
      { query, variables },
      {
        next: ({ data, errors }) => {
          if (errors) this.errors.push(...errors);
          else this.received.push(data);
          this.onChange();
        },
        error: (error) => {
          this.errors.push(error);
          this.isDone = true;
          this.onChange();
        },
        complete: () => {
          this.isDone = true;
          this.onChange();
        },
      },
    );
  }

  /** Waits until so much was received. @throws after a while, with what there is */
  async until(isEnough: (received: readonly Data[]) => boolean, limitMs = 5_000): Promise<readonly Data[]> {
    const deadline = Date.now() + limitMs;
    while (!isEnough(this.received)) {
      const left = deadline - Date.now();
      if (left <= 0 || this.isDone) {
        const [received, errors] = [this.received, this.errors].map((list) => JSON.stringify(list));
        throw new Error(
          `Received only ${this.received.length}, errors ${errors}: ${received?.slice(0, LONGEST_SHOWN)}`,
        );
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.onChange = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.received;
  }

  async count(least: number, limitMs?: number): Promise<readonly Data[]> {
    return this.until((received) => received.length >= least, limitMs);
  }

  /** Waits until the operation has ended by itself. */
  async done(limitMs = 5_000): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!this.isDone && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    if (!this.isDone) throw new Error('The subscription goes on.');
  }

  stop(): void {
    this.end();
    void this.client.dispose();
  }
}

/** The cursor of the newest event: where a test begins to follow. */
export async function headOf(registry: Pick<TestRegistry, 'ask'>): Promise<string> {
  return (await registry.ask('{ eventHead }')).eventHead;
}
