// The same work of eight clients on the registry and on MLflow's server, on the same data and the same engine.

import { oneRun, QUESTIONS, type Question } from '../peer/reads.ts';
import { type Peers, startPeers } from '../peer/stores.ts';
import { checkPromoted, prepareWrites } from '../peer/writes.ts';
import { HttpConnection } from '../support/http-connection.ts';
import { type Operation, perSecond, unlessLate } from '../support/load.ts';
import { atLeast, type Bench, type Measurement, type Row } from '../support/row.ts';
import { interleaved } from '../support/statistics.ts';

const CLIENTS = 8;
/** MLflow's answers take long. */
const SAMPLING = { rounds: 3, sampleMs: 1_000 };
/** Some of its answers take minutes; see {@link QUESTIONS}. */
const PATIENCE_MS = 30_000;

async function measureOn(engine: 'SQLite' | 'MariaDB', bench: Bench): Promise<Measurement[]> {
  const peers = await startPeers(engine, bench);
  if (!peers) return [];
  const connections = [new HttpConnection(peers.ours.port), new HttpConnection(peers.mlflow.port)] as const;
  const compare = (work: string, target: number, ours: Operation, theirs: Operation) =>
    comparison(`${work}, ${engine}`, target, peers, [ours, theirs], bench);
  try {
    const measurements: Measurement[] = [];
    for (const { work, target, ours, theirs } of await prepareWrites(peers, CLIENTS)) {
      bench.say(`${work}, ${engine}`);
      const discard =
        (act: typeof ours): Operation =>
        async (to, client) =>
          void (await act(to, client));
      measurements.push(await compare(work, target, discard(ours), discard(theirs)));
    }
    await checkPromoted(peers);
    const run = await peers.whileAwake(() => oneRun(connections, 'run 77'));
    for (const question of [run, ...QUESTIONS]) {
      bench.say(`${question.work}, ${engine}`);
      await checkSame(question, connections, peers, bench);
      let turn = 0;
      const { work, target, ours, theirs } = question;
      const asking =
        (act: typeof ours): Operation =>
        async (to) =>
          void (await act(to, turn++));
      measurements.push(await compare(work, target, asking(ours), asking(theirs)));
    }
    return measurements;
  } finally {
    for (const connection of connections) connection.close();
    await peers.stop();
  }
}

async function comparison(
  work: string,
  target: number,
  { ours, mlflow, whileAwake }: Peers,
  [ourOperation, theirOperation]: readonly [Operation, Operation],
  bench: Bench,
): Promise<Measurement> {
  const load = { clients: CLIENTS, forMs: bench.sampleMs };
  const samples = await interleaved(
    {
      ours: () => perSecond(ours, ourOperation, load),
      theirs: () => whileAwake(() => perSecond(mlflow, theirOperation, { ...load, patienceMs: PATIENCE_MS })),
    },
    bench.rounds,
  );
  return atLeast(work, samples.compared('ours', 'theirs'), target, '');
}

/** @throws where the two do not answer the same; what MLflow has no answer to in time is not compared */
async function checkSame(
  { work, ours, theirs }: Question,
  [ourConnection, theirConnection]: readonly [HttpConnection, HttpConnection],
  { whileAwake }: Peers,
  bench: Bench,
): Promise<void> {
  const here = await ours(ourConnection, 5);
  const there = await whileAwake(() => unlessLate(theirs(theirConnection, 5), PATIENCE_MS));
  if (there === undefined) {
    theirConnection.close();
    bench.say(`MLflow has no answer to compare within ${PATIENCE_MS / 1_000} s`);
  }
  if (here.length === 0 || (there && JSON.stringify(here) !== JSON.stringify(there))) {
    throw new Error(`${work}: the answers differ:\n${JSON.stringify(here)}\n${JSON.stringify(there)}`);
  }
}

export const mlflowOnSqlite: Row = {
  name: 'mlflow-sqlite',
  table: 'peer',
  sampling: SAMPLING,
  measure: (bench) => measureOn('SQLite', bench),
};

export const mlflowOnMariaDb: Row = {
  name: 'mlflow-mariadb',
  table: 'peer',
  sampling: SAMPLING,
  measure: (bench) => measureOn('MariaDB', bench),
};
