// The rules and writes of versions. Each change takes hold of the model first, so that those of one model take turns.

import type { ActorIdentity } from '../../core/context.ts';
import { Conflict, Invalid, NotFound } from '../../core/errors.ts';
import { globalId, pkOf } from '../../core/ids.ts';
import { checkRevision } from '../../core/revision.ts';
import { checkAlias, checkModelName, checkOptional } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import { isGiven } from '../../database/filters.ts';
import { join, name, type Sql, type SqlValue, sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { LineageRecordService } from '../lineage/lineage-record.service.ts';
import type { LockedModel, ModelDependent, ModelService } from '../models/model.service.ts';
import { Stage } from '../models/stage.types.ts';
import type { FieldChange } from '../tags/tag.service.ts';
import { checkTagChanges, checkTags } from '../tags/tag.types.ts';
import type { AliasService } from './alias.service.ts';
import { ModelVersion } from './version.entity.ts';
import { versionDeleted, versionRegistered, versionUpdated } from './version.events.ts';
import { versionTags } from './version.queries.ts';
import { edgesFromRuns, type NewVersion, newVersion, versionRow } from './version.rows.ts';
import { selectVersion } from './version.selector.ts';
import type { DeleteVersionInput, ModelVersionBy, RegisterVersionInput, UpdateVersionInput } from './version.types.ts';

/** A version whose model this transaction holds, and the time that its changes carry. */
export interface LockedVersion extends LockedModel {
  readonly version: ModelVersion;
}

/** What a feature below versions does when some go. */
export interface VersionDependent {
  /** Called in the transaction that deletes versions of one model, with the versions as they were. */
  onDelete?(tx: Transaction, locked: LockedModel, versions: readonly ModelVersion[]): Promise<void>;
}

/** Atomic, and the transaction's first statement: two registrations never read the same number. */
const NEXT_NUMBER = sql`lastNumber = lastNumber + 1`;

/** How many versions an error names. */
const MOST_NAMED = 10;

export class VersionService {
  private readonly dependents: VersionDependent[] = [];

  constructor(
    private readonly db: Database,
    private readonly models: ModelService,
    private readonly aliases: AliasService,
    private readonly lineage: LineageRecordService,
  ) {}

  /** Features below versions register here what they do when some go: the DAG runs from child to parent only. */
  addDependent(dependent: VersionDependent): void {
    this.dependents.push(dependent);
  }

  /** What deleting a model does to its versions and aliases. */
  readonly asModelDependent: ModelDependent = {
    onDelete: async (tx, locked, comment) => {
      const rows = await tx.query<ModelVersion>(
        sql`SELECT v.* FROM model_versions v WHERE v.modelPk = ${locked.model.pk} AND v.deletedAt IS NULL ORDER BY v.number`,
      );
      await this.aliases.end(tx, locked, sql`1 = 1`, comment);
      await this.end(tx, locked, rows.map(ModelVersion.from), comment);
    },
  };

  /** Registers the next version of a model. @returns its row number @throws NotFound, Invalid, Conflict */
  async register(actor: ActorIdentity, input: RegisterVersionInput): Promise<number> {
    const tags = checkTags(input.tags, 'input.tags');
    const alias = isGiven(input.alias) ? checkAlias(input.alias, 'input.alias') : null;
    const runPk = isGiven(input.run) ? pkOf('Run', input.run, 'input.run') : null;
    const source = checkOptional(input.source, 'input.source', 'uri');
    const description = checkOptional(input.description, 'input.description', 'description');
    checkOptional(input.comment, 'input.comment', 'comment');
    if (input.createModel && isGiven(input.model.name)) checkModelName(input.model.name, 'input.model.name');
    return this.db.write({ actor, mutation: 'registerVersion', input }, async (tx) => {
      const locked = input.createModel
        ? await this.models.lockOrCreate(tx, input.model, 'input.model', NEXT_NUMBER)
        : await this.models.lock(tx, input.model, 'input.model', NEXT_NUMBER);
      if (runPk !== null) await holdRun(tx, runPk);
      const { model, at } = locked;
      const version = await this.add(tx, {
        modelPk: model.pk,
        number: model.lastNumber,
        status: input.status,
        source,
        description,
        runPk,
        createdAt: at,
        createdByName: actor.name,
      });
      await versionTags.change(tx, version.pk, { set: tags, removed: [] }, at);
      tx.record(versionRegistered(model, version, input.comment));
      if (alias !== null) await this.aliases.point(tx, locked, alias, version, input.comment);
      return version.pk;
    });
  }

  /** Changes a version's own fields and tags. @returns its row number @throws NotFound, Invalid, Conflict */
  async update(actor: ActorIdentity, input: UpdateVersionInput): Promise<number> {
    const tags = checkTagChanges(input);
    checkOptional(input.description, 'input.description', 'description');
    checkOptional(input.statusMessage, 'input.statusMessage', 'statusMessage');
    checkOptional(input.comment, 'input.comment', 'comment');
    if (input.status === null)
      throw new Invalid('input.status', 'A version always has a status; it cannot be cleared.');
    return this.db.write({ actor, mutation: 'updateVersion', input }, async (tx) => {
      const locked = await this.lock(tx, input.version, 'input.version', input.expectedRevision);
      const { model, version, at } = locked;
      const changes: FieldChange[] = [];
      const row: Record<string, string | null> = {};
      for (const field of ['description', 'status', 'statusMessage'] as const) {
        const to = input[field];
        if (to === undefined || to === version[field]) continue;
        row[field] = to;
        changes.push({ field, from: version[field], to });
      }
      changes.push(...(await versionTags.change(tx, version.pk, tags, at)));
      if (changes.length === 0) return version.pk;
      this.touch(tx, [version.pk], at, row);
      tx.record(versionUpdated(model, version, at, changes, input.comment));
      return version.pk;
    });
  }

  /** Deletes a version with its aliases; a tombstone stays. @returns its global id @throws NotFound, Conflict */
  async delete(actor: ActorIdentity, input: DeleteVersionInput): Promise<string> {
    checkOptional(input.comment, 'input.comment', 'comment');
    return this.db.write({ actor, mutation: 'deleteVersion', input }, async (tx) => {
      const locked = await this.lock(tx, input.version, 'input.version', input.expectedRevision);
      const { model, version, at } = locked;
      const ended = await this.aliases.end(tx, locked, sql`a.versionPk = ${version.pk}`, input.comment);
      if (ended > 0) this.models.touch(tx, model, at);
      await this.end(tx, locked, [version], input.comment);
      return globalId('ModelVersion', version.pk);
    });
  }

  /**
   * Takes hold of a version's model, and reads the version as it is from then on.
   * @param expectedRevision the version's revision that the change was decided on, if the caller gave one
   * @throws NotFound where it is not there or deleted, Invalid for a selector that names nothing, Conflict
   */
  async lock(
    tx: Transaction,
    by: ModelVersionBy,
    field: string,
    expectedRevision?: number | null,
  ): Promise<LockedVersion> {
    const { find } = await this.lockModel(tx, by, field);
    return find(expectedRevision);
  }

  /**
   * Takes hold of a version's model as {@link lock} does, and leaves it to the caller when the version is read.
   * @returns the model, and what finds the version in one statement
   */
  async lockModel(
    tx: Transaction,
    by: ModelVersionBy,
    field: string,
  ): Promise<LockedModel & { find(expectedRevision?: number | null): Promise<LockedVersion> }> {
    const { model: modelBy, condition, description } = await selectVersion(tx, by, field);
    const { model, at } = await this.models.lock(tx, modelBy, field);
    return {
      model,
      at,
      find: async (expectedRevision) => {
        const row = await tx.first<ModelVersion>(
          sql`SELECT v.* FROM model_versions v WHERE v.modelPk = ${model.pk} AND v.deletedAt IS NULL AND ${condition(model.pk)} ORDER BY v.number DESC LIMIT 1`,
        );
        if (!row) throw new NotFound(`There is no version ${description}.`, field);
        const version = ModelVersion.from(row);
        checkRevision(`The version ${model.name}/${version.number}`, version.revision, expectedRevision);
        return { model, at, version };
      },
    };
  }

  /** Stores a version, with whatever number, stage and times it is given, and the edge from its run. The number must be the caller's. */
  async add(tx: Transaction, values: NewVersion): Promise<ModelVersion> {
    const version = newVersion(values);
    version.pk = (await tx.insert(ModelVersion, versionRow(version))).insertedPk;
    await this.lineage.record(tx, edgesFromRuns([version]));
    return version;
  }

  /** Raises the revision of versions whose model the transaction holds, with what else changes of their rows. */
  touch(
    tx: Transaction,
    pks: readonly number[],
    at: number,
    changes: Readonly<Record<string, SqlValue | Sql>> = {},
  ): void {
    const sets = Object.entries({ ...changes, updatedAt: at }).map(
      ([column, value]) => sql`${name(column)} = ${value}`,
    );
    tx.defer(
      sql`UPDATE model_versions SET revision = revision + 1, ${join(sets, ', ')} WHERE ${tx.dialect.inList(sql`pk`, pks)}`,
    );
  }

  /** Refuses where a live version came from one of the runs. @throws Conflict naming the versions */
  async refuseDeletionOfRuns(tx: Transaction, runPks: readonly number[]): Promise<void> {
    const rows = await tx.query<{ modelName: string; number: number }>(
      sql`SELECT m.name AS modelName, v.number AS number FROM model_versions v JOIN models m ON m.pk = v.modelPk WHERE ${tx.dialect.inList(sql`v.runPk`, runPks)} AND v.deletedAt IS NULL ORDER BY m.name, v.number LIMIT ${MOST_NAMED + 1}`,
    );
    if (rows.length === 0) return;
    throw new Conflict(`${nameVersions(rows)} came from what is to be deleted; delete them first.`);
  }

  private async end(
    tx: Transaction,
    locked: LockedModel,
    versions: readonly ModelVersion[],
    comment?: string | null,
  ): Promise<void> {
    if (versions.length === 0) return;
    const { model, at } = locked;
    for (const dependent of this.dependents) await dependent.onDelete?.(tx, locked, versions);
    const pks = versions.map((version) => version.pk);
    this.touch(tx, pks, at, { deletedAt: at, stageName: Stage.NONE });
    for (const version of versions) tx.record(versionDeleted(model, version, at, comment));
  }
}

/** Keeps a run from being deleted while this transaction makes a version of it. @throws NotFound where it is gone */
async function holdRun(tx: Transaction, pk: number): Promise<void> {
  const { affected } = await tx.execute(
    sql`UPDATE runs SET batches = batches + 1 WHERE pk = ${pk} AND deletedAt IS NULL`,
  );
  if (affected === 0) throw new NotFound('There is no such run, or it was deleted.', 'input.run');
}

/** Versions as errors name them: `churn/1, churn/2 and others`. */
export function nameVersions(versions: readonly { readonly modelName: string; readonly number: number }[]): string {
  const names = versions.slice(0, MOST_NAMED).map(({ modelName, number }) => `${modelName}/${number}`);
  return versions.length > MOST_NAMED ? `${names.join(', ')} and others` : names.join(', ');
}
