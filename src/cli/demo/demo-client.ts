// A GraphQL client of one method over fetch, typed by the operation it is given.
import type { Operation } from './operations.ts';

const REQUEST_TIMEOUT_MS = 30_000;

interface GraphQLAnswer<TResult> {
  data?: TResult | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** A request that the server did not answer with data. The message names the operation and carries what the server said. */
export class DemoRequestError extends Error {
  override readonly name = 'DemoRequestError';
}

/** Sends operations to one endpoint, in the name of one actor. */
export class DemoClient {
  private readonly endpoint: string;
  private readonly actor: string;

  constructor(endpoint: string, actor: string) {
    this.endpoint = endpoint;
    this.actor = actor;
  }

  /** Runs an operation and returns its data. Throws `DemoRequestError` on any error, partial answers included. */
  async execute<TResult, TVariables>(
    operation: Operation<TResult, TVariables>,
    variables: TVariables,
  ): Promise<TResult> {
    const name = /(?:query|mutation) (\w+)/.exec(operation.document)?.[1] ?? 'an unnamed operation';
    const { status, answer } = await this.post<TResult>(name, JSON.stringify({ query: operation.document, variables }));
    if (answer.errors?.length) {
      const reasons = answer.errors.map(({ message, extensions }) => `${message} (${extensions?.code ?? 'no code'})`);
      throw new DemoRequestError(`${name} failed: ${reasons.join('; ')}`);
    }
    if (!answer.data) throw new DemoRequestError(`${name} failed: HTTP ${status} without data from ${this.endpoint}`);
    return answer.data;
  }

  private async post<TResult>(name: string, body: string): Promise<{ status: number; answer: GraphQLAnswer<TResult> }> {
    try {
      const response = await fetch(this.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', 'x-actor': this.actor },
        body,
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      return { status: response.status, answer: (await response.json()) as GraphQLAnswer<TResult> };
    } catch (error) {
      throw new DemoRequestError(`${name} failed: no GraphQL answer from ${this.endpoint}`, { cause: error });
    }
  }
}
