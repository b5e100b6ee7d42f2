// What is written to both systems: the same work, each with the fewest requests that it takes there.

import { ask, askOnce } from '../support/graph.ts';
import { HttpConnection } from '../support/http-connection.ts';
import { registerAndPromote, registerModels } from '../support/registry.ts';
import { LOG_BATCH, startRun } from '../support/tracking.ts';
import { post } from './mlflow-client.ts';
import type { Peers } from './stores.ts';

export interface Work {
  readonly work: string;
  readonly target: number;
  ours(connection: HttpConnection, client: number): Promise<unknown>;
  theirs(connection: HttpConnection, client: number): Promise<unknown>;
}

/** What the names of models begin with that versions are registered of. */
export const MEASURED = 'measured-';
const POINTS = 1_000;
const START = 'mutation Start($input: StartRunInput!) { startRun(input: $input) { run { id } } }';
const LOG_AND_END = `mutation Finish($batch: LogBatchInput!, $end: EndRunInput!) {
  logBatch(input: $batch) { run { id } } endRun(input: $end) { run { id status } } }`;
const PARAMS = Array.from({ length: 10 }, (_, index) => ({ key: `param ${index}`, value: String(index) }));
const METRICS = Array.from({ length: 10 }, (_, index) => ({ key: `metric ${index}`, value: index / 10 }));

/** Runs, an experiment and models of each client's own on both, and the work that is done with them. */
export async function prepareWrites({ ours, mlflow }: Peers, clients: number): Promise<readonly Work[]> {
  const connection = new HttpConnection(mlflow.port);
  const each = Array.from({ length: clients }, (_, client) => client);
  const runs: string[] = [];
  const theirRuns: string[] = [];
  const { experiment_id: experimentId } = await post(connection, 'experiments/create', { name: 'measured' });
  const models = each.map((client) => `${MEASURED}${client}`);
  await registerModels(ours.port, models);
  for (const client of each) {
    runs.push(await startRun(ours.port, 'measured'));
    const { run } = await post(connection, 'runs/create', { experiment_id: experimentId, start_time: 1 });
    theirRuns.push(run.info.run_id);
    await post(connection, 'registered-models/create', { name: models[client] });
  }
  connection.close();
  let step = 0;
  const pointsFrom = (first: number) =>
    Array.from({ length: POINTS }, (_, index) => ({
      key: `metric ${index % 10}`,
      value: Math.random(),
      step: first + Math.floor(index / 10),
    }));
  const timed = (points: readonly object[]) => points.map((point) => ({ timestamp: Date.now(), step: 0, ...point }));
  return [
    {
      work: 'log 1 point',
      target: 20,
      ours: (to, client) =>
        ask(to, LOG_BATCH, {
          input: { run: runs[client] ?? '', metrics: [{ key: 'loss', value: 0.5, step: step++ }] },
        }),
      theirs: (to, client) =>
        post(to, 'runs/log-metric', {
          run_id: theirRuns[client],
          key: 'loss',
          value: 0.5,
          step: step++,
          timestamp: Date.now(),
        }),
    },
    {
      work: 'log 1,000 points',
      target: 20,
      ours: (to, client) => {
        step += POINTS;
        return ask(to, LOG_BATCH, { input: { run: runs[client] ?? '', metrics: pointsFrom(step) } });
      },
      theirs: (to, client) => {
        step += POINTS;
        return post(to, 'runs/log-batch', { run_id: theirRuns[client], metrics: timed(pointsFrom(step)) });
      },
    },
    {
      work: 'start a run, log 10 params and 10 metrics, end it (2 requests; 3 there)',
      target: 20,
      ours: async (to) => {
        const { startRun: started } = await ask(to, START, {
          input: { experiment: { name: 'measured' }, params: PARAMS },
        });
        const run: string = started.run.id;
        await ask(to, LOG_AND_END, { batch: { run, metrics: METRICS }, end: { run, status: 'FINISHED' } });
      },
      theirs: async (to) => {
        const { run } = await post(to, 'runs/create', { experiment_id: experimentId, start_time: Date.now() });
        const run_id: string = run.info.run_id;
        await post(to, 'runs/log-batch', { run_id, params: PARAMS, metrics: timed(METRICS) });
        await post(to, 'runs/update', { run_id, status: 'FINISHED', end_time: Date.now() });
      },
    },
    {
      work: 'register a version and promote it (1 request; 2 there)',
      target: 20,
      ours: (to, client) => registerAndPromote(to, models[client] ?? '', 's3://models/measured'),
      theirs: async (to, client) => {
        const name = models[client] ?? '';
        const { model_version } = await post(to, 'model-versions/create', { name, source: 's3://models/measured' });
        await post(to, 'model-versions/transition-stage', {
          name,
          version: model_version.version,
          stage: 'Production',
          archive_existing_versions: true,
        });
      },
    },
  ];
}

/** What was promoted last is in production here, and what was there before is archived. */
export async function checkPromoted({ ours }: Peers, model = `${MEASURED}0`): Promise<void> {
  const { model: found } = await askOnce(
    ours.port,
    'query Check($name: String!) { model(by: { name: $name }) { latestVersion { number } versionsInStage(stage: PRODUCTION) { number } } }',
    { name: model },
  );
  const [inProduction, ...others] = found.versionsInStage;
  if (others.length > 0 || inProduction?.number !== found.latestVersion?.number) {
    throw new Error(`Not the latest version alone is in production: ${JSON.stringify(found)}`);
  }
}
