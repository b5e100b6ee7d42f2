// Steps that the tests of versions, aliases and stages share.

import { globalId } from '../../src/core/ids.ts';
import { sql } from '../../src/database/sql.ts';
import { Run, RunStatus } from '../../src/features/runs/run.entity.ts';
import type { GraphQLAnswer, TestRegistry } from './registry.ts';
import { insertMetric } from './runs.ts';

export const REGISTER = `mutation($input: RegisterVersionInput!) { registerVersion(input: $input) { version {
  id number stage status statusMessage description source uri revision createdAt createdBy { name } updatedAt deletedAt
  model { id name revision } tags { key value } aliases { alias } run { id } } } }`;

export const PROMOTE = `mutation($input: PromoteVersionInput!) { promoteVersion(input: $input) { __typename ... on VersionPromoted {
  version { id number stage revision } change { id from to comment at actor { name } version { number } }
  archived { from to comment version { number stage revision } } } } }`;

type Input = Record<string, unknown>;

/** Registers the next version of a model, which is made where it is not there yet. */
// biome-ignore lint/suspicious/noExplicitAny: an answer, of which each test asserts what it reads
export async function registerVersion(registry: TestRegistry, name: string, input: Input = {}): Promise<any> {
  const variables = { input: { model: { name }, createModel: true, ...input } };
  return (await registry.ask(REGISTER, variables, 'ada')).registerVersion.version;
}

/** Moves a version, named by its uri, to a stage. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export async function promote(registry: TestRegistry, uri: string, to: string, input: Input = {}): Promise<any> {
  const variables = { input: { version: { uri }, to, ...input } };
  return (await registry.ask(PROMOTE, variables, 'ada')).promoteVersion;
}

export async function setAlias(registry: TestRegistry, name: string, alias: string, number: number): Promise<void> {
  await registry.ask('mutation($input: SetAliasInput!) { setAlias(input: $input) { alias { alias } } }', {
    input: { model: { name }, alias, number },
  });
}

/** The code and field of the only error of an answer. */
export function errorOf(answer: GraphQLAnswer): { code: string; field?: string; message: string; details?: unknown } {
  const [error, ...others] = answer.errors ?? [];
  if (!error || others.length > 0) throw new Error(`Expected one error; got ${JSON.stringify(answer)}`);
  return { message: error.message, ...error.extensions };
}

/** The types of the facts recorded about a model, in their order, with their payloads. */
export async function factsOf(
  registry: TestRegistry,
  modelId: string,
): Promise<{ type: string; payload: Record<string, unknown>; comment: string | null; stageName: string | null }[]> {
  const rows = await registry.app.db.read<{ type: string; payload: string; comment: string; stageName: string }>(
    sql`SELECT e.type AS type, e.payload AS payload, e.comment AS comment, e.stageName AS stageName FROM events e WHERE e.subjectType = 'Model' AND e.subjectPk = ${pkIn(modelId)} ORDER BY e.sequence, e.ordinal`,
  );
  return rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) }));
}

const pkIn = (id: string) => Number(Buffer.from(id, 'base64url').toString().split(':')[1]);

/** A run as its tracker would have left it, with the latest values of some metrics. @returns its id */
export async function storeRun(
  registry: TestRegistry,
  metrics: Readonly<Record<string, number>> = {},
): Promise<string> {
  const pk = await registry.app.db.maintain({ name: 'tracker', isVerified: false }, async (tx) => {
    const at = tx.startedAt;
    const { insertedPk } = await tx.insert(Run, {
      runId: crypto.randomUUID().replaceAll('-', ''),
      experimentPk: 1,
      name: 'fit',
      status: RunStatus.FINISHED,
      startedAt: at,
      createdByName: 'tracker',
      revision: 1,
      sequence: 1,
      batches: 0,
      updatedAt: at,
      deletedWithExperiment: 0,
    });
    for (const [key, value] of Object.entries(metrics)) await tx.execute(insertMetric(insertedPk, key, value));
    return insertedPk;
  });
  return globalId('Run', pk);
}

/** Marks a run as deleted. */
export async function deleteRun(registry: TestRegistry, id: string): Promise<void> {
  await registry.app.db.maintain({ name: 'tracker', isVerified: false }, (tx) =>
    tx.update('runs', { deletedAt: tx.startedAt }, sql`pk = ${pkIn(id)}`),
  );
}
