// The built registry in a process of its own, on an empty SQLite file. The work on an event begins with its commit.

import { join } from 'node:path';
import { pino } from 'pino';
import { type Commands, serveCommands } from './commands.ts';
import { Probe } from './probe.ts';

const BUILT = join(import.meta.dirname, '../../../dist');
const [dataDir = ''] = process.argv.slice(2);

const { readConfig } = (await import(join(BUILT, 'config.js'))) as typeof import('../../../src/config.ts');
const { startApp } = (await import(join(BUILT, 'app.js'))) as typeof import('../../../src/app.ts');

const probe = new Probe();
/** Whether the next commit is the one that the measurement is about: giving the event its position is one, too. */
let isCommitAwaited = false;
const config = readConfig({ MODELGRAPH_DATA_DIR: dataDir, PORT: '0', MAX_SOCKETS_PER_ADDRESS: '0' }, {});
const app = await startApp(config, pino({ level: 'error' }, pino.destination(2)), {
  onStatement: (text) => {
    if (!isCommitAwaited || text !== 'COMMIT') return;
    isCommitAwaited = false;
    probe.begin();
  },
});

const commands = {
  url: () => app.url,
  awaitCommit: () => {
    isCommitAwaited = true;
  },
  work: () => probe.work(),
  memory: () => probe.memory(),
  stop: () => app.close(),
} satisfies Commands;
export type RegistryServer = typeof commands;

serveCommands(commands);
