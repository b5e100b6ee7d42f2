// What a server takes that does nothing, and how long it takes to start on a database that is there.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { filledSqlite } from '../support/data.ts';
import { onServerCore } from '../support/machine.ts';
import { PAGE_DATA } from '../support/page.ts';
import { atMost, type Row } from '../support/row.ts';
import { residentBytes, startModelgraph } from '../support/servers.ts';
import { median } from '../support/statistics.ts';

const MAIN = join(import.meta.dirname, '../../../dist/main.js');
/** After which a server has given back what starting took. */
const SETTLED_MS = 5_000;

/** From the start of the process to the line that says where it serves, seconds. */
async function startSeconds(url: string): Promise<number> {
  const [command, args] = onServerCore(process.execPath, [MAIN, 'serve']);
  const environment = { ...process.env, DATABASE_URL: url, PORT: '0', LOG_LEVEL: 'warn' };
  const startedAt = performance.now();
  const server = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(server.stdout, 'data');
  const took = performance.now() - startedAt;
  server.kill('SIGTERM');
  await once(server, 'exit');
  return took / 1_000;
}

export const idle: Row = {
  name: 'idle',
  table: 'limits',
  measure: async (bench) => {
    bench.say('an idle server');
    const url = await filledSqlite(join(bench.folder, 'idle.db'), PAGE_DATA);
    const server = await startModelgraph(url, bench);
    await pause(SETTLED_MS);
    const megabytes = residentBytes(server.pid) / 1_000_000;
    await server.stop();
    const starts: number[] = [];
    for (let round = 0; round <= bench.rounds; round++) starts.push(await startSeconds(url));
    return [
      atMost('memory of an idle server', megabytes, 120, ' MB'),
      atMost('from start to ready, on an existing database', median(starts.slice(1)), 1.5, ' s'),
    ];
  },
};
