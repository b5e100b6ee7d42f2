// The configuration: the only reader of the environment. Every variable has a flag of the same name.

import { isIPv4 } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { parseRedisUrl, type RedisAddress } from './adapters/redis/address.ts';
import { type ActorIdentity, ANONYMOUS } from './core/context.ts';
import { checkName } from './core/text.ts';
import { type DatabaseAddress, parseDatabaseUrl } from './database/address.ts';
import { DEFAULT_LIMITS, type QueryLimits } from './graphql/limits.ts';
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from './http/websocket-limits.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Absolute path. */
  readonly dataDir: string;
  readonly database: DatabaseAddress;
  /** Whether DATABASE_URL was given, rather than the file in the data folder taken. */
  readonly isDatabaseGiven: boolean;
  readonly databaseWaitMs: number;
  /** Where instances wake one another; undefined where they only poll. */
  readonly redis: RedisAddress | undefined;
  readonly sqliteSynchronous: 'normal' | 'full';
  readonly logLevel: string;
  readonly limits: QueryLimits;
  readonly webSocket: WebSocketLimits;
  readonly actor: ActorIdentity;
  readonly allowUnauthenticated: boolean;
  /** How long events are kept, days; 0 for ever. */
  readonly eventRetentionDays: number;
  /** Whether `/metrics` is served. */
  readonly hasMetrics: boolean;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** Decimal digits only: a blank, `0x10` or `1e3` is more likely a slip than meant. */
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^[0-9]{1,16}$/, { error: `must be a whole number from ${least} to ${most}` })
    .transform(Number)
    .refine((number) => number >= least && number <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    });

/** Each variable with its form, its default and one line of help. */
export const VARIABLES = {
  HOST: { form: z.string().min(1, 'must not be empty'), default: '127.0.0.1', help: 'address to listen on' },
  PORT: { form: whole(0, 65_535), default: '4000', help: 'port to listen on; 0 picks a free one' },
  MODELGRAPH_DATA_DIR: {
    form: z.string().min(1, 'must not be empty'),
    default: './data',
    help: 'folder of the SQLite file',
  },
  DATABASE_URL: {
    form: z.string().superRefine((url, context) => {
      const parsed = parseDatabaseUrl(url);
      if ('problem' in parsed) context.addIssue({ code: 'custom', message: parsed.problem });
    }),
    default: '',
    help: 'sqlite:<path> or mysql://user:password@host1:3306,host2:3306/name?ssl=require; the SQLite file in the data folder by default',
  },
  DATABASE_WAIT_SECONDS: {
    form: whole(0, 3_600),
    default: '60',
    help: 'how long to wait at start for a database that is down',
  },
  REDIS_URL: {
    form: z.string().superRefine((url, context) => {
      const parsed = parseRedisUrl(url);
      if (url !== '' && 'problem' in parsed) context.addIssue({ code: 'custom', message: parsed.problem });
    }),
    default: '',
    help: 'redis://user:password@host:6379, or rediss:// for TLS: instances wake one another there, beside polling',
  },
  SQLITE_SYNCHRONOUS: {
    form: z.enum(['normal', 'full'], { error: 'must be normal or full' }),
    default: 'normal',
    help: 'full waits for the disk at every commit, so that a power cut loses nothing acknowledged',
  },
  LOG_LEVEL: {
    form: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }),
    default: 'info',
    help: LOG_LEVELS.join(', '),
  },
  MAX_QUERY_COST: {
    form: whole(1, Number.MAX_SAFE_INTEGER),
    default: String(DEFAULT_LIMITS.maxCost),
    help: 'objects that one query may return, as estimated from its lists',
  },
  MAX_QUERY_DEPTH: {
    form: whole(1, 1_000),
    default: String(DEFAULT_LIMITS.maxDepth),
    help: 'levels of fields in one query',
  },
  ALLOWED_ORIGINS: {
    form: z.string().superRefine((list, context) => {
      const wrong = originsIn(list).find((origin) => origin !== '*' && !isOrigin(origin));
      if (wrong !== undefined) {
        context.addIssue({ code: 'custom', message: `"${wrong}" is no origin such as https://example.org, and not *` });
      }
    }),
    default: '',
    help: 'origins, separated by commas, whose pages may open WebSockets beside our own; * for any',
  },
  MAX_WEBSOCKET_MESSAGE_BYTES: {
    form: whole(1_000, 1_000_000_000),
    default: String(DEFAULT_WEBSOCKET_LIMITS.maxMessageBytes),
    help: 'the largest message that a WebSocket may send',
  },
  MAX_SOCKETS_PER_ADDRESS: {
    form: whole(0, 1_000_000),
    default: String(DEFAULT_WEBSOCKET_LIMITS.maxSocketsPerAddress),
    help: 'WebSockets that one address may have open; 0 for any number, as behind a proxy',
  },
  MAX_SUBSCRIPTIONS_PER_SOCKET: {
    form: whole(1, 1_000_000),
    default: String(DEFAULT_WEBSOCKET_LIMITS.maxSubscriptionsPerSocket),
    help: 'operations that one WebSocket may have under way',
  },
  SUBSCRIBER_STALL_SECONDS: {
    form: whole(1, 86_400),
    default: String(DEFAULT_WEBSOCKET_LIMITS.stallMs / 1_000),
    help: 'how long a subscriber may read nothing before it is cut off, if it is too far behind',
  },
  SUBSCRIBER_MAX_LAG: {
    form: whole(0, Number.MAX_SAFE_INTEGER),
    default: String(DEFAULT_WEBSOCKET_LIMITS.maxLag),
    help: 'how many events behind a subscriber that reads nothing is too far',
  },
  EVENT_RETENTION_DAYS: {
    form: whole(0, 100_000),
    default: '0',
    help: 'how long events are kept; 0 keeps them for ever',
  },
  METRICS: {
    form: z.enum(['true', 'false'], { error: 'must be true or false' }),
    default: 'true',
    help: 'whether /metrics is served, for Prometheus',
  },
  MODELGRAPH_ACTOR: { form: z.string(), default: '', help: 'who the command line acts as' },
  MODELGRAPH_ALLOW_UNAUTHENTICATED: {
    form: z.enum(['true', 'false'], { error: 'must be true or false' }),
    default: 'false',
    help: 'true allows a HOST that others can reach, though nobody proves who they are',
  },
} as const;

export type VariableName = keyof typeof VARIABLES;

/** Those that may hold a password, so that what was given is not shown. */
const SECRET: ReadonlySet<VariableName> = new Set(['DATABASE_URL', 'REDIS_URL']);

/** What is wrong with the configuration, in words for the person who set it. */
export class ConfigError extends Error {}

/**
 * Reads and checks the configuration.
 * @param flags values from the command line, which come before the environment
 * @throws ConfigError naming each variable that is wrong, and what would be right
 */
export function readConfig(
  flags: Partial<Record<VariableName, string>> = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const problems: string[] = [];
  const read = <N extends VariableName>(name: N): z.output<(typeof VARIABLES)[N]['form']> => {
    const given = flags[name] ?? environment[name];
    const { form, default: fallback } = VARIABLES[name];
    const result = (form as z.ZodType).safeParse(given === undefined || given === '' ? fallback : given);
    if (!result.success && !(name === 'DATABASE_URL' && !given)) {
      const why = result.error.issues.map((issue) => issue.message).join('; ');
      problems.push(`${name}: ${why}${SECRET.has(name) ? '' : `; got ${JSON.stringify(given)}`}`);
    }
    return result.data as never;
  };
  const dataDir = resolve(read('MODELGRAPH_DATA_DIR') ?? '.');
  const databaseUrl = flags.DATABASE_URL ?? environment.DATABASE_URL ?? '';
  read('DATABASE_URL');
  const parsed = databaseUrl === '' ? undefined : parseDatabaseUrl(databaseUrl);
  const redis = parseRedisUrl(read('REDIS_URL') ?? '');
  const config: Config = {
    host: read('HOST'),
    port: read('PORT'),
    dataDir,
    database: parsed && !('problem' in parsed) ? parsed : { kind: 'sqlite', path: join(dataDir, 'modelgraph.db') },
    isDatabaseGiven: databaseUrl !== '',
    databaseWaitMs: read('DATABASE_WAIT_SECONDS') * 1_000,
    redis: 'problem' in redis ? undefined : redis,
    sqliteSynchronous: read('SQLITE_SYNCHRONOUS'),
    logLevel: read('LOG_LEVEL'),
    limits: { maxCost: read('MAX_QUERY_COST'), maxDepth: read('MAX_QUERY_DEPTH') },
    webSocket: {
      ...DEFAULT_WEBSOCKET_LIMITS,
      allowedOrigins: originsIn(read('ALLOWED_ORIGINS') ?? ''),
      maxMessageBytes: read('MAX_WEBSOCKET_MESSAGE_BYTES'),
      maxSocketsPerAddress: read('MAX_SOCKETS_PER_ADDRESS'),
      maxSubscriptionsPerSocket: read('MAX_SUBSCRIPTIONS_PER_SOCKET'),
      stallMs: read('SUBSCRIBER_STALL_SECONDS') * 1_000,
      maxLag: read('SUBSCRIBER_MAX_LAG'),
    },
    actor: readActor(read('MODELGRAPH_ACTOR'), problems),
    allowUnauthenticated: read('MODELGRAPH_ALLOW_UNAUTHENTICATED') === 'true',
    eventRetentionDays: read('EVENT_RETENTION_DAYS'),
    hasMetrics: read('METRICS') === 'true',
  };
  if (!config.allowUnauthenticated && !isLoopback(config.host)) {
    problems.push(
      `HOST: ${config.host} can be reached from elsewhere, and nobody has to prove who they are; set MODELGRAPH_ALLOW_UNAUTHENTICATED=true to allow it, or listen on 127.0.0.1`,
    );
  }
  if (problems.length > 0)
    throw new ConfigError(problems.map((problem) => `Wrong configuration: ${problem}.`).join('\n'));
  return Object.freeze(config);
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function originsIn(list: string): string[] {
  return list
    .split(',')
    .map((origin) => origin.trim().toLowerCase())
    .filter((origin) => origin !== '');
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

function readActor(name: string | undefined, problems: string[]): ActorIdentity {
  if (!name) return ANONYMOUS;
  try {
    return { name: checkName(name, 'MODELGRAPH_ACTOR', 'actor'), isVerified: false };
  } catch (error) {
    problems.push((error as Error).message);
    return ANONYMOUS;
  }
}
