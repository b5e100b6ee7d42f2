// A page of 50 models × 5 versions × run × 3 metrics, against an object of the same bytes that is only written and sent.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filledSqlite } from '../support/data.ts';
import { graphRequest } from '../support/graph.ts';
import { HttpConnection } from '../support/http-connection.ts';
import { perCoreSecond, repeating, warmUp } from '../support/load.ts';
import { PAGE, PAGE_DATA } from '../support/page.ts';
import { atLeast, type Row } from '../support/row.ts';
import { type MeasuredServer, startLimit, startModelgraph } from '../support/servers.ts';
import { interleaved } from '../support/statistics.ts';

/** A server answers pages twice as fast once it has answered some hundreds. */
const WARM_UP_PAGES = 800;

export const page: Row = {
  name: 'page',
  table: 'limits',
  measure: async (bench) => {
    bench.say('a page of models, their versions, runs and metrics');
    const url = await filledSqlite(join(bench.folder, 'page.db'), PAGE_DATA);
    const wire = graphRequest(PAGE);
    const ours = await startModelgraph(url, bench);
    const inMemory = await startLimit('memory-server', [], { ...bench, environment: { DATABASE_URL: url } });
    const answer = await answerOf(ours, wire);
    const file = join(bench.folder, 'page.json');
    writeFileSync(file, answer);
    const limit = await startLimit('json-answer', [file], bench);
    try {
      for (const other of [inMemory, limit]) {
        // Apollo ends its answers with a line break.
        const isSame = (await answerOf(other, wire)).toString().trimEnd() === answer.toString().trimEnd();
        if (!isSame) throw new Error('The answers of both sides differ.');
      }
      const pages = bench.isQuick ? 1 : WARM_UP_PAGES;
      for (const server of [ours, inMemory, limit]) await warmUp(server, repeating(wire), pages);
      const load = { clients: 8, forMs: bench.sampleMs };
      const sampler = (server: MeasuredServer) => () => perCoreSecond(server, repeating(wire), load);
      const samples = await interleaved(
        { ours: sampler(ours), inMemory: sampler(inMemory), limit: sampler(limit) },
        bench.rounds,
      );
      const size = `${Math.round(answer.length / 1_000)} KB`;
      return [
        atLeast(
          `a page of 50 models × 5 versions × run × 3 metrics (${size}), warm, SQLite; against \`JSON.stringify\` and send`,
          samples.compared('ours', 'limit'),
          0.25,
        ),
        atLeast('the same page with its rows in memory', samples.compared('inMemory', 'limit'), 0.55),
      ];
    } finally {
      await Promise.all([ours, inMemory, limit].map((server) => server.stop()));
    }
  },
};

export async function answerOf({ port }: MeasuredServer, wire: Buffer): Promise<Buffer> {
  const connection = new HttpConnection(port);
  try {
    const { status, body } = await connection.send(wire);
    if (status !== 200) throw new Error(`The answer has the status ${status}: ${body}`);
    return Buffer.from(body);
  } finally {
    connection.close();
  }
}
