// GraphQL over WebSocket (graphql-transport-ws), under the same limits and masking as over HTTP.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { ActorIdentity } from '../core/context.ts';
import { DomainError, PreconditionFailed, Unavailable } from '../core/errors.ts';
import { identityOfArgs } from '../graphql/operation.ts';
import type { GraphService } from '../graphql/service.ts';
import { ACTOR_HEADER, actorFromHeader, actorNamed } from './actor.ts';
import { Admission } from './admission.ts';
import { deliver, type SubscriptionOrigin } from './delivery.ts';
import { InFlight } from './in-flight.ts';
import { SharingGroups } from './shared-results.ts';
import { SubscriberSocket } from './subscriber-socket.ts';
import type { WebSocketLimits } from './websocket-limits.ts';

const PATH = '/graphql';
/** How often the sockets are looked after, milliseconds. */
const CHECK_MS = 1_000;
/** How long a client may take to answer that its socket closes, milliseconds. */
const CLOSING_MS = 1_000;
const GOING_AWAY = 1001;

export interface WebSocketEndpoint {
  /** Takes no more requests, finishes those under way within the limit, and closes every socket with 1001, going away. */
  close(limitMs: number): Promise<void>;
}

/** What to execute, and for a subscription where it goes. */
type Operation = ExecutionArgs & { readonly origin?: SubscriptionOrigin };

export function serveWebSocket(
  server: Server,
  graph: GraphService,
  log: Logger,
  limits: WebSocketLimits,
): WebSocketEndpoint {
  const inFlight = new InFlight();
  const groups = new SharingGroups(graph);
  const admission = new Admission(PATH, limits);
  const open = new Set<SubscriberSocket>();
  let isClosing = false;
  const protocol = makeServer<Record<string, unknown>, SubscriberSocket>({
    connectionInitWaitTimeout: limits.initTimeoutMs,
    onConnect: ({ connectionParams, extra }) => {
      try {
        const claimed = connectionParams?.actor ?? undefined;
        extra.actor = claimed === undefined ? actorFromHeader(extra.actorHeader) : actorNamed(claimed, 'actor');
        return true;
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        extra.close(CloseCode.BadRequest, error.message);
        return false;
      }
    },
    onSubscribe: ({ extra, subscriptions }, id, payload): Operation | readonly GraphQLError[] => {
      if (isClosing) return [refusal(new Unavailable('The server is going away.'))];
      const most = limits.maxSubscriptionsPerSocket;
      // This one is among them already.
      if (Object.keys(subscriptions).length > most) {
        return [refusal(new PreconditionFailed(`A socket has at most ${most} subscriptions; open another one.`))];
      }
      // Known since the connection was acknowledged.
      const prepared = graph.prepare(payload, extra.actor as ActorIdentity);
      return 'length' in prepared
        ? prepared
        : { ...prepared, origin: { socket: extra, id, query: payload.query } satisfies SubscriptionOrigin };
    },
    execute: (args) => {
      const operation = identityOfArgs(args);
      const answer = async () => graph.executor.execute(args);
      return inFlight.track(graph.telemetry.operation({ via: 'websocket', ...(operation && { operation }) }, answer));
    },
    subscribe: (args: Operation) => deliver(args, args.origin as SubscriptionOrigin, groups),
    onError: (_context, _id, _payload, errors) => errors.map(graph.formatError),
    onNext: (_context, _id, _payload, _args, result) =>
      result.errors ? { ...result, errors: result.errors.map(graph.formatError) } : undefined,
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxMessageBytes,
    handleProtocols: (offered) => (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false),
  });
  sockets.on('connection', (socket, request) => {
    // What the other end does wrong, such as a message that is too large, has closed the socket already.
    socket.on('error', (error) => log.debug({ err: error }, 'a WebSocket failed'));
    const leave = admission.admit(request);
    const uncount = graph.telemetry.join('webSockets');
    const subscriber = new SubscriberSocket(socket, request.socket, request.headers[ACTOR_HEADER], () =>
      graph.telemetry.count('subscriberCutOff'),
    );
    open.add(subscriber);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => subscriber.send(text),
        close: (code, reason) => subscriber.close(code, reason),
        onMessage: (receive) =>
          socket.on('message', (message) => {
            receive(String(message)).catch((error: unknown) => {
              log.error({ err: error }, 'unexpected error while handling a WebSocket message');
              subscriber.close(CloseCode.InternalServerError, 'Something went wrong here.');
            });
          }),
      },
      subscriber,
    );
    socket.once('close', (code, reason) => {
      open.delete(subscriber);
      leave();
      uncount();
      void closed(code, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, 'a subscription ended badly'),
      );
    });
  });
  const checks = setInterval(
    () => {
      for (const subscriber of open) subscriber.check(limits);
    },
    Math.min(CHECK_MS, limits.pingMs, limits.stallMs),
  ).unref();

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refused = admission.refusalOf(request);
    if (refused) {
      // Nobody else listens to it, and an error that nobody listens to would end the process.
      socket.on('error', (error) => log.debug({ err: error }, 'a refused client went away'));
      socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    } else sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
  };
  server.on('upgrade', onUpgrade);
  return {
    close: async (limitMs) => {
      isClosing = true;
      server.off('upgrade', onUpgrade);
      await inFlight.idle(limitMs);
      for (const subscriber of open) subscriber.close(GOING_AWAY, 'Going away');
      const impatience = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, CLOSING_MS);
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      clearTimeout(impatience);
      clearInterval(checks);
    },
  };
}

function refusal(error: DomainError): GraphQLError {
  return new GraphQLError('', { originalError: error });
}
