// The rules and writes of aliases. They are their model's: its revision rises with them.

import type { ActorIdentity } from '../../core/context.ts';
import { Conflict, NotFound } from '../../core/errors.ts';
import { quoted } from '../../core/ids.ts';
import { checkRevision } from '../../core/revision.ts';
import { checkAlias, checkOptional, checkText } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import { type Sql, sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { LockedModel, ModelService } from '../models/model.service.ts';
import { FOREVER } from '../tags/tag.service.ts';
import { MOST_KEYS } from '../tags/tag.types.ts';
import { ModelAlias } from './alias.entity.ts';
import type { RemoveAliasInput, SetAliasInput } from './alias.types.ts';
import { type AliasTarget, aliasChanged } from './version.events.ts';

/** An alias that holds, with the number of its version. */
interface CurrentAlias {
  readonly pk: number;
  readonly alias: string;
  readonly versionPk: number;
  readonly number: number;
}

export class AliasService {
  constructor(
    private readonly db: Database,
    private readonly models: ModelService,
  ) {}

  /**
   * Sets an alias, or moves it. @returns its row number
   * @throws NotFound, Invalid, Conflict
   */
  async set(actor: ActorIdentity, input: SetAliasInput): Promise<number> {
    checkAlias(input.alias, 'input.alias');
    checkOptional(input.comment, 'input.comment', 'comment');
    return this.db.write({ actor, mutation: 'setAlias', input }, async (tx) => {
      const locked = await this.models.lock(tx, input.model, 'input.model');
      const { model } = locked;
      checkRevision(`The model ${quoted(model.name)}`, model.revision, input.expectedRevision);
      const version = await tx.first<AliasTarget>(
        sql`SELECT v.pk AS pk, v.number AS number FROM model_versions v WHERE v.modelPk = ${model.pk} AND v.number = ${input.number} AND v.deletedAt IS NULL`,
      );
      if (!version) {
        throw new NotFound(`The model ${quoted(model.name)} has no version ${input.number}.`, 'input.number');
      }
      return this.point(tx, locked, input.alias, version, input.comment);
    });
  }

  /** Removes an alias. @returns the model's row number @throws NotFound, Conflict */
  async remove(actor: ActorIdentity, input: RemoveAliasInput): Promise<number> {
    checkText(input.alias, 'input.alias', 'alias');
    checkOptional(input.comment, 'input.comment', 'comment');
    return this.db.write({ actor, mutation: 'removeAlias', input }, async (tx) => {
      const locked = await this.models.lock(tx, input.model, 'input.model');
      const { model, at } = locked;
      checkRevision(`The model ${quoted(model.name)}`, model.revision, input.expectedRevision);
      if ((await this.end(tx, locked, sql`a.alias = ${input.alias}`, input.comment)) === 0) {
        throw new NotFound(`The model ${quoted(model.name)} has no alias ${quoted(input.alias)}.`, 'input.alias');
      }
      this.models.touch(tx, model, at);
      return model.pk;
    });
  }

  /**
   * Lets an alias, already checked, stand for a live version of a model that the transaction holds; nothing happens
   * where it does already. @returns its row number
   * @throws Conflict where the model would have too many
   */
  async point(
    tx: Transaction,
    locked: LockedModel,
    alias: string,
    version: AliasTarget,
    comment?: string | null,
  ): Promise<number> {
    const { model, at } = locked;
    const [current] = await currentAliases(tx, model.pk, sql`a.alias = ${alias}`);
    if (current?.versionPk === version.pk) return current.pk;
    if (current) endRows(tx, [current], at);
    else await refuseTooMany(tx, model.pk);
    const { insertedPk } = await tx.insert(ModelAlias, {
      modelPk: model.pk,
      alias,
      versionPk: version.pk,
      since: at,
      until: FOREVER,
      holds: 1,
      setByName: tx.actor.name,
    });
    this.models.touch(tx, model, at);
    const from = current && { pk: current.versionPk, number: current.number };
    tx.record(aliasChanged(model, at, { alias, ...(from && { from }), to: version }, comment));
    return insertedPk;
  }

  /**
   * Removes those aliases of a model, held by the transaction, that match a condition on `a`. The model's revision is
   * left to the caller, whose change this may be a part of.
   * @returns how many there were
   */
  async end(tx: Transaction, { model, at }: LockedModel, which: Sql, comment?: string | null): Promise<number> {
    const ended = await currentAliases(tx, model.pk, which);
    if (ended.length === 0) return 0;
    endRows(tx, ended, at);
    for (const { alias, versionPk, number } of ended) {
      tx.record(aliasChanged(model, at, { alias, from: { pk: versionPk, number } }, comment));
    }
    return ended.length;
  }
}

function currentAliases(tx: Transaction, modelPk: number, which: Sql): Promise<CurrentAlias[]> {
  return tx.query<CurrentAlias>(
    sql`SELECT a.pk AS pk, a.alias AS alias, a.versionPk AS versionPk, v.number AS number FROM model_aliases a JOIN model_versions v ON v.pk = a.versionPk WHERE a.modelPk = ${modelPk} AND a.holds = 1 AND ${which} ORDER BY a.alias`,
  );
}

function endRows(tx: Transaction, aliases: readonly CurrentAlias[], at: number): void {
  const pks = aliases.map((alias) => alias.pk);
  tx.deferUpdate('model_aliases', { until: at, holds: null }, tx.dialect.inList(sql`pk`, pks));
}

async function refuseTooMany(tx: Transaction, modelPk: number): Promise<void> {
  const counted = await tx.first<{ total: number }>(
    sql`SELECT COUNT(*) AS total FROM model_aliases a WHERE a.modelPk = ${modelPk} AND a.holds = 1`,
  );
  if (Number(counted?.total) >= MOST_KEYS) {
    throw new Conflict(`There would be more than ${MOST_KEYS} aliases.`, undefined, 'input.alias');
  }
}
