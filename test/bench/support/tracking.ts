// What clients of a tracker send.

import { askOnce } from './graph.ts';

export const LOG_BATCH = 'mutation Log($input: LogBatchInput!) { logBatch(input: $input) { run { id } } }';

const START_RUN = 'mutation Start($input: StartRunInput!) { startRun(input: $input) { run { id } } }';

/** Starts a run in an experiment, which is made where it is not there. @returns its id */
export async function startRun(port: number, experiment: string): Promise<string> {
  const { startRun: payload } = await askOnce(port, START_RUN, {
    input: { experiment: { name: experiment }, createExperiment: true },
  });
  return payload.run.id;
}
