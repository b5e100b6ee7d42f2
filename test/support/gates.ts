// What tests of gates begin with: models with gates, versions with what their runs logged, and promotions.

import { sql } from '../../src/database/sql.ts';
import type { TestRegistry } from './registry.ts';
import { mutate } from './runs.ts';
import { logPoints, type Point, startRun } from './tracking.ts';

type Values = Readonly<Record<string, number | Point['special']>>;

/** Registers a model. @returns its global id */
export async function registerModel(
  registry: TestRegistry,
  name: string,
  input: Record<string, unknown> = {},
): Promise<string> {
  return (await mutate(registry, 'registerModel', { name, ...input }, 'model { id }')).model.id;
}

/** Puts a gate before a stage of a model, PRODUCTION unless said otherwise. @returns it */
export async function addGate(
  registry: TestRegistry,
  model: string,
  gate: Record<string, unknown>,
  stage = 'PRODUCTION',
): Promise<{ id: string; description: string }> {
  const input = { model: { name: model }, stage, gate };
  return (await mutate(registry, 'addPromotionGate', input, 'gate { id description }')).gate;
}

/** Registers the next version of a model, with a run where there are metrics. @returns its URI and its run */
export async function registerVersion(
  registry: TestRegistry,
  model: string,
  { metrics, tags }: { readonly metrics?: Values; readonly tags?: readonly { key: string; value: string }[] } = {},
): Promise<{ uri: string; run: string }> {
  const run = metrics && (await startRun(registry));
  if (run) await logPoints(registry, run, pointsOf(metrics));
  const input = { model: { name: model }, run, tags };
  return { uri: (await mutate(registry, 'registerVersion', input, 'version { uri }')).version.uri, run: run ?? '' };
}

/** Points at a step, from values by key; a text is a special value. */
export function pointsOf(values: Values, step = 0): Point[] {
  return Object.entries(values).map(([key, value]) =>
    typeof value === 'number' ? { key, value, step } : { key, special: value ?? null, step },
  );
}

/** What became of a promotion; `failures` where it was blocked. */
export interface PromotionAnswer {
  readonly __typename: 'VersionPromoted' | 'PromotionBlocked';
  readonly version: { readonly stage: string; readonly number: number; readonly revision: number };
  readonly change?: { readonly from: string } | null;
  readonly failures?: readonly {
    readonly message: string;
    readonly actual: number | null;
    readonly required: number | null;
    readonly gate: { readonly description: string };
  }[];
}

/** Promotes a version, to PRODUCTION unless said otherwise. */
export function promote(
  registry: TestRegistry,
  uri: string,
  to = 'PRODUCTION',
  input: Record<string, unknown> = {},
): Promise<PromotionAnswer> {
  return mutate(
    registry,
    'promoteVersion',
    { version: { uri }, to, ...input },
    `__typename
     ... on VersionPromoted { version { stage number revision } change { from } }
     ... on PromotionBlocked { version { stage number revision } failures { message actual required gate { description } } }`,
  );
}

/** Why a promotion was blocked; fails where it was not. */
export async function whyBlocked(registry: TestRegistry, uri: string, to?: string): Promise<string[]> {
  const { failures } = await promote(registry, uri, to);
  if (!failures) throw new Error(`${uri} was promoted.`);
  return failures.map(({ message }) => message);
}

/** All that is stored about models, their history, and what is remembered of commands. */
export async function everythingStored(registry: TestRegistry): Promise<object[][]> {
  const { db } = registry.app;
  // Gives every event its position first, which otherwise comes a moment after its commit.
  await registry.ask('{ eventHead }');
  return Promise.all([
    db.read(sql`SELECT * FROM models ORDER BY pk`),
    db.read(sql`SELECT * FROM model_versions ORDER BY pk`),
    db.read(sql`SELECT * FROM stage_changes ORDER BY pk`),
    db.read(sql`SELECT * FROM promotion_gates ORDER BY pk`),
    db.read(sql`SELECT * FROM events ORDER BY pk`),
    db.read(sql`SELECT * FROM idempotency_keys ORDER BY pk`),
  ]);
}

/** The facts recorded about a model, in the order of its changes. */
export async function factsOfModel(registry: TestRegistry, name: string) {
  const rows = await registry.app.db.read<{ type: string; stageName: string | null; payload: string; comment: string }>(
    sql`SELECT type, stageName, payload, comment FROM events WHERE subjectType = 'Model' AND subjectName = ${name} ORDER BY sequence, ordinal`,
  );
  return rows.map(({ payload, ...row }) => ({ ...row, payload: JSON.parse(payload) }));
}
