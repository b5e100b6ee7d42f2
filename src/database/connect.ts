// Opens the data sources that an address stands for.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import type mysql2 from 'mysql2';
import { DataSource, type DataSourceOptions, type EntityTarget, type Logger } from 'typeorm';
import type { ConnectionUsage } from '../core/telemetry.ts';
import type { DatabaseAddress, MysqlAddress, SqliteAddress } from './address.ts';
import type { Dialect } from './dialect.ts';
import { HostChoice } from './host-choice.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { mysql } from './mysql.ts';
import { planOnce } from './plan-once.ts';
import { usageOf } from './pool-usage.ts';
import { PooledReader, PooledSession } from './pooled.ts';
import { type Reader, SqliteReader, type StatementListener } from './reader.ts';
import { RunnerSession, type Session } from './session.ts';
import { sqlite } from './sqlite.ts';
import { inOneMessage, oneByOne, type Sending } from './statements.ts';

type Entities = readonly EntityTarget<object>[];

export interface Connections {
  readonly dialect: Dialect;
  readonly writer: DataSource;
  readonly session: () => Session;
  readonly send: Sending;
  /** Opens what reads go through; to be called after the migrations. */
  openReader(): Promise<Reader>;
  onConnectionLoss(): void;
  /** The connections to a server. */
  readonly pool?: () => ConnectionUsage;
}

export interface ConnectOptions {
  readonly entities: Entities;
  /** Told of every statement that is run. */
  readonly onStatement?: StatementListener | undefined;
  /** SQLite: wait for the disk at every commit, so that a power cut loses nothing acknowledged. */
  readonly isFullySynchronous?: boolean;
  /** SQLite: much is written at once, so that memory may be spent on writing each page less often. */
  readonly isBulk?: boolean | undefined;
  /** Connections to the server at most. */
  readonly poolSize?: number;
}

const STATEMENT_CACHE = 500;
/** Holds what a large transaction changes: pages that do not fit are written to the log again and again. */
const WRITER_CACHE_KIB = 32_768;
const BULK_CACHE_KIB = 262_144;
/** How long the log gets before its pages are written to their places. */
const BULK_LOG_PAGES = 16_384;
/** Holds what reads come back to in a large file, such as the edges that a traversal follows. */
const READER_CACHE_KIB = 32_768;
const WRITER_BUSY_MS = 20;
const READER_BUSY_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;
const POOL_SIZE = 16;
/** Characters: the values of params. */
const LONGEST_SORTED_TEXT = 8_000;

/** What opens an address, as often as it takes: which of several hosts failed is remembered from one try to the next. */
export function connector(address: DatabaseAddress, options: ConnectOptions): () => Promise<Connections> {
  if (address.kind === 'sqlite') return () => connectSqlite(address, options);
  const hosts = new HostChoice(address.hosts);
  return () => connectMysql(address, hosts, options);
}

async function connectSqlite(address: SqliteAddress, options: ConnectOptions): Promise<Connections> {
  mkdirSync(dirname(address.path), { recursive: true });
  const writer = new DataSource({
    ...shared(options),
    type: 'better-sqlite3',
    database: address.path,
    statementCacheSize: STATEMENT_CACHE,
    // Another process may hold the lock: its turn is awaited without blocking this one.
    timeout: WRITER_BUSY_MS,
    prepareDatabase: (database: BetterSqlite3.Database) => {
      planOnce(database);
      database.pragma(`busy_timeout = ${READER_BUSY_MS}`);
      database.pragma('journal_mode = WAL');
      database.pragma(`busy_timeout = ${WRITER_BUSY_MS}`);
      database.pragma(`cache_size = -${options.isBulk ? BULK_CACHE_KIB : WRITER_CACHE_KIB}`);
      if (options.isBulk) database.pragma(`wal_autocheckpoint = ${BULK_LOG_PAGES}`);
      database.pragma(`synchronous = ${options.isFullySynchronous ? 'FULL' : 'NORMAL'}`);
    },
  });
  await writer.initialize();
  return {
    dialect: sqlite,
    writer,
    session: () => new RunnerSession(writer.createQueryRunner()),
    send: oneByOne,
    openReader: async () => {
      const { default: Connection } = await import('better-sqlite3');
      const connection = new Connection(address.path, { readonly: true, timeout: READER_BUSY_MS });
      planOnce(connection);
      connection.pragma(`cache_size = -${READER_CACHE_KIB}`);
      return new SqliteReader(connection, options.onStatement);
    },
    onConnectionLoss: () => undefined,
  };
}

async function connectMysql(address: MysqlAddress, hosts: HostChoice, options: ConnectOptions): Promise<Connections> {
  // Loaded here, since a registry on SQLite has no need of it.
  const { default: client } = await import('mysql2');
  const stream = () => hosts.connect();
  const login = { user: address.user, password: address.password, database: address.database, stream };
  const ssl = address.ssl === 'off' ? undefined : { rejectUnauthorized: address.ssl === 'verify' };
  const server = await probe(client, { ...login, ...(ssl && { ssl }), connectTimeout: CONNECT_TIMEOUT_MS });
  const settings = [
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
    // MariaDB would sort by the first 1,024 bytes of a text only, where cursors compare whole ones. Four bytes a character.
    ...(server.isMariaDb ? [`SET SESSION max_sort_length = ${4 * LONGEST_SORTED_TEXT}`] : []),
    ...(mysql.allowSilence ? [mysql.allowSilence] : []),
    ...(server.isCluster ? ['SET SESSION wsrep_sync_wait = 1'] : []),
  ];
  const pools: mysql2.Pool[] = [];
  const driver = {
    ...client,
    createPool(poolOptions: mysql2.PoolOptions) {
      const created = client.createPool(poolOptions);
      // Queued on the connection before any statement of ours.
      created.on('connection', (connection) => {
        // Its loss is told to the statement that meets it.
        connection.on('error', () => undefined);
        for (const setting of settings) connection.query(setting);
      });
      pools.push(created);
      return created;
    },
  };
  const writer = new DataSource({
    ...shared(options),
    type: server.isMariaDb ? 'mariadb' : 'mysql',
    driver,
    username: address.user,
    password: address.password,
    database: address.database,
    charset: 'utf8mb4',
    supportBigNumbers: true,
    bigNumberStrings: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // No text has a caller's input, whose values are escaped.
    multipleStatements: !server.isCluster,
    poolSize: options.poolSize ?? POOL_SIZE,
    ...(ssl && { ssl }),
    extra: { stream },
  });
  await writer.initialize();
  const [pool] = pools;
  if (!pool) throw new Error('TypeORM made no pool of connections.');
  return {
    dialect: mysql,
    writer,
    session: () => new PooledSession(pool, options.onStatement),
    send: server.isCluster ? oneByOne : inOneMessage,
    openReader: async () => new PooledReader(pool, options.onStatement),
    onConnectionLoss: () => hosts.reportLoss(),
    pool: () => usageOf(pool),
  };
}

function shared({ entities, onStatement }: ConnectOptions) {
  return {
    entities: [...entities] as NonNullable<DataSourceOptions['entities']>,
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migrations',
    ...(onStatement && { logger: new StatementLogger(onStatement), logging: true }),
  };
}

/** What the server is, asked once. MariaDB under TypeORM's `mysql` type would show drift for ever. */
async function probe(
  client: typeof mysql2,
  options: mysql2.ConnectionOptions,
): Promise<{ isMariaDb: boolean; isCluster: boolean }> {
  const connection = client.createConnection(options).promise();
  try {
    const [versions] = await connection.query<mysql2.RowDataPacket[]>('SELECT VERSION() AS version');
    const [cluster] = await connection.query<mysql2.RowDataPacket[]>("SHOW VARIABLES LIKE 'wsrep_on'");
    return { isMariaDb: /mariadb/i.test(String(versions[0]?.version)), isCluster: cluster[0]?.Value === 'ON' };
  } finally {
    connection.destroy();
  }
}

class StatementLogger implements Logger {
  constructor(private readonly onStatement: StatementListener) {}
  logQuery(text: string, values: readonly unknown[] = []): void {
    this.onStatement(text, values);
  }
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
