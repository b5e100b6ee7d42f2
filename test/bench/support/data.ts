// Databases with many rows, made without a server: by the program's own migrations, and statements that make the rows.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { type Filling, fill } from '../fill.ts';

const MAIN = join(import.meta.dirname, '../../../dist/main.js');

/** Brings an empty database up to date. */
export function migrate(databaseUrl: string): void {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'migrate', '--database-url', databaseUrl]);
  if (status !== 0) throw new Error(`The database cannot be migrated: ${stderr}`);
}

/** A new SQLite file with so many rows. @returns its URL */
export async function filledSqlite(path: string, filling: Filling): Promise<string> {
  const url = `sqlite:${path}`;
  migrate(url);
  const database = new Sqlite(path);
  try {
    await fill({ isSqlite: true, query: (statement) => database.exec(statement) }, filling);
  } finally {
    database.close();
  }
  return url;
}
