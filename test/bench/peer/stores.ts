// The same data in MLflow's store and in a registry: filled there, and imported here.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../../support/free-ports.ts';
import { onAllCores } from '../support/machine.ts';
import type { Bench } from '../support/row.ts';
import { type MeasuredServer, startModelgraph, startServer } from '../support/servers.ts';

const MAIN = join(import.meta.dirname, '../../../dist/main.js');
const FILLER = join(import.meta.dirname, 'fill_mlflow.py');

export const MODELS = 500;
export const VERSIONS = 20;
const RUNS = 100_000;
const QUICK_RUNS = 1_000;
/** Characters that a program may print: the import tells how far it is. */
const MOST_OUTPUT = 10_000_000;

const execute = promisify(execFile);

export interface Peers {
  readonly ours: MeasuredServer;
  readonly mlflow: MeasuredServer;
  /**
   * Does something with MLflow's server, which stands still once that is done: it has work of its own,
   * and goes on with what nobody waits for any longer, and neither is to take time from the registry.
   */
  whileAwake<T>(work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** @returns both servers on the same data and the same engine; undefined where there is no MLflow or no such server */
export async function startPeers(engine: 'SQLite' | 'MariaDB', bench: Bench): Promise<Peers | undefined> {
  const python = await bench.python();
  const mysql = engine === 'MariaDB' ? bench.mysql : undefined;
  if (python === undefined || (engine === 'MariaDB' && !mysql)) return undefined;
  const runs = bench.runs ?? (bench.isQuick ? QUICK_RUNS : RUNS);
  const fill = (uri: string) => run(python, [FILLER, uri, ...[runs, MODELS, VERSIONS].map(String)]);
  // The filler makes the same rows in every store: what is imported from a file is what a server has.
  const filled = join(bench.folder, 'mlflow-filled.db');
  if (!existsSync(filled)) {
    bench.say(`filling a store of MLflow with ${runs} runs`);
    await fill(`sqlite:///${filled}`);
  }
  bench.say(`MLflow's and the registry's data, ${engine}`);
  const theirStore = async () => {
    if (mysql) {
      const uri = (await mysql.create('bench_mlflow')).replace(/^mysql:/, 'mysql+pymysql:');
      await fill(uri);
      return uri;
    }
    const copy = join(bench.folder, 'mlflow.db');
    await copyFile(filled, copy);
    return `sqlite:///${copy}`;
  };
  const theirs = async () => {
    const uri = await theirStore();
    const [port = 0] = await freePorts(1);
    const options = ['--backend-store-uri', uri, '--host', '127.0.0.1', '--port', String(port)];
    // Without the processes for jobs, which work on nothing here and make it slower.
    const environment = { MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' };
    const command = [python, '-m', 'mlflow', 'server', ...options];
    return startServer(command, { folder: bench.folder, environment }, { port, path: '/health' });
  };
  const ours = async () => {
    const url = mysql ? await mysql.create('bench_peer') : `sqlite:${bench.folder}/peer.db`;
    await run(process.execPath, [MAIN, 'import', 'mlflow', filled, '--database-url', url]);
    return startModelgraph(url, bench);
  };
  const [mlflow, modelgraph] = await Promise.all([theirs(), ours()]);
  return {
    ours: modelgraph,
    mlflow,
    async whileAwake(work) {
      mlflow.resume();
      try {
        return await work();
      } finally {
        mlflow.pause();
      }
    },
    stop: async () => void (await Promise.all([modelgraph.stop(), mlflow.stop()])),
  };
}

/** @throws where the program fails, with what it printed */
async function run(command: string, args: readonly string[]): Promise<void> {
  await execute(...onAllCores(command, args), { maxBuffer: MOST_OUTPUT });
}
