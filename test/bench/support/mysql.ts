// The database server that the rows are measured on: one that is given, or one that is started where there is a program for it.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import mysql2 from 'mysql2/promise';
import { startMariaDb } from '../../support/mariadb.ts';
import type { MysqlServer } from './row.ts';

export interface RunningMysql extends MysqlServer {
  /** Removes what was made there, and ends what was started. */
  stop(): Promise<void>;
}

/** @param given a URL of a server, whose databases are left alone */
export async function findMysql(given: string | undefined, folder: string): Promise<RunningMysql | undefined> {
  if (given !== undefined) return serverAt(given, async () => undefined);
  if (spawnSync('mariadbd', ['--version']).status !== 0) return undefined;
  mkdirSync(folder, { recursive: true });
  const servers = await startMariaDb(join(folder, 'server'));
  const port = servers.nodes[0]?.port ?? 0;
  return serverAt(`mysql://root@127.0.0.1:${port}/mysql`, () => servers.stop());
}

function serverAt(url: string, stop: () => Promise<void>): RunningMysql {
  const made: string[] = [];
  const administer = async (statement: string) => {
    const connection = await mysql2.createConnection(url);
    try {
      await connection.query(statement);
    } finally {
      await connection.end();
    }
  };
  return {
    create: async (purpose) => {
      const name = `modelgraph_${purpose}_${randomBytes(4).toString('hex')}`;
      await administer(`CREATE DATABASE ${name}`);
      made.push(name);
      return url.replace(/\/[^/]*$/, `/${name}`);
    },
    stop: async () => {
      for (const name of made) await administer(`DROP DATABASE IF EXISTS ${name}`);
      await stop();
    },
  };
}
