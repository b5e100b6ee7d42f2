// Brings in many models at once, and takes hold of many for what comes in below them.

import { sql } from '../../database/sql.ts';
import type { Row, Transaction } from '../../database/transaction.ts';
import type { ImportedRow } from '../imports/import.types.ts';
import { FOREVER } from '../tags/tag.service.ts';
import type { TagChanges, TagInput } from '../tags/tag.types.ts';
import { Model, ModelTag } from './model.entity.ts';
import { modelRegistered, modelUpdated } from './model.events.ts';
import { modelTags } from './model.queries.ts';

/** A model as its tracker knows it, already checked. */
export interface ModelToImport {
  readonly name: string;
  readonly description: string | null;
  readonly tags: readonly TagInput[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export class ModelImportService {
  /**
   * Adds those that are not there yet, and records them at the time of the import; the others stay as they are. A model
   * is there where a live one has its name, or where a tombstone has its name and its time of creation: what was deleted
   * here since it was imported stays deleted. A new one has no exclusive stages, since its versions keep the stages that
   * they had elsewhere; its tags hold from its creation on.
   * @returns where each is, in their order
   */
  async add(tx: Transaction, models: readonly ModelToImport[]): Promise<ImportedRow[]> {
    const known = await this.find(tx, models);
    const fresh = models.filter((_, index) => known[index] === undefined);
    await tx.insert(
      Model,
      fresh.map((model) => modelRow(tx, model)),
    );
    const found = await this.find(tx, fresh);
    const added = new Map(fresh.map((model, index) => [model, found[index] as Model]));
    await tx.insert(
      ModelTag,
      [...added].flatMap(([{ tags, createdAt }, { pk }]) =>
        tags.map(({ key, value }) => ({ modelPk: pk, key, value, since: createdAt, until: FOREVER, holds: 1 })),
      ),
    );
    for (const model of added.values()) tx.record({ ...modelRegistered(model), at: tx.startedAt });
    return models.map((model, index) => {
      const { pk, createdAt } = added.get(model) ?? (known[index] as Model);
      return { pk, isNew: added.has(model), isNamesake: createdAt !== model.createdAt };
    });
  }

  /**
   * Takes hold of models for this transaction, and raises the order of their events.
   * @returns the live ones by row number; one that was deleted is not among them
   */
  async hold(tx: Transaction, pks: readonly number[]): Promise<Map<number, Model>> {
    if (pks.length === 0) return new Map();
    const areLive = sql`${tx.dialect.inList(sql`pk`, pks)} AND live = 1`;
    await tx.execute(sql`UPDATE models SET sequence = sequence + 1 WHERE ${areLive}`);
    const rows = await tx.query<Model>(sql`SELECT * FROM models WHERE ${areLive}`);
    return new Map(rows.map((row) => [row.pk, Model.from(row)]));
  }

  /** Sets and removes tags of a model that this transaction holds, and records it at the time of the import. */
  async changeTags(tx: Transaction, model: Model, changes: TagChanges, at: number): Promise<void> {
    const changed = await modelTags.change(tx, model.pk, changes, at);
    if (changed.length === 0) return;
    await tx.execute(sql`UPDATE models SET revision = revision + 1 WHERE pk = ${model.pk}`);
    tx.record(modelUpdated(model, tx.startedAt, changed));
  }

  private async find(tx: Transaction, models: readonly ModelToImport[]): Promise<(Model | undefined)[]> {
    if (models.length === 0) return [];
    const names = models.map((model) => model.name);
    const rows = await tx.query<Model>(
      sql`SELECT m.* FROM models m WHERE ${tx.dialect.inList(sql`m.name`, names)} ORDER BY m.pk DESC`,
    );
    const byName = Map.groupBy(rows, (row) => row.name);
    return models.map(({ name, createdAt }) => {
      const named = byName.get(name) ?? [];
      const row = named.find(({ live }) => live === 1) ?? named.find((one) => one.createdAt === createdAt);
      return row && Model.from(row);
    });
  }
}

function modelRow(tx: Transaction, { name, description, createdAt, updatedAt }: ModelToImport): Row {
  return {
    name,
    live: 1,
    description,
    exclusiveStageList: '',
    lastNumber: 0,
    revision: 1,
    sequence: 1,
    createdAt,
    createdByName: tx.actor.name,
    updatedAt,
    changedAt: updatedAt,
    deletedAt: null,
  };
}
