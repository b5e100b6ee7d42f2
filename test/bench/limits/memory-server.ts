// The registry with every statement's rows kept in memory: what is left is the execution, from the request to the answer.

import 'reflect-metadata';
import { pino } from 'pino';

const BUILT = new URL('../../../dist/', import.meta.url);

process.env.NODE_ENV ??= 'production';
const { startApp } = (await import(new URL('app.js', BUILT).href)) as typeof import('../../../src/app.ts');
const { readConfig } = (await import(new URL('config.js', BUILT).href)) as typeof import('../../../src/config.ts');
const { Database } = (await import(
  new URL('database/database.js', BUILT).href
)) as typeof import('../../../src/database/database.ts');

const { read } = Database.prototype;
const kept = new Map<string, Promise<object[]>>();

Database.prototype.read = function <T extends object>(
  this: InstanceType<typeof Database>,
  statement: Parameters<typeof read>[0],
) {
  const key = `${statement.text}\n${JSON.stringify(statement.values)}`;
  const known = kept.get(key) ?? read.call(this, statement);
  kept.set(key, known);
  return known as Promise<T[]>;
};

await startApp(readConfig(), pino({ level: 'warn' }));
