// Runs that another system tells of while they run: what is heard of them, written as it comes, with the facts of it.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { ExperimentService } from '../experiments/experiment.service.ts';
import type { FieldChange } from '../tags/tag.service.ts';
import type { TagInput } from '../tags/tag.types.ts';
import { Run, RunStatus } from './run.entity.ts';
import { runEnded, runStarted, runUpdated } from './run.events.ts';
import { runTags } from './run.queries.ts';
import { newRun, runRow } from './run.rows.ts';

/** The columns of a run that can be heard of, already checked. */
export type ObservedColumns = Pick<
  Run,
  | 'experimentPk'
  | 'parentPk'
  | 'name'
  | 'description'
  | 'status'
  | 'startedAt'
  | 'endedAt'
  | 'gitCommit'
  | 'gitRepository'
  | 'entryPoint'
  | 'notebook'
>;

/** How the event log names the columns whose changes it tells of one by one. */
const FIELDS: Readonly<Partial<Record<keyof ObservedColumns, string>>> = {
  name: 'name',
  description: 'description',
  startedAt: 'startedAt',
  gitCommit: 'source.gitCommit',
  gitRepository: 'source.gitRepository',
  entryPoint: 'source.entryPoint',
  notebook: 'source.notebook',
};

const ENDS: ReadonlySet<RunStatus> = new Set([RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED]);

export class RunObservationService {
  constructor(private readonly experiments: ExperimentService) {}

  /** The row number of the live experiment with a name, which is created where there is none. @throws Invalid */
  async experimentNamed(tx: Transaction, name: string, field: string): Promise<number> {
    const experiment = await this.experiments.find(tx, { name }, field);
    return (experiment ?? (await this.experiments.add(tx, { name }))).pk;
  }

  /** Takes hold of a run by its run id, a tombstone too; undefined where it is not here. */
  async hold(tx: Transaction, runId: string): Promise<Run | undefined> {
    const { affected } = await tx.execute(sql`UPDATE runs SET sequence = sequence + 1 WHERE runId = ${runId}`);
    if (affected === 0) return undefined;
    const row = await tx.first<Run>(sql`SELECT * FROM runs WHERE runId = ${runId}`);
    return row && Run.from(row);
  }

  /** The row number of the run with a run id, tombstones included. */
  async pkOf(tx: Transaction, runId: string): Promise<number | null> {
    const row = await tx.first<Pick<Run, 'pk'>>(sql`SELECT pk FROM runs WHERE runId = ${runId}`);
    return row?.pk ?? null;
  }

  /** Adds a run, in an experiment that the transaction holds. */
  async start(tx: Transaction, runId: string, columns: ObservedColumns, tags: readonly TagInput[]): Promise<Run> {
    const run = newRun({ ...columns, runId, createdByName: tx.actor.name, updatedAt: tx.startedAt });
    run.pk = (await tx.insert(Run, runRow(run))).insertedPk;
    runTags.add(tx, run.pk, tags);
    tx.record(runStarted(run));
    if (ENDS.has(run.status)) tx.record(runEnded(run));
    return run;
  }

  /**
   * Changes a held run. One that has ended may be ended otherwise, but does not run again.
   * @param others what else changed of it: where it belongs, what it used and made
   * @throws Conflict where it would have too many tags
   */
  async change(
    tx: Transaction,
    run: Run,
    columns: Readonly<Partial<ObservedColumns>>,
    tags: readonly TagInput[],
    others: readonly FieldChange[],
  ): Promise<void> {
    const differing = differingColumns(run, columns);
    const changes = [
      ...fieldChanges(run, differing),
      ...(await runTags.change(tx, run.pk, { set: tags, removed: [] })),
      ...others,
    ];
    if (Object.keys(differing).length === 0 && changes.length === 0) return;
    const isEnding = 'endedAt' in differing || (differing.status !== undefined && ENDS.has(differing.status));
    Object.assign(run, differing, { revision: run.revision + 1, updatedAt: Math.max(tx.startedAt, run.updatedAt) });
    const { pk, revision, updatedAt } = run;
    await tx.update('runs', { ...differing, revision, updatedAt }, sql`pk = ${pk}`);
    const { experimentPk } = differing;
    if (experimentPk !== undefined) tx.deferUpdate('metrics', { experimentPk }, sql`runPk = ${pk}`);
    if (changes.length > 0) tx.record(runUpdated(run, changes));
    if (isEnding) tx.record(runEnded(run));
  }

  /** Makes runs that have no parent children of a run. */
  async adopt(tx: Transaction, parent: Run, childRunIds: readonly string[]): Promise<void> {
    if (childRunIds.length === 0) return;
    const children = () => tx.query<Run>(sql`SELECT * FROM runs WHERE parentPk = ${parent.pk} ORDER BY pk`);
    const known = new Set((await children()).map(({ pk }) => pk));
    const updatedAt = tx.dialect.greatest(sql`updatedAt`, sql`${tx.startedAt}`);
    const isOrphan = sql`${tx.dialect.inList(sql`runId`, childRunIds)} AND parentPk IS NULL AND deletedAt IS NULL`;
    const { affected } = await tx.execute(
      sql`UPDATE runs SET sequence = sequence + 1, revision = revision + 1, updatedAt = ${updatedAt}, parentPk = ${parent.pk} WHERE ${isOrphan} AND pk <> ${parent.pk}`,
    );
    if (affected === 0) return;
    for (const row of await children()) {
      if (!known.has(row.pk)) tx.record(runUpdated(Run.from(row), [{ field: 'parent', from: null, to: parent.runId }]));
    }
  }
}

function differingColumns(run: Run, columns: Readonly<Partial<ObservedColumns>>): Partial<ObservedColumns> {
  const { status, endedAt, ...rest } = columns;
  const wouldRunAgain = ENDS.has(run.status) && status !== undefined && !ENDS.has(status);
  const wanted = wouldRunAgain ? rest : columns;
  return Object.fromEntries(
    Object.entries(wanted).filter(([column, value]) => value !== run[column as keyof ObservedColumns]),
  );
}

/** What the event log says of columns that change; how a run ended is a fact of its own. */
function fieldChanges(run: Run, differing: Partial<ObservedColumns>): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const [column, field] of Object.entries(FIELDS) as [keyof ObservedColumns, string][]) {
    const to = differing[column];
    if (to !== undefined) changes.push({ field, from: shown(column, run[column]), to: shown(column, to) });
  }
  if (differing.status !== undefined && !ENDS.has(differing.status)) {
    changes.push({ field: 'status', from: run.status, to: differing.status });
  }
  return changes;
}

function shown(column: keyof ObservedColumns, value: string | number | null): string | null {
  if (value === null) return null;
  return column === 'startedAt' ? new Date(value).toISOString() : String(value);
}
