// The smallest query there is, and one of one model, against graphql-js on node:http.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filledSqlite } from '../support/data.ts';
import { graphRequest } from '../support/graph.ts';
import { perCoreSecond, repeating, warmUp } from '../support/load.ts';
import { PAGE_DATA } from '../support/page.ts';
import { atLeast, type Bench, type Measurement, type Row } from '../support/row.ts';
import { type MeasuredServer, startLimit, startModelgraph } from '../support/servers.ts';
import { interleaved } from '../support/statistics.ts';
import { answerOf } from './page.ts';

const SCHEMA = join(import.meta.dirname, '../../../schema.graphql');
/** So many small queries have the code for them compiled as far as it will be. */
const WARM_UP_QUERIES = 20_000;
const TYPENAME = graphRequest('{ __typename }');
const ONE_MODEL = graphRequest(
  'query Model($name: String!) { model(by: { name: $name }) { id name description createdAt } }',
  { name: 'model 000007' },
);

export const small: Row = {
  name: 'small',
  table: 'limits',
  measure: async (bench) => {
    bench.say('small queries');
    const ours = await startModelgraph(await filledSqlite(join(bench.folder, 'small.db'), PAGE_DATA), bench);
    const file = join(bench.folder, 'model.json');
    writeFileSync(file, JSON.stringify(JSON.parse((await answerOf(ours, ONE_MODEL)).toString()).data));
    const limit = await startLimit('raw-graphql', [SCHEMA, file], bench);
    try {
      return [
        await compare(bench, [ours, limit], TYPENAME, '`{ __typename }`; against graphql-js on node:http'),
        await compare(bench, [ours, limit], ONE_MODEL, 'one model by its name, SQLite; against the same, in memory'),
      ];
    } finally {
      await Promise.all([ours.stop(), limit.stop()]);
    }
  },
};

async function compare(
  bench: Bench,
  [ours, limit]: readonly [MeasuredServer, MeasuredServer],
  wire: Buffer,
  work: string,
): Promise<Measurement> {
  const [answer, theirs] = [await answerOf(ours, wire), await answerOf(limit, wire)];
  const isSame = JSON.stringify(JSON.parse(answer.toString())) === JSON.stringify(JSON.parse(theirs.toString()));
  if (!isSame) throw new Error(`The answers differ: ${answer} and ${theirs}`);
  const times = bench.isQuick ? 1 : WARM_UP_QUERIES;
  for (const server of [ours, limit]) await warmUp(server, repeating(wire), times);
  const load = { clients: 8, forMs: bench.sampleMs };
  const samples = await interleaved(
    {
      ours: () => perCoreSecond(ours, repeating(wire), load),
      limit: () => perCoreSecond(limit, repeating(wire), load),
    },
    bench.rounds,
  );
  return atLeast(work, samples.compared('ours', 'limit'), 0.4);
}
