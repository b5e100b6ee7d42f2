// A WebSocket client for tests: one operation, one answer, in the form that HTTP gives.

import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { GraphQLAnswer } from './registry.ts';

export interface WebSocketClient {
  readonly client: Client;
  /** The answer to a query or mutation; errors that came before anything ran are an answer without data. */
  send(query: string, variables?: Record<string, unknown>, operationName?: string): Promise<GraphQLAnswer>;
  /** Resolves with the code and reason with which the socket closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  stop(): Promise<void>;
}

/** @param url the server's, over HTTP */
export function openWebSocket(
  url: string,
  options: { readonly connectionParams?: Record<string, unknown>; readonly headers?: Record<string, string> } = {},
): WebSocketClient {
  class Socket extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, { headers: options.headers });
    }
  }
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: Socket,
    // Opens at once and stays open between operations; a test asks how it closed.
    lazy: false,
    onNonLazyError: () => undefined,
    retryAttempts: 0,
    ...(options.connectionParams && { connectionParams: options.connectionParams }),
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    client.on('closed', (event) => resolve(event as { code: number; reason: string }));
  });
  return {
    client,
    closed,
    send: (query, variables, operationName) =>
      new Promise((resolve, reject) => {
        void closed.then(({ code, reason }) => reject(new Error(`The socket closed with ${code} ${reason}.`)));
        let answer: GraphQLAnswer | undefined;
        client.subscribe(
          { query, ...(variables && { variables }), ...(operationName && { operationName }) },
          {
            next: (result) => {
              answer = result as GraphQLAnswer;
            },
            error: (error) => (Array.isArray(error) ? resolve({ data: undefined, errors: error }) : reject(error)),
            complete: () => (answer ? resolve(answer) : reject(new Error('The operation completed without a result.'))),
          },
        );
      }),
    stop: async () => {
      await client.dispose();
      await closed;
    },
  };
}
