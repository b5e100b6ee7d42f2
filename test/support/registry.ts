// A whole registry for a test: the real app over HTTP on a real database, made fresh and removed afterwards.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql2 from 'mysql2/promise';
import { type Logger, pino } from 'pino';
import { type App, type AppOptions, startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';

// biome-ignore lint/suspicious/noExplicitAny: the answer of an arbitrary query; a test asserts what it reads
type Data = any;

export interface GraphQLAnswer {
  readonly data: Data;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string; readonly field?: string; readonly details?: Record<string, unknown> };
  }[];
}

export interface TestRegistry {
  readonly app: App;
  readonly url: string;
  /** Texts of the statements run since it was emptied, without those of the event log, which go on by themselves. */
  readonly statements: string[];
  /** Sends an operation as an actor and gives the answer whole. */
  send(query: string, variables?: Record<string, unknown>, actor?: string): Promise<GraphQLAnswer>;
  /** As {@link send}, and fails where there are errors. */
  ask(query: string, variables?: Record<string, unknown>, actor?: string): Promise<Data>;
  stop(): Promise<void>;
}

/** Where tests find a MySQL or MariaDB server; without it they run on SQLite. */
const MYSQL_URL = process.env.TEST_MYSQL_URL;

export async function startRegistry(
  options: AppOptions & {
    readonly environment?: Record<string, string>;
    /** A database that other instances use too; whoever made it removes it. */
    readonly sharedDatabase?: FreshDatabase;
    readonly log?: Logger;
  } = {},
): Promise<TestRegistry> {
  const { environment, sharedDatabase, log, ...appOptions } = options;
  const database = sharedDatabase ?? (await freshDatabase());
  const statements: string[] = [];
  const config = readConfig({}, { PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: database.url, ...environment });
  const app = await startApp(config, log ?? pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }), {
    onStatement: (text) => {
      if (!isOfEventLog(text)) statements.push(text);
    },
    ...appOptions,
  });
  const send: TestRegistry['send'] = async (query, variables, actor) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(actor && { 'x-actor': actor }) },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as GraphQLAnswer;
  };
  return {
    app,
    url: app.url,
    statements,
    send,
    ask: async (query, variables, actor) => {
      const answer = await send(query, variables, actor);
      if (answer.errors) throw new Error(JSON.stringify(answer.errors));
      return answer.data;
    },
    stop: async () => {
      await app.close();
      if (!sharedDatabase) await database.remove();
    },
  };
}

export interface FreshDatabase {
  readonly url: string;
  remove(): Promise<void>;
}

/** An empty database of its own: a file, or a schema on the server that the tests were given. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `modelgraph_test_${randomBytes(6).toString('hex')}`;
  if (!MYSQL_URL) {
    const folder = await mkdtemp(join(tmpdir(), `${name}_`));
    return { url: `sqlite:${join(folder, 'registry.db')}`, remove: () => rm(folder, { recursive: true, force: true }) };
  }
  const administer = async (statement: string) => {
    const connection = await mysql2.createConnection(MYSQL_URL);
    await connection.query(statement);
    await connection.end();
  };
  await administer(`CREATE DATABASE ${name}`);
  return {
    url: MYSQL_URL.replace(/\/[^/]*$/, `/${name}`),
    remove: () => administer(`DROP DATABASE IF EXISTS ${name}`),
  };
}

/** What the event log does in the background, and the transactions that it needs for that. */
function isOfEventLog(text: string): boolean {
  return /\b(events|event_counter)\b|^(BEGIN|START TRANSACTION|COMMIT|SET SESSION wait_timeout)/.test(text);
}

/** Whether this run is on SQLite. */
export const isSqlite = MYSQL_URL === undefined;
