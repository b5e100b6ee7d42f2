// Experiments and runs for tests: made through GraphQL one by one, or many at once by rows.

import { type Sql, sql } from '../../src/database/sql.ts';
import type { Transaction } from '../../src/database/transaction.ts';
import { Experiment } from '../../src/features/experiments/experiment.entity.ts';
import { newExperiment } from '../../src/features/experiments/experiment.service.ts';
import { ParamRow, Run, type RunStatus, RunTag } from '../../src/features/runs/run.entity.ts';
import { runTags } from '../../src/features/runs/run.queries.ts';
import { newRun, newRunId, paramRows, runRow } from '../../src/features/runs/run.rows.ts';
import type { TestRegistry } from './registry.ts';

/** Starts a run and gives what is selected of it; its experiment is created where it is missing. */
export async function startRun(registry: TestRegistry, input: Record<string, unknown> = {}, selection = 'id') {
  const { startRun: payload } = await registry.ask(
    `mutation($input: StartRunInput!) { startRun(input: $input) { run { ${selection} } } }`,
    { input: { experiment: { name: 'tests' }, createExperiment: true, ...input } },
  );
  return payload.run;
}

/** Sends a mutation of one input and gives its payload; fails where there are errors. */
export async function mutate(
  registry: TestRegistry,
  mutation: string,
  input: Record<string, unknown>,
  selection: string,
) {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const answer = await registry.ask(`mutation($input: ${type}!) { ${mutation}(input: $input) { ${selection} } }`, {
    input,
  });
  return answer[mutation];
}

/** Sends a mutation that is to fail, and gives the code, field and message of its error. */
export async function refused(registry: TestRegistry, mutation: string, input: Record<string, unknown>) {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const { errors } = await registry.send(`mutation($input: ${type}!) { ${mutation}(input: $input) { __typename } }`, {
    input,
  });
  return { ...errors?.[0]?.extensions, message: errors?.[0]?.message };
}

/** A run to be inserted by rows. A metric is a number, or NaN or an infinity. */
export interface RunSpec {
  readonly experiment?: string;
  readonly name: string;
  readonly status?: `${RunStatus}`;
  readonly startedAt?: number;
  readonly endedAt?: number | null;
  readonly deletedAt?: number | null;
  readonly parentPk?: number | null;
  readonly tags?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly datasets?: readonly string[];
}

const SPECIALS = new Map([
  [Number.POSITIVE_INFINITY, 1],
  [Number.NEGATIVE_INFINITY, -1],
]);
const SOMEONE = { name: 'tests', isVerified: false };

/** Inserts runs as an import does, with what they logged. @returns them with their row numbers, in the same order */
export async function insertRuns<T extends RunSpec>(
  registry: TestRegistry,
  specs: readonly T[],
): Promise<(T & { pk: number; runId: string })[]> {
  return registry.app.db.maintain(SOMEONE, async (tx) => {
    const experiments = await insertExperiments(tx, [...new Set(specs.map((spec) => spec.experiment ?? 'tests'))]);
    const rows = specs.map((spec) =>
      newRun({
        runId: newRunId(),
        experimentPk: experiments.get(spec.experiment ?? 'tests') as number,
        name: spec.name,
        startedAt: spec.startedAt ?? 1,
        endedAt: spec.endedAt ?? null,
        deletedAt: spec.deletedAt ?? null,
        parentPk: spec.parentPk ?? null,
        createdByName: 'tests',
        updatedAt: spec.startedAt ?? 1,
        ...(spec.status && { status: spec.status as RunStatus }),
      }),
    );
    await tx.insert(Run, rows.map(runRow));
    const stored = await tx.query<{ pk: number; runId: string }>(sql`SELECT pk, runId FROM runs`);
    const pks = new Map(stored.map((row) => [row.runId, row.pk]));
    const inserted = specs.map((spec, index) => {
      const runId = rows[index]?.runId as string;
      return { ...spec, runId, pk: pks.get(runId) as number };
    });
    await tx.insert(
      ParamRow,
      inserted.flatMap(({ pk, params = {} }) => paramRows(pk, keyValues(params))),
    );
    await tx.insert(
      RunTag,
      inserted.flatMap(({ pk, tags = {} }) => runTags.rows(pk, keyValues(tags))),
    );
    for (const { pk, metrics = {}, datasets = [] } of inserted) {
      for (const [key, value] of Object.entries(metrics)) await tx.execute(insertMetric(pk, key, value));
      for (const name of datasets) await tx.execute(insertInput(pk, await datasetNamed(tx, name)));
    }
    return inserted;
  });
}

async function insertExperiments(tx: Transaction, names: readonly string[]): Promise<Map<string, number>> {
  const pks = new Map<string, number>();
  for (const name of names) {
    const known = await tx.first<{ pk: number }>(sql`SELECT pk FROM experiments WHERE name = ${name} AND live = 1`);
    const row = newExperiment({
      name,
      description: null,
      artifactLocation: null,
      createdAt: 1,
      createdByName: 'tests',
    });
    pks.set(name, known?.pk ?? (await tx.insert(Experiment, { ...row } as never)).insertedPk);
  }
  return pks;
}

/** The latest value of a metric, as the metrics feature stores it. */
export function insertMetric(runPk: number, key: string, value: number): Sql {
  const special = Number.isNaN(value) ? -2 : (SPECIALS.get(value) ?? 0);
  const stored = special === 0 ? value : 0;
  return sql`INSERT INTO metrics (runPk, experimentPk, \`key\`, step, at, special, value, recency, \`count\`) SELECT r.pk, r.experimentPk, ${key}, 0, 0, ${special}, ${stored}, '', 1 FROM runs r WHERE r.pk = ${runPk}`;
}

async function datasetNamed(tx: Transaction, name: string): Promise<number> {
  const known = await tx.first<{ pk: number }>(sql`SELECT pk FROM datasets WHERE name = ${name}`);
  if (known) return known.pk;
  return (await tx.execute(sql`INSERT INTO datasets (name, digest, createdAt) VALUES (${name}, 'd', 0)`)).insertedPk;
}

function insertInput(runPk: number, datasetPk: number): Sql {
  return sql`INSERT INTO run_inputs (runPk, kind, inputPk, context, createdAt) VALUES (${runPk}, 'DATASET', ${datasetPk}, '', 0)`;
}

function keyValues(record: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

/** The facts recorded so far about one kind of subject: type, name, sequence and payload, as recorded. */
export async function factsOf(registry: TestRegistry, subjectType: 'Experiment' | 'Run', pk?: number) {
  const rows = await registry.app.db.read<{ type: string; subjectPk: number; sequence: number; payload: string }>(
    sql`SELECT type, subjectPk, sequence, payload FROM events WHERE subjectType = ${subjectType} ORDER BY pk`,
  );
  return rows
    .filter((row) => pk === undefined || row.subjectPk === pk)
    .map(({ type, subjectPk, sequence, payload }) => ({ type, subjectPk, sequence, ...JSON.parse(payload) }));
}

/** A clock that stands still until it is moved. */
export class TestClock {
  constructor(public time = Date.UTC(2026, 4, 1, 12)) {}

  now(): number {
    return this.time;
  }
}
