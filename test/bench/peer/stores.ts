// The same data in MLflow's store and in a registry: filled there, and imported here.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../support/free-ports.ts';
import { succeeds } from '../support/python.ts';
import type { Bench } from '../support/row.ts';
import { type MeasuredServer, startModelgraph, startServer } from '../support/servers.ts';

const MAIN = join(import.meta.dirname, '../../../dist/main.js');
const FILLER = join(import.meta.dirname, 'fill_mlflow.py');

export const MODELS = 500;
export const VERSIONS = 20;
const RUNS = 100_000;
const QUICK_RUNS = 1_000;

export interface Peers {
  readonly ours: MeasuredServer;
  readonly mlflow: MeasuredServer;
  stop(): Promise<void>;
}

/** Where MLflow keeps what it has, and where the registry does. */
interface Places {
  readonly mlflow: string;
  readonly ours: string;
}

/** @returns both servers on the same data and the same engine; undefined where there is no MLflow or no such server */
export async function startPeers(engine: 'SQLite' | 'MariaDB', bench: Bench): Promise<Peers | undefined> {
  const python = await bench.python();
  if (python === undefined || (engine === 'MariaDB' && !bench.mysql)) return undefined;
  const store = join(bench.folder, 'mlflow.db');
  const runs = bench.runs ?? (bench.isQuick ? QUICK_RUNS : RUNS);
  const fill = async (uri: string) => {
    bench.say(`filling MLflow's store on ${uri.split(':')[0]} with ${runs} runs`);
    const args = [FILLER, uri, String(runs), String(MODELS), String(VERSIONS)];
    if (!(await succeeds(python, args))) throw new Error('The store of MLflow cannot be filled.');
  };
  const places = await placesOf(engine, store, bench);
  await fill(places.mlflow);
  // The filler makes the same rows in every store: what is imported from a file is what the server has.
  const source = join(bench.folder, 'mlflow-filled.db');
  if (engine === 'SQLite') copyFileSync(store, source);
  else if (!existsSync(source)) await fill(`sqlite:///${source}`);
  bench.say('importing it');
  const imported = spawnSync(process.execPath, [MAIN, 'import', 'mlflow', source, '--database-url', places.ours]);
  if (imported.status !== 0) throw new Error(`The store cannot be imported: ${imported.stderr}`);
  const [port = 0] = await freePorts(1);
  const options = ['--backend-store-uri', places.mlflow, '--host', '127.0.0.1', '--port', String(port)];
  const mlflow = await startServer(
    [python, '-m', 'mlflow', 'server', ...options],
    { folder: bench.folder, environment: { MLFLOW_DISABLE_TELEMETRY: 'true' } },
    { port, path: '/health', isPinned: false },
  );
  const ours = await startModelgraph(places.ours, bench);
  return { ours, mlflow, stop: async () => void (await Promise.all([ours.stop(), mlflow.stop()])) };
}

async function placesOf(engine: 'SQLite' | 'MariaDB', store: string, bench: Bench): Promise<Places> {
  if (engine === 'SQLite') return { mlflow: `sqlite:///${store}`, ours: `sqlite:${bench.folder}/peer.db` };
  const mysql = bench.mysql as NonNullable<Bench['mysql']>;
  const mlflow = (await mysql.create('bench_mlflow')).replace(/^mysql:/, 'mysql+pymysql:');
  return { mlflow, ours: await mysql.create('bench_peer') };
}
