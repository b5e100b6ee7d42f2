// What tests of tracking begin with: runs, and batches logged to them.

import { randomUUID } from 'node:crypto';
import { globalId, pkOf } from '../../src/core/ids.ts';
import { sql } from '../../src/database/sql.ts';
import type { GraphQLAnswer, TestRegistry } from './registry.ts';
import { startRun as startRunWith } from './runs.ts';

export interface Point {
  readonly key: string;
  readonly value?: number | null;
  readonly special?: 'NAN' | 'POSITIVE_INFINITY' | 'NEGATIVE_INFINITY' | null;
  readonly step?: number;
  /** ISO 8601. */
  readonly at?: string;
}

/** Starts a run. @returns its global id */
export async function startRun(registry: TestRegistry, name = 'run'): Promise<string> {
  return (await startRunWith(registry, { name })).id;
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

/**
 * The first version of a fresh model, with the run that made it. Written as a row: what a version needs beyond that is
 * the matter of others. @returns its global id
 */
export async function versionMadeBy(registry: TestRegistry, run: string | null): Promise<string> {
  const modelName = `made ${randomUUID()}`;
  const { registerModel } = await registry.ask(
    'mutation($name: String!) { registerModel(input: {name: $name}) { model { id } } }',
    { name: modelName },
  );
  const [modelPk, runPk] = [pkOf('Model', registerModel.model.id, 'id'), run === null ? null : pkOf('Run', run, 'run')];
  const { insertedPk } = await registry.app.db.maintain({ name: 'test', isVerified: true }, (tx) =>
    tx.execute(
      sql`INSERT INTO model_versions (modelPk, number, stageName, status, runPk, revision, createdAt, createdByName, updatedAt) VALUES (${modelPk}, 1, 'NONE', 'READY', ${runPk}, 1, 0, 'test', 0)`,
    ),
  );
  return globalId('ModelVersion', insertedPk);
}
