// What is read of both systems: the same questions, whose answers have to be the same.

import { ask, type Data } from '../support/graph.ts';
import type { HttpConnection } from '../support/http-connection.ts';
import { get, post } from './mlflow-client.ts';
import { MODELS, VERSIONS } from './stores.ts';
import { MEASURED } from './writes.ts';

/** One question to both. What they give is compared: names, in order, and the numbers of versions. */
export interface Question {
  readonly work: string;
  /** How many times what MLflow does is to be reached. */
  readonly target: number;
  ours(connection: HttpConnection, turn: number): Promise<readonly string[]>;
  theirs(connection: HttpConnection, turn: number): Promise<readonly string[]>;
}

const RUN = `name status startedAt endedAt params { key value } tags { key value } metrics { key value step at }`;
const TOP = `query Top($filter: RunFilter!) {
  runs(filter: $filter, orderBy: [{ metric: "accuracy", direction: DESC }], first: 50) { nodes { id ${RUN} } } }`;
const ONE_RUN = `query Run($id: ID!) { run(by: { id: $id }) { ${RUN} } }`;
/** MLflow's latest versions of a model: in each stage the one with the highest number, where there is one. */
const STAGES = ['NONE', 'STAGING', 'PRODUCTION', 'ARCHIVED'];
const LATEST = `query Latest { models(first: 50) { nodes { name description createdAt updatedAt
  ${STAGES.map((stage) => `${stage}: version(by: { stage: ${stage} }) { number stage source createdAt }`).join('\n  ')} } } }`;
const VERSIONS_WITH_RUNS = `query Versions($name: String!) { model(by: { name: $name }) {
  versions(first: 20) { nodes { number stage source createdAt run { ${RUN} } } } } }`;

const IS_GOOD = { metric: { key: 'accuracy', gt: 0.5 }, param: { key: 'algorithm', value: { eq: 'xgb' } } };
const GOOD = "metrics.accuracy > 0.5 and params.algorithm = 'xgb'";
const experimentOf = (turn: number) => 1 + (turn % 100);
const modelOf = (turn: number) => `model-${String(turn % MODELS).padStart(3, '0')}`;
const namesOf = (runs: readonly Data[]): string[] => runs.map((run) => run.info?.run_name ?? run.name);

/**
 * A model with its latest versions, however the two name and order stages. Of a model that was written to, each of the
 * two has as many versions as it could register.
 */
function latestOf(name: string, versions: readonly Data[]): string {
  if (name.startsWith(MEASURED)) return name;
  const shown = versions.map(
    ({ number, version, stage, current_stage }) => `${number ?? version} ${(stage ?? current_stage).toUpperCase()}`,
  );
  return [name, ...shown.sort()].join(', ');
}

function searched(experiments: readonly number[]) {
  return async (connection: HttpConnection) => {
    const found = await post(connection, 'runs/search', {
      experiment_ids: experiments.map(String),
      filter: GOOD,
      order_by: ['metrics.accuracy DESC'],
      max_results: 50,
    });
    return namesOf(found.runs ?? []);
  };
}

/** The hardest last: what MLflow still works on when nobody waits for it any longer takes time from whatever follows. */
export const QUESTIONS: readonly Question[] = [
  {
    work: "top 50 of an experiment's runs by metric and param",
    target: 100,
    ours: async (connection, turn) => {
      const experiment = { eq: `experiment ${String(experimentOf(turn)).padStart(3, '0')}` };
      return namesOf((await ask(connection, TOP, { filter: { experiment, ...IS_GOOD } })).runs.nodes);
    },
    theirs: (connection, turn) => searched([experimentOf(turn)])(connection),
  },
  {
    work: '50 models with their latest versions',
    target: 100,
    ours: async (connection) =>
      (await ask(connection, LATEST)).models.nodes.map((model: Data) =>
        latestOf(
          model.name,
          STAGES.flatMap((stage) => model[stage] ?? []),
        ),
      ),
    theirs: async (connection) => {
      const found = await get(connection, 'registered-models/search', { max_results: '50' });
      return found.registered_models.map((model: Data) => latestOf(model.name, model.latest_versions ?? []));
    },
  },
  {
    work: `${VERSIONS} versions of a model with their runs and metrics (${VERSIONS + 1} requests there)`,
    target: 100,
    ours: async (connection, turn) => {
      const { model } = await ask(connection, VERSIONS_WITH_RUNS, { name: modelOf(turn) });
      return model.versions.nodes.map((version: Data) => `${version.number} ${version.run.name}`);
    },
    theirs: async (connection, turn) => {
      const parameters = {
        filter: `name = '${modelOf(turn)}'`,
        max_results: String(VERSIONS),
        order_by: 'version_number DESC',
      };
      const { model_versions: versions } = await get(connection, 'model-versions/search', parameters);
      const found: string[] = [];
      for (const { version, run_id } of versions) {
        const { run } = await get(connection, 'runs/get', { run_id });
        found.push(`${version} ${run.info.run_name}`);
      }
      return found;
    },
  },
  {
    work: 'top 50 of all runs by metric and param',
    target: 100,
    ours: async (connection) => namesOf((await ask(connection, TOP, { filter: IS_GOOD })).runs.nodes),
    theirs: searched(Array.from({ length: 100 }, (_, index) => index + 1)),
  },
];

/** One run with its metrics: by the id that each system has for it. */
export async function oneRun(
  [ours, mlflow]: readonly [HttpConnection, HttpConnection],
  name: string,
): Promise<Question> {
  const filter = { name: { eq: name } };
  const found = await ask(ours, 'query Find($filter: RunFilter!) { runs(filter: $filter) { nodes { id } } }', {
    filter,
  });
  const id: string = found.runs.nodes[0].id;
  const experiments = Array.from({ length: 100 }, (_, index) => String(index + 1));
  const search = { experiment_ids: experiments, filter: `attributes.run_name = '${name}'` };
  const runId: string = (await post(mlflow, 'runs/search', search)).runs[0].info.run_id;
  const shown = (metrics: readonly Data[]) => metrics.map(({ key, value, step }) => `${key} ${value} ${step}`).sort();
  return {
    work: 'one run with its metrics',
    target: 20,
    ours: async (connection) => shown((await ask(connection, ONE_RUN, { id })).run.metrics),
    theirs: async (connection) => shown((await get(connection, 'runs/get', { run_id: runId })).run.data.metrics),
  };
}
