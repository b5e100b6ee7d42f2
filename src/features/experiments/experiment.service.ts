// The rules and writes of experiments.

import type { ActorIdentity } from '../../core/context.ts';
import { Conflict, Invalid, NotFound } from '../../core/errors.ts';
import { globalId, pkOf, quoted } from '../../core/ids.ts';
import { checkRevision } from '../../core/revision.ts';
import { exactlyOne } from '../../core/selector.ts';
import { checkName, checkOptional } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import { type Sql, sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { FieldChange } from '../tags/tag.service.ts';
import { checkTagChanges, checkTags, type TagInput } from '../tags/tag.types.ts';
import { Experiment } from './experiment.entity.ts';
import { experimentCreated, experimentDeleted, experimentRestored, experimentUpdated } from './experiment.events.ts';
import { experimentTags } from './experiment.queries.ts';
import type {
  CreateExperimentInput,
  DeleteExperimentInput,
  ExperimentBy,
  RestoreExperimentInput,
  UpdateExperimentInput,
} from './experiment.types.ts';

/** What a feature below experiments does when one goes or comes back. */
export interface ExperimentDependent {
  /** Called in the transaction that deletes the experiment. @throws Conflict where something in it has to stay */
  onDelete?(tx: Transaction, experiment: Experiment, at: number): Promise<void>;
  /** Called in the transaction that restores the experiment, after it. */
  onRestore?(tx: Transaction, experiment: Experiment, at: number): Promise<void>;
}

/** What an experiment is created from. */
export type NewExperiment = Pick<CreateExperimentInput, 'name' | 'description' | 'artifactLocation'> & {
  readonly tags?: readonly TagInput[] | null;
};

export class ExperimentService {
  private readonly dependents: ExperimentDependent[] = [];

  constructor(private readonly db: Database) {}

  /** Features below experiments register here what they do when one changes: the DAG runs from child to parent only. */
  addDependent(dependent: ExperimentDependent): void {
    this.dependents.push(dependent);
  }

  /** Creates an experiment. @returns its row number @throws Invalid, Conflict where the name is taken */
  async create(actor: ActorIdentity, input: CreateExperimentInput): Promise<number> {
    const checked = checkNew(input);
    return this.db.write({ actor, mutation: 'createExperiment', input }, async (tx) => {
      const experiment = await this.add(tx, checked);
      return experiment.pk;
    });
  }

  /** Changes an experiment's name, description and tags. @throws NotFound, Invalid, Conflict */
  async update(actor: ActorIdentity, input: UpdateExperimentInput): Promise<number> {
    const tags = checkTagChanges(input);
    const { newName } = input;
    if (newName === null) throw new Invalid('input.newName', 'An experiment always has a name; it cannot be cleared.');
    if (newName !== undefined) checkName(newName, 'input.newName', 'experimentName');
    checkOptional(input.description, 'input.description', 'description');
    return this.db.write({ actor, mutation: 'updateExperiment', input }, async (tx) => {
      const experiment = await this.lock(tx, input.experiment, 'input.experiment');
      checkRevision(describe(experiment), experiment.revision, input.expectedRevision);
      const changes: FieldChange[] = [];
      const row: { name?: string; description?: string | null } = {};
      if (newName !== undefined && newName !== experiment.name) {
        await this.refuseTaken(tx, newName, 'input.newName');
        changes.push({ field: 'name', from: experiment.name, to: newName });
        row.name = newName;
      }
      if (input.description !== undefined && input.description !== experiment.description) {
        changes.push({ field: 'description', from: experiment.description, to: input.description });
        row.description = input.description;
      }
      changes.push(...(await experimentTags.change(tx, experiment.pk, tags)));
      if (changes.length === 0) return experiment.pk;
      this.touch(tx, experiment, row);
      tx.record(experimentUpdated(experiment, changes));
      return experiment.pk;
    });
  }

  /** Deletes an experiment with its runs; a tombstone stays. @returns its global id @throws NotFound, Conflict */
  async delete(actor: ActorIdentity, input: DeleteExperimentInput): Promise<string> {
    return this.db.write({ actor, mutation: 'deleteExperiment', input }, async (tx) => {
      const experiment = await this.lock(tx, input.experiment, 'input.experiment');
      checkRevision(describe(experiment), experiment.revision, input.expectedRevision);
      const at = changeTime(tx, experiment);
      for (const dependent of this.dependents) await dependent.onDelete?.(tx, experiment, at);
      this.touch(tx, experiment, { deletedAt: at, live: null });
      tx.record(experimentDeleted(experiment));
      return globalId('Experiment', experiment.pk);
    });
  }

  /**
   * Brings back a deleted experiment and what was deleted with it; one that is not deleted stays as it is.
   * @throws NotFound where it never was, Conflict where its name was taken since
   */
  async restore(actor: ActorIdentity, input: RestoreExperimentInput): Promise<number> {
    const pk = pkOf('Experiment', input.experiment, 'input.experiment');
    return this.db.write({ actor, mutation: 'restoreExperiment', input }, async (tx) => {
      const experiment = await this.hold(tx, sql`pk = ${pk}`);
      if (!experiment)
        throw new NotFound(`There is no experiment with the id ${quoted(input.experiment)}.`, 'input.experiment');
      checkRevision(describe(experiment), experiment.revision, input.expectedRevision);
      if (experiment.deletedAt === null) return pk;
      await this.refuseTaken(tx, experiment.name, 'input.experiment');
      this.touch(tx, experiment, { deletedAt: null, live: 1 });
      tx.record(experimentRestored(experiment));
      for (const dependent of this.dependents) await dependent.onRestore?.(tx, experiment, experiment.updatedAt);
      return pk;
    });
  }

  /** Creates an experiment inside a transaction. @throws Invalid, Conflict where the name is taken */
  async add(tx: Transaction, input: NewExperiment): Promise<Experiment> {
    const { name, description, artifactLocation, tags } = checkNew(input);
    await this.refuseTaken(tx, name, 'input.name');
    const experiment = newExperiment({
      name,
      description,
      artifactLocation,
      createdAt: tx.startedAt,
      createdByName: tx.actor.name,
    });
    experiment.pk = (await tx.insert(Experiment, { ...experiment } as never)).insertedPk;
    experimentTags.add(tx, experiment.pk, tags);
    tx.record(experimentCreated(experiment));
    return experiment;
  }

  /**
   * Takes hold of an experiment for this transaction, as its first statement, and raises the order of its events:
   * whoever deletes it, or puts a run into it, waits.
   * @throws NotFound where it is not there or deleted
   */
  async lock(tx: Transaction, by: ExperimentBy | { readonly pk: number }, field: string): Promise<Experiment> {
    const experiment = await this.find(tx, by, field);
    if (!experiment) throw new NotFound(`There is no such experiment, or it was deleted: ${named(by)}.`, field);
    return experiment;
  }

  /** As {@link lock}; undefined where it is not there or deleted. */
  async find(
    tx: Transaction,
    by: ExperimentBy | { readonly pk: number },
    field: string,
  ): Promise<Experiment | undefined> {
    return this.hold(tx, sql`${select(by, field)} AND live = 1`);
  }

  private async hold(tx: Transaction, condition: Sql): Promise<Experiment | undefined> {
    const [{ affected }, row] = await Promise.all([
      tx.execute(sql`UPDATE experiments SET sequence = sequence + 1 WHERE ${condition}`),
      tx.first<Experiment>(sql`SELECT * FROM experiments WHERE ${condition}`),
    ]);
    // One that was created in between is not held.
    return affected > 0 && row ? Experiment.from(row) : undefined;
  }

  /** Raises the revision of a held experiment, with what else changes of its row. */
  private touch(
    tx: Transaction,
    experiment: Experiment,
    changes: Readonly<Partial<Pick<Experiment, 'name' | 'description' | 'deletedAt' | 'live'>>>,
  ): void {
    Object.assign(experiment, changes, { revision: experiment.revision + 1, updatedAt: changeTime(tx, experiment) });
    const { revision, updatedAt } = experiment;
    tx.deferUpdate('experiments', { ...changes, revision, updatedAt }, sql`pk = ${experiment.pk}`);
  }

  private async refuseTaken(tx: Transaction, name: string, field: string): Promise<void> {
    const taken = await tx.first(sql`SELECT pk FROM experiments WHERE name = ${name} AND live = 1`);
    if (taken) throw new Conflict(`An experiment named ${quoted(name)} exists already.`, undefined, field);
  }
}

/** An experiment that is not stored yet: its columns, all of them but the generated key. */
export function newExperiment(
  values: Pick<Experiment, 'name' | 'description' | 'artifactLocation' | 'createdAt' | 'createdByName'> &
    Partial<Experiment>,
): Experiment {
  return Experiment.from({
    live: 1,
    revision: 1,
    sequence: 1,
    updatedAt: values.createdAt,
    deletedAt: null,
    ...values,
  });
}

function checkNew(input: NewExperiment) {
  return {
    name: checkName(input.name, 'input.name', 'experimentName'),
    description: checkOptional(input.description, 'input.description', 'description'),
    artifactLocation: checkOptional(input.artifactLocation, 'input.artifactLocation', 'uri'),
    tags: checkTags(input.tags, 'input.tags'),
  };
}

/** A change is never dated before the one before it, whatever the clocks of the instances say. */
function changeTime(tx: Transaction, experiment: Experiment): number {
  return Math.max(tx.startedAt, experiment.updatedAt);
}

function select(by: ExperimentBy | { readonly pk: number }, field: string): Sql {
  if ('pk' in by) return sql`pk = ${by.pk}`;
  const [selector, value] = exactlyOne({ id: by.id, name: by.name }, field);
  return selector === 'id' ? sql`pk = ${pkOf('Experiment', value, `${field}.id`)}` : sql`name = ${value}`;
}

function named(by: ExperimentBy | { readonly pk: number }): string {
  if ('pk' in by) return `row number ${by.pk}`;
  return by.name ? `named ${quoted(by.name)}` : `id ${quoted(by.id ?? '')}`;
}

function describe({ name }: Experiment): string {
  return `The experiment ${quoted(name)}`;
}
