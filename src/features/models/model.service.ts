// The rules and writes of models.

import type { ActorIdentity } from '../../core/context.ts';
import { Conflict, Invalid, NotFound } from '../../core/errors.ts';
import { globalId, pkOf, quoted } from '../../core/ids.ts';
import { checkRevision } from '../../core/revision.ts';
import { exactlyOne } from '../../core/selector.ts';
import { checkModelName, checkOptional } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import { type Sql, sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { FieldChange } from '../tags/tag.service.ts';
import { checkTagChanges, checkTags, type TagInput } from '../tags/tag.types.ts';
import { Model } from './model.entity.ts';
import { modelDeleted, modelRegistered, modelUpdated } from './model.events.ts';
import { modelTags } from './model.queries.ts';
import type {
  DeleteModelInput,
  ModelBy,
  RegisterModelInput,
  RenameModelInput,
  UpdateModelInput,
} from './model.types.ts';
import { EXCLUSIVE_CANDIDATES, Stage } from './stage.types.ts';

/** A model whose row this transaction holds, and the time that its changes carry. */
export interface LockedModel {
  readonly model: Model;
  readonly at: number;
}

/** A model to be registered: whatever is left out has its default. */
export interface NewModel {
  readonly name: string;
  readonly description?: string | null;
  readonly tags?: readonly TagInput[] | null;
  readonly exclusiveStages?: readonly Stage[];
  readonly comment?: string | null;
}

/** What a feature below models does when a model goes, or may not go on as it is. */
export interface ModelDependent {
  /** Called in the transaction that deletes the model. */
  onDelete?(tx: Transaction, locked: LockedModel, comment: string | null): Promise<void>;
  /** Called in the transaction that makes stages exclusive. @throws Conflict where they hold several versions */
  onExclusive?(tx: Transaction, model: Model, stages: readonly Stage[]): Promise<void>;
}

export class ModelService {
  private readonly dependents: ModelDependent[] = [];

  constructor(private readonly db: Database) {}

  /** Features below models register here what they do when a model changes: the DAG runs from child to parent only. */
  addDependent(dependent: ModelDependent): void {
    this.dependents.push(dependent);
  }

  /**
   * Registers a model. @returns its row number
   * @throws Invalid for a name, tag or stage that cannot be; Conflict where the name is taken
   */
  async register(actor: ActorIdentity, input: RegisterModelInput): Promise<number> {
    checkOptional(input.comment, 'input.comment', 'comment');
    return this.db.write({ actor, mutation: 'registerModel', input }, async (tx) => {
      const model = await this.create(tx, input);
      return model.pk;
    });
  }

  /** Changes a model's own fields and tags. @throws NotFound, Invalid, Conflict */
  async update(actor: ActorIdentity, input: UpdateModelInput): Promise<number> {
    const tags = checkTagChanges(input);
    checkOptional(input.comment, 'input.comment', 'comment');
    return this.db.write({ actor, mutation: 'updateModel', input }, async (tx) => {
      const { model, at } = await this.lock(tx, input.model, 'input.model');
      checkRevision(`The model ${quoted(model.name)}`, model.revision, input.expectedRevision);
      const changes: FieldChange[] = [];
      const row: { description?: string | null; exclusiveStageList?: string } = {};
      if (input.description !== undefined && input.description !== model.description) {
        row.description = checkOptional(input.description, 'input.description', 'description');
        changes.push({ field: 'description', from: model.description, to: row.description });
      }
      if (input.exclusiveStages !== undefined) {
        const stages = checkExclusiveStages(input.exclusiveStages ?? [], 'input.exclusiveStages');
        if (stages.join() !== model.exclusiveStageList) {
          for (const dependent of this.dependents) await dependent.onExclusive?.(tx, model, stages);
          row.exclusiveStageList = stages.join();
          changes.push({ field: 'exclusiveStages', from: model.exclusiveStageList, to: row.exclusiveStageList });
        }
      }
      changes.push(...(await modelTags.change(tx, model.pk, tags, at)));
      if (changes.length === 0) return model.pk;
      this.touch(tx, model, at, row);
      tx.record(modelUpdated(model, at, changes, input.comment));
      return model.pk;
    });
  }

  /** Gives a model another name. @throws NotFound, Invalid, Conflict where the name is taken */
  async rename(actor: ActorIdentity, input: RenameModelInput): Promise<number> {
    checkModelName(input.newName, 'input.newName');
    checkOptional(input.comment, 'input.comment', 'comment');
    return this.db.write({ actor, mutation: 'renameModel', input }, async (tx) => {
      const { model, at } = await this.lock(tx, input.model, 'input.model');
      checkRevision(`The model ${quoted(model.name)}`, model.revision, input.expectedRevision);
      if (input.newName === model.name) return model.pk;
      await this.refuseTaken(tx, input.newName, 'input.newName');
      const change = { field: 'name', from: model.name, to: input.newName };
      this.touch(tx, model, at, { name: input.newName });
      model.name = input.newName;
      tx.record(modelUpdated(model, at, [change], input.comment));
      return model.pk;
    });
  }

  /** Deletes a model with its versions and aliases; a tombstone stays. @returns its global id */
  async delete(actor: ActorIdentity, input: DeleteModelInput): Promise<string> {
    checkOptional(input.comment, 'input.comment', 'comment');
    return this.db.write({ actor, mutation: 'deleteModel', input }, async (tx) => {
      const locked = await this.lock(tx, input.model, 'input.model');
      const { model, at } = locked;
      checkRevision(`The model ${quoted(model.name)}`, model.revision, input.expectedRevision);
      for (const dependent of this.dependents) await dependent.onDelete?.(tx, locked, input.comment ?? null);
      this.touch(tx, model, at, { deletedAt: at, live: null });
      tx.record(modelDeleted(model, at, input.comment));
      return globalId('Model', model.pk);
    });
  }

  /** Registers a model inside a transaction. @throws Invalid, Conflict */
  async create(tx: Transaction, input: NewModel): Promise<Model> {
    await this.refuseTaken(tx, checkModelName(input.name, 'input.name'), 'input.name');
    return this.add(tx, input);
  }

  /**
   * Takes hold of a model for this transaction, as its first statement: whoever else changes it waits, or on a cluster
   * fails at the commit and is run again. Raises the order of its events.
   * @param also further columns to set in the same statement
   * @throws NotFound where it is not there or deleted
   */
  async lock(tx: Transaction, by: ModelBy | { readonly pk: number }, field: string, also?: Sql): Promise<LockedModel> {
    const [condition, description] = selectModel(by, field);
    const changedAt = tx.dialect.greatest(sql`changedAt`, sql`${tx.startedAt}`);
    const extra = also ? sql`, ${also}` : sql``;
    const [{ affected }, row] = await Promise.all([
      tx.execute(
        sql`UPDATE models SET sequence = sequence + 1, changedAt = ${changedAt}${extra} WHERE ${condition} AND live = 1`,
      ),
      tx.first<Model>(sql`SELECT * FROM models WHERE ${condition} AND live = 1`),
    ]);
    // One that was registered in between is not held.
    if (affected === 0 || !row) throw new NotFound(`There is no model ${description}.`, field);
    const model = Model.from(row);
    return { model, at: model.changedAt };
  }

  /** As {@link lock}, and where the selector is a name that no model has, registers one by it first. */
  async lockOrCreate(tx: Transaction, by: ModelBy, field: string, also?: Sql): Promise<LockedModel> {
    try {
      return await this.lock(tx, by, field, also);
    } catch (error) {
      if (!(error instanceof NotFound) || by.name === null || by.name === undefined) throw error;
      // Not `create`: a name that was taken since is no conflict here. The insert fails on it, and all is run again.
      const { pk } = await this.add(tx, { name: checkModelName(by.name, `${field}.name`) });
      return this.lock(tx, { pk }, field, also);
    }
  }

  /** Raises the revision of a locked model, with what else changes of its row. */
  touch(
    tx: Transaction,
    model: Model,
    at: number,
    changes: Readonly<Partial<Record<keyof Model & string, string | number | null>>> = {},
  ): void {
    model.revision += 1;
    model.updatedAt = at;
    tx.deferUpdate('models', { ...changes, revision: model.revision, updatedAt: at }, sql`pk = ${model.pk}`);
  }

  private async add(tx: Transaction, input: NewModel): Promise<Model> {
    const tags = checkTags(input.tags, 'input.tags');
    const stages = checkExclusiveStages(input.exclusiveStages ?? [Stage.PRODUCTION], 'input.exclusiveStages');
    const at = tx.startedAt;
    const model = Model.from({
      name: input.name,
      live: 1,
      description: checkOptional(input.description, 'input.description', 'description'),
      exclusiveStageList: stages.join(),
      lastNumber: 0,
      revision: 1,
      sequence: 1,
      createdAt: at,
      createdByName: tx.actor.name,
      updatedAt: at,
      changedAt: at,
      deletedAt: null,
    });
    model.pk = (await tx.insert(Model, { ...model } as never)).insertedPk;
    await modelTags.change(tx, model.pk, { set: tags, removed: [] }, at);
    tx.record(modelRegistered(model, input.comment));
    return model;
  }

  private async refuseTaken(tx: Transaction, name: string, field: string): Promise<void> {
    const taken = await tx.first(sql`SELECT pk FROM models WHERE name = ${name} AND live = 1`);
    if (taken) throw new Conflict(`A model named ${quoted(name)} exists already.`, undefined, field);
  }
}

function selectModel(by: ModelBy | { readonly pk: number }, field: string): [Sql, string] {
  if ('pk' in by) return [sql`pk = ${by.pk}`, `with the row number ${by.pk}`];
  const [selector, value] = exactlyOne({ id: by.id, name: by.name }, field);
  return selector === 'id'
    ? [sql`pk = ${pkOf('Model', value, `${field}.id`)}`, `with the id ${quoted(value)}`]
    : [sql`name = ${value}`, `named ${quoted(value)}`];
}

function checkExclusiveStages(stages: readonly Stage[], field: string): Stage[] {
  const wrong = stages.find((stage) => !EXCLUSIVE_CANDIDATES.includes(stage));
  if (wrong) throw new Invalid(field, `${wrong} cannot be exclusive: it holds any number of versions.`);
  return EXCLUSIVE_CANDIDATES.filter((stage) => stages.includes(stage));
}
