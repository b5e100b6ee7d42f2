// The rules and writes of runs.

import type { ActorIdentity } from '../../core/context.ts';
import { Conflict, Invalid, NotFound, PreconditionFailed } from '../../core/errors.ts';
import { globalId, pkOf, quoted } from '../../core/ids.ts';
import { checkRevision } from '../../core/revision.ts';
import { checkName, checkOptional } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import { isGiven } from '../../database/filters.ts';
import { name, type Sql, sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { Experiment } from '../experiments/experiment.entity.ts';
import type { ExperimentService } from '../experiments/experiment.service.ts';
import type { FieldChange } from '../tags/tag.service.ts';
import { checkTagChanges, MOST_KEYS, type TagInput } from '../tags/tag.types.ts';
import { anotherValue, type ParamInput } from './param.types.ts';
import { ParamRow, Run, RunStatus } from './run.entity.ts';
import { runDeleted, runEnded, runRestored, runResumed, runStarted, runUpdated } from './run.events.ts';
import type {
  DeleteRunInput,
  EndRunInput,
  RestoreRunInput,
  ResumeRunInput,
  StartRunInput,
  UpdateRunInput,
} from './run.inputs.types.ts';
import { runTags } from './run.queries.ts';
import { newRun, paramRows, runRow } from './run.rows.ts';
import { checkStart } from './run.start.ts';

/** What a feature below runs has to say before some go. */
export interface RunDependent {
  /** Called in the transaction that deletes the runs, which it holds. @throws Conflict where one of them has to stay */
  refuseDeletion?(tx: Transaction, runPks: readonly number[]): Promise<void>;
}

const ENDS: readonly RunStatus[] = [RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED];

export class RunService {
  private readonly dependents: RunDependent[] = [];

  constructor(
    private readonly db: Database,
    private readonly experiments: ExperimentService,
  ) {}

  /** Features below runs register here what they have to say when a run goes: the DAG runs from child to parent only. */
  addDependent(dependent: RunDependent): void {
    this.dependents.push(dependent);
  }

  /**
   * Starts a run in an experiment, which is created where the input says so. @returns its row number
   * @throws NotFound for the experiment or the parent, Invalid, Conflict
   */
  async start(actor: ActorIdentity, input: StartRunInput): Promise<number> {
    const { tags, params, ...values } = checkStart(input);
    return this.db.write({ actor, mutation: 'startRun', input }, async (tx) => {
      const experiment = await this.experimentFor(tx, input);
      if (values.parentPk !== null) await refuseMissingParent(tx, values.parentPk);
      const run = newRun({
        ...values,
        experimentPk: experiment.pk,
        startedAt: input.startedAt ?? tx.startedAt,
        createdByName: tx.actor.name,
        updatedAt: tx.startedAt,
      });
      run.pk = (await tx.insert(Run, runRow(run))).insertedPk;
      runTags.add(tx, run.pk, tags);
      tx.deferInsert(ParamRow, paramRows(run.pk, params));
      tx.record(runStarted(run));
      return run.pk;
    });
  }

  /**
   * Ends a run. One that has ended already may be ended otherwise: it takes the other status, and keeps its end
   * unless another is given; with nothing other, nothing changes.
   * @throws NotFound, Invalid for a status that is no end or an end before the start, Conflict
   */
  async end(actor: ActorIdentity, input: EndRunInput): Promise<number> {
    const pk = pkOf('Run', input.run, 'input.run');
    const { status } = input;
    if (!ENDS.includes(status)) {
      throw new Invalid('input.status', `${status} is not how a run ends; expected ${ENDS.join(', ')}.`);
    }
    return this.db.write({ actor, mutation: 'endRun', input }, async (tx) => {
      const run = await this.lock(tx, pk, 'input.run');
      checkRevision(describe(run), run.revision, input.expectedRevision);
      const given = input.endedAt ?? undefined;
      if (given !== undefined && given < run.startedAt) {
        const [end, start] = [given, run.startedAt].map((at) => new Date(at).toISOString());
        throw new Invalid('input.endedAt', `A run does not end (${end}) before it started (${start}).`);
      }
      const endedAt = given ?? run.endedAt ?? Math.max(tx.startedAt, run.startedAt);
      if (status === run.status && endedAt === run.endedAt) return pk;
      this.touch(tx, run, { status, endedAt });
      tx.record(runEnded(run));
      return pk;
    });
  }

  /** Lets a run run again; one that runs stays as it is. @throws NotFound, Conflict */
  async resume(actor: ActorIdentity, input: ResumeRunInput): Promise<number> {
    const pk = pkOf('Run', input.run, 'input.run');
    return this.db.write({ actor, mutation: 'resumeRun', input }, async (tx) => {
      const run = await this.lock(tx, pk, 'input.run');
      checkRevision(describe(run), run.revision, input.expectedRevision);
      if (run.status === RunStatus.RUNNING) return pk;
      this.touch(tx, run, { status: RunStatus.RUNNING, endedAt: null });
      tx.record(runResumed(run));
      return pk;
    });
  }

  /** Changes a run's name, description and tags. @throws NotFound, Invalid, Conflict */
  async update(actor: ActorIdentity, input: UpdateRunInput): Promise<number> {
    const pk = pkOf('Run', input.run, 'input.run');
    const tags = checkTagChanges(input);
    if (input.name === null) throw new Invalid('input.name', 'A run always has a name; it cannot be cleared.');
    if (input.name !== undefined) checkName(input.name, 'input.name', 'runName');
    checkOptional(input.description, 'input.description', 'description');
    return this.db.write({ actor, mutation: 'updateRun', input }, async (tx) => {
      const run = await this.lock(tx, pk, 'input.run');
      checkRevision(describe(run), run.revision, input.expectedRevision);
      const changes: FieldChange[] = [];
      const row: { name?: string; description?: string | null } = {};
      if (input.name !== undefined && input.name !== null && input.name !== run.name) {
        changes.push({ field: 'name', from: run.name, to: input.name });
        row.name = input.name;
      }
      if (input.description !== undefined && input.description !== run.description) {
        changes.push({ field: 'description', from: run.description, to: input.description });
        row.description = input.description;
      }
      changes.push(...(await runTags.change(tx, pk, tags)));
      if (changes.length === 0) return pk;
      this.touch(tx, run, row);
      tx.record(runUpdated(run, changes));
      return pk;
    });
  }

  /** Deletes a run; a tombstone stays. @returns its global id @throws NotFound, Conflict where something needs it */
  async delete(actor: ActorIdentity, input: DeleteRunInput): Promise<string> {
    const pk = pkOf('Run', input.run, 'input.run');
    return this.db.write({ actor, mutation: 'deleteRun', input }, async (tx) => {
      const run = await this.lock(tx, pk, 'input.run');
      checkRevision(describe(run), run.revision, input.expectedRevision);
      await this.refuseDeletion(tx, [pk]);
      this.touch(tx, run, { deletedAt: changeTime(tx, run) });
      tx.record(runDeleted(run));
      return globalId('Run', pk);
    });
  }

  /**
   * Brings back a deleted run; one that is not deleted stays as it is.
   * @throws NotFound where it never was, PreconditionFailed where its experiment is deleted, Conflict
   */
  async restore(actor: ActorIdentity, input: RestoreRunInput): Promise<number> {
    const pk = pkOf('Run', input.run, 'input.run');
    return this.db.write({ actor, mutation: 'restoreRun', input }, async (tx) => {
      // A deleted run stays in its experiment, which is held first, as by whoever deletes it with its runs.
      const home = await tx.first<Run>(sql`SELECT experimentPk FROM runs WHERE pk = ${pk}`);
      if (!home) throw noSuchRun('input.run');
      const experiment = await this.experiments.find(tx, { pk: home.experimentPk }, 'input.run');
      if (!experiment)
        throw new PreconditionFailed('The experiment of this run is deleted: restore that.', 'input.run');
      const run = await this.hold(tx, sql`pk = ${pk}`, 'input.run');
      checkRevision(describe(run), run.revision, input.expectedRevision);
      if (run.deletedAt === null) return pk;
      this.touch(tx, run, { deletedAt: null, deletedWithExperiment: 0 });
      tx.record(runRestored(run));
      return pk;
    });
  }

  /**
   * Takes hold of a run for this transaction, as its first statement, and raises the order of its events.
   * @throws NotFound where it is not there or deleted
   */
  async lock(tx: Transaction, pk: number, field: string): Promise<Run> {
    return this.hold(tx, sql`pk = ${pk} AND deletedAt IS NULL`, field);
  }

  /**
   * Takes hold of a run for a batch of what it logs, as the first statement of the transaction: batches take turns,
   * and none slips past a deletion.
   * @throws NotFound where it is not there or deleted
   */
  async lockForBatch(tx: Transaction, pk: number, field: string): Promise<void> {
    const { affected } = await tx.execute(
      sql`UPDATE runs SET batches = batches + 1 WHERE pk = ${pk} AND deletedAt IS NULL`,
    );
    if (affected === 0) throw noSuchRun(field);
  }

  /** Asks those who may need runs that the transaction holds. @throws Conflict where one of them has to stay */
  async refuseDeletion(tx: Transaction, runPks: readonly number[]): Promise<void> {
    if (runPks.length === 0) return;
    for (const dependent of this.dependents) await dependent.refuseDeletion?.(tx, runPks);
  }

  /**
   * Logs params, already checked by `checkParams`, of a run that the transaction holds.
   * @throws Conflict where one has another value already, or there would be too many
   */
  async putParams(
    tx: Transaction,
    runPk: number,
    params: readonly ParamInput[],
    field = 'input.params',
  ): Promise<void> {
    if (params.length === 0) return;
    const keys = params.map((param) => param.key);
    const rows = await tx.query<ParamInput>(
      sql`SELECT p.key AS ${name('key')}, p.value AS ${name('value')} FROM params p WHERE p.runPk = ${runPk} AND ${tx.dialect.inList(sql`p.key`, keys)}`,
    );
    const known = new Map(rows.map((row) => [row.key, row.value]));
    for (const param of params) {
      const first = known.get(param.key);
      if (first !== undefined && first !== param.value) throw anotherValue(param, first, field);
    }
    const fresh = params.filter((param) => !known.has(param.key));
    if (fresh.length === 0) return;
    await tx.insert(ParamRow, paramRows(runPk, fresh));
    const counted = await tx.first<{ total: number }>(sql`SELECT COUNT(*) AS total FROM params WHERE runPk = ${runPk}`);
    if (Number(counted?.total) > MOST_KEYS) {
      throw new Conflict(`There would be more than ${MOST_KEYS} params.`, undefined, field);
    }
  }

  /**
   * Sets tags, already checked by `checkTags`, of a run that the transaction holds, and raises its revision where one
   * of them changed.
   * @throws Conflict where there would be too many
   */
  async putTags(tx: Transaction, runPk: number, tags: readonly TagInput[]): Promise<void> {
    const changes = await runTags.change(tx, runPk, { set: tags, removed: [] });
    if (changes.length === 0) return;
    const updatedAt = tx.dialect.greatest(sql`updatedAt`, sql`${tx.startedAt}`);
    await tx.execute(sql`UPDATE runs SET revision = revision + 1, updatedAt = ${updatedAt} WHERE pk = ${runPk}`);
  }

  /** Raises the revision of a held run, and records what a feature below runs changed of it. */
  async recordChanges(tx: Transaction, run: Run, changes: readonly FieldChange[]): Promise<void> {
    this.touch(tx, run, {});
    tx.record(runUpdated(run, changes));
  }

  private async hold(tx: Transaction, condition: Sql, field: string): Promise<Run> {
    const [{ affected }, row] = await Promise.all([
      tx.execute(sql`UPDATE runs SET sequence = sequence + 1 WHERE ${condition}`),
      tx.first<Run>(sql`SELECT * FROM runs WHERE ${condition}`),
    ]);
    if (affected === 0 || !row) throw noSuchRun(field);
    return Run.from(row);
  }

  /** Raises the revision of a held run, with what else changes of its row. */
  private touch(
    tx: Transaction,
    run: Run,
    changes: Readonly<
      Partial<Pick<Run, 'name' | 'description' | 'status' | 'endedAt' | 'deletedAt' | 'deletedWithExperiment'>>
    >,
  ): void {
    Object.assign(run, changes, { revision: run.revision + 1, updatedAt: changeTime(tx, run) });
    const { pk, revision, updatedAt } = run;
    tx.deferUpdate('runs', { ...changes, revision, updatedAt }, sql`pk = ${pk}`);
  }

  private async experimentFor(tx: Transaction, input: StartRunInput): Promise<Experiment> {
    const { experiment: by, createExperiment } = input;
    if (!createExperiment || !isGiven(by.name)) return this.experiments.lock(tx, by, 'input.experiment');
    return (await this.experiments.find(tx, by, 'input.experiment')) ?? this.experiments.add(tx, { name: by.name });
  }
}

async function refuseMissingParent(tx: Transaction, parentPk: number): Promise<void> {
  const parent = await tx.first(sql`SELECT pk FROM runs WHERE pk = ${parentPk} AND deletedAt IS NULL`);
  if (!parent) throw noSuchRun('input.parent');
}

/** A change is never dated before the one before it, whatever the clocks of the instances say. */
function changeTime(tx: Transaction, run: Run): number {
  return Math.max(tx.startedAt, run.updatedAt);
}

function noSuchRun(field: string): NotFound {
  return new NotFound('There is no such run, or it was deleted.', field);
}

function describe(run: Run): string {
  return `The run ${quoted(run.name)}`;
}
