// Checks the promises about history on a running system: several servers on one database, of which any may end at any
// moment unless that is to be calm, with writers, readers and subscribers at work. Prints what it did and found; its exit
// code is 1 on a violation.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runHistory } from './history/run.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    database: { type: 'string', default: 'mariadb' },
    servers: { type: 'string', default: '4' },
    writers: { type: 'string', default: '8' },
    subscribers: { type: 'string', default: '8' },
    /** Nothing ends meanwhile: the more writers meet. */
    calm: { type: 'boolean', default: false },
    /** A file that the whole history is written to. */
    out: { type: 'string' },
  },
});
const { database } = values;
if (database !== 'mariadb' && database !== 'galera') throw new Error('--database must be mariadb or galera');
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const { isClean, report, history } = await runHistory(
  {
    database,
    seed,
    seconds: Number(values.seconds),
    servers: Number(values.servers),
    writers: Number(values.writers),
    subscribers: Number(values.subscribers),
    isCalm: values.calm,
  },
  stop.signal,
);
if (values.out) await writeFile(values.out, JSON.stringify(history, null, 1));
console.log(report);
process.exitCode = isClean ? 0 : 1;
