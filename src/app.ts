// The composition root: builds everything by hand from a configuration, and ends it in the reverse order.

import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { OpenLineageReceiver } from './adapters/openlineage/receive.ts';
import type { RedisAddress } from './adapters/redis/address.ts';
import type { RedisWakeUps } from './adapters/redis/wake-ups.ts';
import type { Config } from './config.ts';
import { type Clock, systemClock } from './core/clock.ts';
import { NO_TELEMETRY, type Telemetry } from './core/telemetry.ts';
import { describeAddress } from './database/address.ts';
import { type Connections, connector } from './database/connect.ts';
import { Database } from './database/database.ts';
import { findDrift } from './database/drift.ts';
import { forgetOldKeys } from './database/idempotency.ts';
import { migrate } from './database/migrate.ts';
import type { StatementListener } from './database/reader.ts';
import { waitForDatabase } from './database/wait.ts';
import { appendFacts } from './events/append.ts';
import { EventFeed } from './events/event-feed.ts';
import { buildFeatures, ENTITIES, type Features } from './features/index.ts';
import type { CompilerLimits } from './graphql/compiled-queries.ts';
import { GraphService } from './graphql/service.ts';
import { type HttpServer, startHttpServer } from './http/server.ts';
import type { WebSocketLimits } from './http/websocket-limits.ts';
import { Metrics } from './telemetry/metrics.ts';
import { Observer } from './telemetry/observer.ts';

const UPKEEP_MS = 3_600_000;
const DAY_MS = 24 * 3_600_000;

export interface AppOptions {
  readonly clock?: Clock;
  /** Told of every statement that is run. */
  readonly onStatement?: StatementListener;
  /** Whether pending migrations are run first, as they are by default. */
  readonly migrate?: 'first' | 'never';
  /** Whether much is going to be written at once, as an import does. */
  readonly isBulk?: boolean;
  /** Told of what the program does. */
  readonly telemetry?: Telemetry;
  /** Up to how many rows a list is read from what its filter names, in place of the usual number. */
  readonly fewCandidates?: number;
  /** In place of what the configuration says. */
  readonly webSocket?: Partial<WebSocketLimits>;
  readonly compiler?: Partial<CompilerLimits>;
  /** Between two looks at what other instances did, milliseconds, in place of the usual. */
  readonly pollMs?: number;
}

/** A registry without its server: what the command line's other commands work with. */
export interface Registry {
  readonly db: Database;
  readonly features: Features;
  /** The event log. It stands still until it is started. */
  readonly events: EventFeed;
  /** The statements that would make the database what the entities say; none where it is. */
  drift(): Promise<string[]>;
  close(): Promise<void>;
}

export interface App extends Registry {
  readonly url: string;
}

/** Connects, migrates and builds the features. @throws Unavailable where the database stays out of reach */
export async function openRegistry(config: Config, log: Logger, options: AppOptions = {}): Promise<Registry> {
  const { clock = systemClock, onStatement, telemetry = NO_TELEMETRY, fewCandidates, isBulk } = options;
  const connect = connector(config.database, {
    entities: ENTITIES,
    onStatement,
    isFullySynchronous: config.sqliteSynchronous === 'full',
    isBulk,
  });
  const open = options.migrate === 'never' ? connect : migrating(connect, log);
  const connections = await waitForDatabase(open, {
    limitMs: config.databaseWaitMs,
    log,
    address: describeAddress(config.database),
  });
  try {
    const { dialect, writer, session, send, onConnectionLoss, pool } = connections;
    const reader = await connections.openReader();
    const db = new Database({
      dialect,
      writer,
      session,
      send,
      reader,
      clock,
      onConnectionLoss,
      writeFacts: appendFacts,
      telemetry,
      ...(pool && { pool }),
      fewCandidates,
    });
    const events = new EventFeed(db, {
      pollMs: options.pollMs,
      trouble: {
        began: (error) => log.warn({ err: error }, 'could not follow the event log; trying until it works again'),
        ended: (lastedMs) => log.info({ lastedMs }, 'following the event log again'),
      },
    });
    return {
      db,
      features: buildFeatures(db, clock, events, options.pollMs),
      events,
      drift: () => findDrift(writer),
      close: () => db.close(),
    };
  } catch (error) {
    await connections.writer.destroy();
    throw error;
  }
}

/** Connects and migrates; both again, from the start, where the database goes away in between. */
function migrating(connect: () => Promise<Connections>, log: Logger): () => Promise<Connections> {
  // The same at every try: what an earlier one took hold of is not waited for.
  const holder = randomUUID();
  return async () => {
    const connections = await connect();
    try {
      const applied = await migrate(connections.writer, holder);
      if (applied.length > 0) log.info({ migrations: applied }, 'migrated the database');
      return connections;
    } catch (error) {
      await connections.writer.destroy();
      throw error;
    }
  };
}

/** Opens the registry and serves it. */
export async function startApp(config: Config, log: Logger, options: AppOptions = {}): Promise<App> {
  const clock = options.clock ?? systemClock;
  const metrics = config.hasMetrics ? new Metrics() : undefined;
  const telemetry = options.telemetry ?? new Observer(metrics);
  const registry = await openRegistry(config, log, { ...options, telemetry });
  const { db, features, events } = registry;
  events.start();
  let wakeUps: RedisWakeUps | undefined;
  let http: HttpServer;
  try {
    if (config.redis) wakeUps = await shareWakeUps(registry, config.redis, log);
    http = await startHttpServer({
      lineage: new OpenLineageReceiver(db, features.imports),
      graph: new GraphService(features, config.limits, log, { telemetry, compiler: options.compiler }),
      log,
      host: config.host,
      port: config.port,
      webSocket: { ...config.webSocket, ...options.webSocket },
      ping: () => db.ping(),
      metrics: metrics && {
        contentType: metrics.contentType,
        text: () => metrics.report({ connections: () => db.connections(), eventLag: () => events.lag(clock.now()) }),
      },
    });
  } catch (error) {
    await events.stop();
    wakeUps?.close();
    await registry.close();
    throw error;
  }
  const upkeep = startUpkeep(registry, config, log, clock);
  return {
    ...registry,
    url: http.url,
    close: async () => {
      clearInterval(upkeep);
      await http.close();
      await events.stop();
      await features.services.metricFeed.stop();
      wakeUps?.close();
      await registry.close();
    },
  };
}

/** Wakes other instances of the registry when there is news here, and is woken by them. */
async function shareWakeUps(
  { db, events, features }: Registry,
  address: RedisAddress,
  log: Logger,
): Promise<RedisWakeUps> {
  const { metricFeed } = features.services;
  // Loaded only where it is used.
  const { RedisWakeUps } = await import('./adapters/redis/wake-ups.ts');
  const wakeUps = new RedisWakeUps({
    address,
    registry: await db.identity(),
    log,
    onWake: (topic) => (topic === 'events' ? events.wake() : metricFeed.wake()),
  });
  events.whenNumbered(() => wakeUps.send('events'));
  metricFeed.whenLogged(() => wakeUps.send('metrics'));
  return wakeUps;
}

/** Removes what has been kept long enough, now and then. */
function startUpkeep({ db, events, features }: Registry, config: Config, log: Logger, clock: Clock): NodeJS.Timeout {
  const run = async () => {
    try {
      await db.maintain({ name: 'modelgraph', isVerified: true }, async (tx) => {
        await forgetOldKeys(tx, tx.startedAt);
        await features.services.metricFeed.forgetOld(tx, tx.startedAt);
      });
      const { eventRetentionDays } = config;
      if (eventRetentionDays > 0) await events.removeBefore(clock.now() - eventRetentionDays * DAY_MS);
    } catch (error) {
      log.warn({ err: error }, 'could not remove what is too old');
    }
  };
  return setInterval(() => void run(), UPKEEP_MS).unref();
}
