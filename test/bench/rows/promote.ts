// `promoteVersion` by 16 clients on MariaDB, against a bare transaction of the same statements.

import { HttpConnection, request } from '../support/http-connection.ts';
import { perSecond, repeating } from '../support/load.ts';
import { promote as promoteVersion, register, registerModels } from '../support/registry.ts';
import { atLeast, type Bench, type Measurement, type Row } from '../support/row.ts';
import { type MeasuredServer, startLimit, startModelgraph } from '../support/servers.ts';
import { interleaved } from '../support/statistics.ts';

const CLIENTS = 16;
const TARGET = 0.5;
const modelOf = (client: number) => `model-${client}`;

/** Models of two versions each, one for each client, the first version of each in production. */
async function registerAll(server: MeasuredServer): Promise<void> {
  const names = Array.from({ length: CLIENTS }, (_, client) => modelOf(client));
  await registerModels(server.port, names);
  const connection = new HttpConnection(server.port);
  for (const name of names) {
    for (let number = 1; number <= 2; number++) await register(connection, name);
    await promoteVersion(connection, `models:/${name}/1`);
  }
  connection.close();
}

async function compare(
  work: string,
  [ours, limit]: readonly [MeasuredServer, MeasuredServer],
  modelOfClient: (client: number) => string,
  bench: Bench,
): Promise<Measurement> {
  const load = { clients: CLIENTS, forMs: bench.sampleMs };
  const turns = new Map<string, number>();
  const samples = await interleaved(
    {
      ours: () =>
        perSecond(
          ours,
          (connection, client) => {
            const model = modelOfClient(client);
            const turn = (turns.get(model) ?? 0) + 1;
            turns.set(model, turn);
            return promoteVersion(connection, `models:/${model}/${1 + (turn % 2)}`);
          },
          load,
        ),
      limit: () =>
        perSecond(
          limit,
          (connection, client) => repeating(request('POST', `/${modelOfClient(client)}`, {}))(connection, client),
          load,
        ),
    },
    bench.rounds,
  );
  return atLeast(work, samples.compared('ours', 'limit'), TARGET);
}

export const promote: Row = {
  name: 'promote',
  table: 'limits',
  measure: async (bench) => {
    if (!bench.mysql) return [];
    bench.say('promotions on MariaDB');
    const ours = await startModelgraph(await bench.mysql.create('bench_promote'), bench);
    await registerAll(ours);
    const url = await bench.mysql.create('bench_promote_raw');
    // The same rows, by the program itself.
    const filler = await startModelgraph(url, bench);
    await registerAll(filler);
    await filler.stop();
    const limit = await startLimit('raw-promotions', [url], bench);
    const against = 'against a bare transaction of the same statements';
    try {
      return [
        await compare(
          `\`promoteVersion\`, 16 clients, a model each, MariaDB; ${against}`,
          [ours, limit],
          modelOf,
          bench,
        ),
        await compare(
          `\`promoteVersion\`, 16 clients, one model, MariaDB; ${against}`,
          [ours, limit],
          () => modelOf(0),
          bench,
        ),
      ];
    } finally {
      await Promise.all([ours.stop(), limit.stop()]);
    }
  },
};
