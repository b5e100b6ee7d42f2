// GraphQL over WebSocket (graphql-transport-ws), under the same limits and masking as over HTTP.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { ActorIdentity } from '../core/context.ts';
import type { GraphService } from '../graphql/service.ts';
import { ACTOR_HEADER, actorFrom } from './actor.ts';

const PATH = '/graphql';
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
const INIT_TIMEOUT_MS = 5_000;

export interface WebSocketEndpoint {
  /** Closes every socket with 1001, going away. */
  close(): Promise<void>;
}

export function serveWebSocket(server: Server, graph: GraphService): WebSocketEndpoint {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (offered) => (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false),
  });
  // biome-ignore lint/correctness/useHookAtTopLevel: no hook of React's, though its name begins like one
  const endpoint = useServer(
    {
      schema: graph.schema,
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      onSubscribe: ({ connectionParams, extra }, _id, payload) => {
        const prepared = graph.prepare(
          payload as Parameters<GraphService['prepare']>[0],
          actorOf(connectionParams, extra.request),
        );
        return 'length' in prepared ? prepared.map((error) => formatted(graph, error)) : prepared;
      },
      onNext: (_context, _id, _payload, _args, result): ExecutionResult =>
        result.errors ? { ...result, errors: result.errors.map((error) => formatted(graph, error)) } : result,
    },
    sockets,
  );
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== PATH) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
  };
  server.on('upgrade', onUpgrade);
  return {
    close: async () => {
      server.off('upgrade', onUpgrade);
      await endpoint.dispose();
    },
  };
}

function actorOf(params: Readonly<Record<string, unknown>> | undefined, request: IncomingMessage): ActorIdentity {
  return actorFrom(params?.actor ?? request.headers[ACTOR_HEADER]);
}

/** The library sends errors as they are; what the formatter made of one travels as an error that prints like it. */
function formatted(graph: GraphService, error: unknown): GraphQLError {
  const { message, locations, path, extensions } = graph.formatError(error);
  const shown = new GraphQLError(message, { extensions: { ...extensions } });
  return Object.assign(Object.create(GraphQLError.prototype, Object.getOwnPropertyDescriptors(shown)), {
    toJSON: () => ({
      message,
      ...(locations && { locations }),
      ...(path && { path }),
      ...(extensions && { extensions }),
    }),
  }) as GraphQLError;
}
