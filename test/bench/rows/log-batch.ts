// `logBatch` of 1,000 points over HTTP, against the same rows in one statement without a server in front.

import { graphRequest } from '../support/graph.ts';
import { request } from '../support/http-connection.ts';
import { perCoreSecond, perSecond, repeating } from '../support/load.ts';
import { atLeast, type Bench, type Measurement, type Row } from '../support/row.ts';
import { startLimit, startModelgraph } from '../support/servers.ts';
import { interleaved } from '../support/statistics.ts';
import { LOG_BATCH, startRun } from '../support/tracking.ts';

const POINTS = 1_000;
const TARGET = 0.35;

async function measureOn(name: string, url: string, bench: Bench): Promise<Measurement> {
  bench.say(`logBatch on ${name}`);
  const ours = await startModelgraph(url, bench);
  const theirs = await startLimit('raw-inserts', [url, String(POINTS)], bench);
  // SQLite works within the server, MariaDB beside it.
  const rate = url.startsWith('sqlite:') ? perCoreSecond : perSecond;
  const load = { clients: 4, forMs: bench.sampleMs };
  try {
    const run = await startRun(ours.port, 'log-batch');
    let batch = 0;
    const points = async (batches: Promise<number>) => POINTS * (await batches);
    const samples = await interleaved(
      {
        ours: () =>
          points(
            rate(
              ours,
              (connection, client) => {
                batch++;
                // Ten keys, a hundred steps each, as a training that logs every step.
                const metrics = Array.from({ length: POINTS }, (_, index) => ({
                  key: `metric ${index % 10}`,
                  step: batch * 100 + Math.floor(index / 10),
                  value: Math.random(),
                }));
                return repeating(graphRequest(LOG_BATCH, { input: { run, metrics } }))(connection, client);
              },
              load,
            ),
          ),
        raw: () => points(rate(theirs, repeating(request('POST', '/insert', {})), load)),
      },
      bench.rounds,
    );
    return atLeast(
      `\`logBatch\` of 1,000 points, ${name}; against a raw multi-row insert (points)`,
      samples.compared('ours', 'raw'),
      TARGET,
    );
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

export const logBatch: Row = {
  name: 'log-batch',
  table: 'limits',
  measure: async (bench) => [
    await measureOn('SQLite', `sqlite:${bench.folder}/log-batch.db`, bench),
    ...(bench.mysql ? [await measureOn('MariaDB', await bench.mysql.create('bench_log_batch'), bench)] : []),
  ],
};
