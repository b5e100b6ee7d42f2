// A page of 100 versions out of a million, filtered by tag and metric and sorted by metric, against one out of a thousand.

import { join } from 'node:path';
import type { Filling } from '../fill.ts';
import { filledSqlite } from '../support/data.ts';
import { askOnce, graphRequest } from '../support/graph.ts';
import { perCoreSecond, repeating } from '../support/load.ts';
import { atMostTimes, type Row } from '../support/row.ts';
import { type MeasuredServer, startModelgraph } from '../support/servers.ts';
import { interleaved } from '../support/statistics.ts';

const TARGET = 2;
const [MANY, MANY_WHEN_QUICK, FEW] = [1_000_000, 20_000, 1_000];
const TEAMS = ['team 00', 'team 01'];

const PAGE = `query Keyset($filter: ModelVersionFilter!, $after: String) {
  modelVersions(filter: $filter, orderBy: [{ metric: "accuracy", direction: DESC }], first: 100, after: $after) {
    nodes { id number stage createdAt } pageInfo { endCursor hasNextPage } } }`;
const FILTER = { tag: { key: 'team', value: { in: TEAMS } }, metric: { key: 'accuracy', gt: 0.2 } };

function fillingOf(versions: number): Filling {
  return {
    models: versions / 100,
    versionsPerModel: 100,
    experiments: 10,
    runs: Math.max(FEW, versions / 5),
    metrics: ['accuracy'],
    params: [],
  };
}

/** The second page of the list. */
async function secondPage({ port }: MeasuredServer): Promise<Buffer> {
  const first = await askOnce(port, PAGE, { filter: FILTER });
  const variables = { filter: FILTER, after: first.modelVersions.pageInfo.endCursor };
  const { modelVersions: versions } = await askOnce(port, PAGE, variables);
  if (versions.nodes.length !== 100 || !versions.pageInfo.hasNextPage) throw new Error('The page is not a full one.');
  return graphRequest(PAGE, variables);
}

export const keyset: Row = {
  name: 'keyset',
  table: 'limits',
  measure: async (bench) => {
    const many = bench.isQuick ? MANY_WHEN_QUICK : MANY;
    bench.say(`making ${many.toLocaleString('en')} versions`);
    const start = async (versions: number) =>
      startModelgraph(await filledSqlite(join(bench.folder, `versions-${versions}.db`), fillingOf(versions)), bench);
    const [large, small] = [await start(many), await start(FEW)];
    try {
      const wires = [await secondPage(large), await secondPage(small)] as const;
      const load = { clients: 1, forMs: bench.sampleMs };
      const samples = await interleaved(
        {
          large: async () => 1_000 / (await perCoreSecond(large, repeating(wires[0]), load)),
          small: async () => 1_000 / (await perCoreSecond(small, repeating(wires[1]), load)),
        },
        bench.rounds,
      );
      const work = `a page of 100 versions out of ${many.toLocaleString('en')}, filtered by tag and metric, sorted by metric, SQLite; against one out of 1,000`;
      return [atMostTimes(work, samples.compared('large', 'small'), TARGET, ' ms')];
    } finally {
      await Promise.all([large.stop(), small.stop()]);
    }
  },
};
