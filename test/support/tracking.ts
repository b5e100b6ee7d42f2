// What tests of tracking begin with: runs, and batches logged to them.

import type { GraphQLAnswer, TestRegistry } from './registry.ts';

export interface Point {
  readonly key: string;
  readonly value?: number | null;
  readonly special?: 'NAN' | 'POSITIVE_INFINITY' | 'NEGATIVE_INFINITY' | null;
  readonly step?: number;
  /** ISO 8601. */
  readonly at?: string;
}

/** Starts a run in an experiment that is made where it is missing. @returns its global id */
export async function startRun(registry: TestRegistry, name = 'run', experiment = 'lab'): Promise<string> {
  const { startRun: payload } = await registry.ask(
    `mutation($experiment: String!, $name: String!) {
      startRun(input: {experiment: {name: $experiment}, createExperiment: true, name: $name}) { run { id } } }`,
    { experiment, name },
  );
  return payload.run.id;
}

/** Sends a batch and gives the answer whole. */
export function logBatch(registry: TestRegistry, run: string, batch: Record<string, unknown>): Promise<GraphQLAnswer> {
  return registry.send('mutation($input: LogBatchInput!) { logBatch(input: $input) { run { id revision } } }', {
    input: { run, ...batch },
  });
}

/** Logs points; fails where they are refused. */
export async function logPoints(registry: TestRegistry, run: string, metrics: readonly Point[]): Promise<void> {
  const { errors } = await logBatch(registry, run, { metrics });
  if (errors) throw new Error(JSON.stringify(errors));
}

/** What a run has under its keys. */
export async function metricsOf(registry: TestRegistry, run: string, keys?: readonly string[]) {
  const { run: found } = await registry.ask(
    `query($run: ID!, $keys: [String!]) { run(by: {id: $run}) {
      metrics(keys: $keys) { key value special step at min max count } } }`,
    { run, keys },
  );
  return found.metrics;
}

/** An instant, by seconds after the beginning of a day. */
export function second(seconds: number): string {
  return new Date(Date.UTC(2026, 4, 1) + seconds * 1_000).toISOString();
}
