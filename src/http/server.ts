// The HTTP server: GraphQL, GraphiQL and health on one port, and a shutdown that finishes what runs.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import serveStatic from '@fastify/static';
import Fastify, { type FastifyError, type FastifyInstance, type onRequestHookHandler } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { DomainError } from '../core/errors.ts';
import type { GraphService } from '../graphql/service.ts';
import { ACTOR_HEADER, actorFromHeader } from './actor.ts';
import { startApollo } from './apollo.ts';
import { serveHealth } from './health.ts';
import { InFlight } from './in-flight.ts';
import { KnownRequests } from './known-requests.ts';
import { type MetricsReport, serveMetrics } from './metrics.ts';
import { type LineageReceiver, serveOpenLineage } from './openlineage.ts';
import { serveWebSocket } from './websocket.ts';
import type { WebSocketLimits } from './websocket-limits.ts';

/** A batch of 10,000 points with long keys fits; more is refused before it is read. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** How long requests under way may take to finish when the server ends, milliseconds. */
const DRAIN_LIMIT_MS = 10_000;
/** What is told to a request that comes when the server is about to end. */
const GOING_AWAY = { message: 'The server is going away.', extensions: { code: 'UNAVAILABLE' } };
const GRAPHIQL_FOLDER = fileURLToPath(new URL('../../dist/graphiql', import.meta.url));
/** The page loads nothing from elsewhere; its editor needs inline styles and images in them. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route reads bodies that are compressed with gzip. */
    readsGzip?: boolean;
  }
}

export interface HttpServer {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Stops taking requests, finishes those under way and closes every socket. */
  close(): Promise<void>;
}

export interface HttpOptions {
  readonly graph: GraphService;
  readonly lineage: LineageReceiver;
  readonly log: Logger;
  readonly host: string;
  readonly port: number;
  readonly webSocket: WebSocketLimits;
  /** Whether the database answers. @throws where it does not */
  readonly ping: () => Promise<void>;
  /** What `/metrics` answers; nothing where it is left out. */
  readonly metrics?: MetricsReport | undefined;
}

/** @throws the system's error where the address cannot be listened on */
export async function startHttpServer({
  graph,
  lineage,
  log,
  host,
  port,
  webSocket: limits,
  ping,
  metrics,
}: HttpOptions): Promise<HttpServer> {
  const app: FastifyInstance = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    // The answer to a late request is ours to give, in the form that its endpoint has.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1_000 },
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
  const inFlight = new InFlight();
  app.addHook('onRequest', ({ headers, routeOptions }, reply, done) => {
    const end = inFlight.begin();
    reply.raw.once('close', () => {
      end();
      // Where a client went away, nothing was answered.
      if (reply.raw.writableFinished) graph.telemetry.answered(routeOptions.url ?? 'none', reply.statusCode);
    });
    const encoding = headers['content-encoding'] ?? 'identity';
    const isRead = encoding === 'identity' || (encoding === 'gzip' && routeOptions.config.readsGzip);
    done(isRead ? undefined : new UnsupportedEncoding(encoding));
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `There is nothing at ${request.method} ${request.url.slice(0, 200)}.`;
    return reply.code(404).send({ errors: [{ message, extensions: { code: 'NOT_FOUND' } }] });
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error.code === 'ECONNRESET' && request.socket.destroyed) {
      log.debug({ err: error }, 'a client went away before it had said what it wants');
      return reply.code(400).send();
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error }, 'a request failed');
    const message = status >= 500 ? 'Something went wrong here.' : error.message;
    const code = status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
    return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
  });
  const apollo = await startApollo(graph, log);
  const knownRequests = new KnownRequests(graph);
  const handleGraphql = fastifyApolloHandler(apollo, {
    context: async (request) => {
      try {
        return knownRequests.contextOf(request) ?? graph.contextFor(actorFromHeader(request.headers[ACTOR_HEADER]));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        throw new GraphQLError(error.message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
      }
    },
  });
  const health = serveHealth(app, ping);
  const refuseLate: onRequestHookHandler = (_request, reply, done) => {
    if (health.isDraining) reply.code(503).send({ errors: [GOING_AWAY] });
    else done();
  };
  await serveOpenLineage(app, lineage, refuseLate);
  app.route({
    method: ['GET', 'POST', 'OPTIONS'],
    url: '/graphql',
    onRequest: refuseLate,
    handler(request, reply) {
      return graph.telemetry.operation({ via: 'http', headers: request.headers }, async () => {
        const known = await knownRequests.answer(request, reply);
        if (known !== undefined) return known;
        const answer = await handleGraphql.call(this, request, reply);
        knownRequests.learn(request, reply);
        return answer;
      });
    },
  });
  serveMetrics(app, metrics);
  if (existsSync(GRAPHIQL_FOLDER)) {
    await app.register(serveStatic, {
      root: GRAPHIQL_FOLDER,
      cacheControl: false,
      setHeaders: (reply, path) => {
        reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
        reply.header('content-security-policy', PAGE_POLICY);
        reply.header('x-content-type-options', 'nosniff');
      },
    });
  }
  const webSocket = serveWebSocket(app.server, graph, log, limits);
  const url = await app.listen({ host, port });
  return {
    url,
    close: async () => {
      health.isDraining = true;
      const closed = app.close();
      await Promise.all([inFlight.idle(DRAIN_LIMIT_MS), webSocket.close(DRAIN_LIMIT_MS)]);
      // A connection that a browser opened ahead of need counts as busy for Node, which would wait a minute for it.
      app.server.closeAllConnections();
      await closed;
      await apollo.stop();
    },
  };
}

/** No route has a JSON schema, so that what compiles them need not be loaded: Fastify does so unless it is given another. */
function noSchemas(): never {
  throw new Error('Routes have no JSON schemas here: what a request may hold is checked by who reads it.');
}

class UnsupportedEncoding extends Error {
  readonly statusCode = 415;
  constructor(encoding: string) {
    super(`A body with content-encoding ${encoding} is not read; send it as it is.`);
  }
}
