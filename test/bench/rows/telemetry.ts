// What it costs to count and to trace: the page and the smallest query with and without.

import { join } from 'node:path';
import { filledSqlite } from '../support/data.ts';
import { graphRequest } from '../support/graph.ts';
import { perCoreSecond, repeating, warmUp } from '../support/load.ts';
import { PAGE, PAGE_DATA } from '../support/page.ts';
import { atLeast, type Row } from '../support/row.ts';
import { type MeasuredServer, startModelgraph } from '../support/servers.ts';
import { interleaved } from '../support/statistics.ts';

const RECORDER = join(import.meta.dirname, '../limits/recording-tracer.ts');
const WARM_UP_TIMES = 800;
const QUERIES = { 'a page': graphRequest(PAGE), '`{ __typename }`': graphRequest('{ __typename }') };

export const telemetry: Row = {
  name: 'telemetry',
  table: 'limits',
  measure: async (bench) => {
    bench.say('what metrics and traces cost');
    const url = await filledSqlite(join(bench.folder, 'telemetry.db'), PAGE_DATA);
    const start = (metrics: 'true' | 'false', nodeOptions: readonly string[] = []) =>
      startModelgraph(url, { folder: bench.folder, environment: { METRICS: metrics }, nodeOptions });
    const none = await start('false');
    const counted = await start('true');
    const traced = await start('true', ['--import', RECORDER]);
    try {
      const measurements = [];
      for (const [what, wire] of Object.entries(QUERIES)) {
        const sampler = (server: MeasuredServer) => () =>
          perCoreSecond(server, repeating(wire), { clients: 8, forMs: bench.sampleMs });
        const times = bench.isQuick ? 1 : WARM_UP_TIMES;
        for (const server of [none, counted, traced]) await warmUp(server, repeating(wire), times);
        const samples = await interleaved(
          { none: sampler(none), counted: sampler(counted), traced: sampler(traced) },
          bench.rounds,
        );
        measurements.push(
          atLeast(
            `${what} with \`METRICS=true\`; against \`METRICS=false\``,
            samples.compared('counted', 'none'),
            0.95,
          ),
          atLeast(
            `${what}, traced too, every span recorded; against \`METRICS=false\``,
            samples.compared('traced', 'none'),
            0.6,
          ),
        );
      }
      return measurements;
    } finally {
      await Promise.all([none, counted, traced].map((server) => server.stop()));
    }
  },
};
