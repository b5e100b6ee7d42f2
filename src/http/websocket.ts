// GraphQL over WebSocket (graphql-transport-ws), under the same limits and masking as over HTTP.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { execute, GraphQLError } from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ActorIdentity } from '../core/context.ts';
import { DomainError, Unavailable } from '../core/errors.ts';
import type { GraphService } from '../graphql/service.ts';
import { ACTOR_HEADER, actorFromHeader, actorNamed } from './actor.ts';
import { InFlight } from './in-flight.ts';

const PATH = '/graphql';
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
const INIT_TIMEOUT_MS = 5_000;
/** How often a socket is asked whether its other end is still there. */
const PING_MS = 12_000;
/** How long a client may take to answer that its socket closes, milliseconds. */
const CLOSING_MS = 1_000;
const GOING_AWAY = 1001;
/** What a close frame can carry of a reason, bytes. */
const MAX_REASON_BYTES = 123;

export interface WebSocketEndpoint {
  /** Takes no more requests, finishes those under way within the limit, and closes every socket with 1001, going away. */
  close(limitMs: number): Promise<void>;
}

/** What belongs to one socket. */
interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  actor?: ActorIdentity;
}

export function serveWebSocket(server: Server, graph: GraphService, log: Logger): WebSocketEndpoint {
  const inFlight = new InFlight();
  let isClosing = false;
  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    onConnect: ({ connectionParams, extra }) => {
      try {
        const claimed = connectionParams?.actor ?? undefined;
        extra.actor =
          claimed === undefined ? actorFromHeader(extra.request.headers[ACTOR_HEADER]) : actorNamed(claimed, 'actor');
        return true;
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        closeSocket(extra.socket, CloseCode.BadRequest, error.message);
        return false;
      }
    },
    onSubscribe: ({ extra }, _id, payload) => {
      if (isClosing) return [new GraphQLError('', { originalError: new Unavailable('The server is going away.') })];
      // Known since the connection was acknowledged.
      return graph.prepare(payload, extra.actor as ActorIdentity);
    },
    execute: (args) => inFlight.track(execute(args)),
    onError: (_context, _id, _payload, errors) => errors.map(graph.formatError),
    onNext: (_context, _id, _payload, _args, result) =>
      result.errors ? { ...result, errors: result.errors.map(graph.formatError) } : undefined,
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (offered) => (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false),
  });
  sockets.on('connection', (socket, request) => {
    // What the other end does wrong, such as a message that is too large, has closed the socket already.
    socket.on('error', (error) => log.debug({ err: error }, 'a WebSocket failed'));
    const stopPinging = keepAlive(socket);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => closeSocket(socket, code, reason),
        onMessage: (receive) =>
          socket.on('message', (message) => {
            receive(String(message)).catch((error: unknown) => {
              log.error({ err: error }, 'unexpected error while handling a WebSocket message');
              closeSocket(socket, CloseCode.InternalServerError, 'Something went wrong here.');
            });
          }),
      },
      { socket, request },
    );
    socket.once('close', (code, reason) => {
      stopPinging();
      void closed(code, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, 'a subscription ended badly'),
      );
    });
  });

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refusalOf(request);
    if (refusal) socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    else sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
  };
  server.on('upgrade', onUpgrade);
  return {
    close: async (limitMs) => {
      isClosing = true;
      server.off('upgrade', onUpgrade);
      await inFlight.idle(limitMs);
      for (const socket of sockets.clients) closeSocket(socket, GOING_AWAY, 'Going away');
      const impatience = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, CLOSING_MS);
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      clearTimeout(impatience);
    },
  };
}

/** The status line of an upgrade that is refused; undefined where it is welcome. */
function refusalOf({ url, headers }: IncomingMessage): string | undefined {
  if (url?.split('?')[0] !== PATH) return '404 Not Found';
  // Browsers name the page that asks, and a page from elsewhere may not; programs name none.
  return headers.origin === undefined || hostOf(headers.origin) === headers.host?.toLowerCase()
    ? undefined
    : '403 Forbidden';
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) resolve();
    else socket.send(text, (error) => (error ? reject(error) : resolve()));
  });
}

function closeSocket(socket: WebSocket, code: number | undefined, reason: string | undefined): void {
  let text = reason ?? '';
  while (Buffer.byteLength(text) > MAX_REASON_BYTES) text = text.slice(0, -1);
  socket.close(code, text);
}

/** Pings a socket, and ends one that has not answered by the next ping. @returns what stops it */
function keepAlive(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_MS);
  return () => clearInterval(timer);
}
