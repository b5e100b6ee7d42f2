// Tags that hold what they are now, without their history: those of experiments and runs.

import type { EntityTarget } from 'typeorm';
import { groupsInOrderOf } from '../../core/batching.ts';
import { Conflict } from '../../core/errors.ts';
import type { Database } from '../../database/database.ts';
import { column, name, raw, sql } from '../../database/sql.ts';
import type { Row, Transaction } from '../../database/transaction.ts';
import type { FieldChange } from './tag.service.ts';
import { MOST_KEYS, Tag, type TagChanges, type TagInput } from './tag.types.ts';

/** The tags of one kind of object, in a table of `owner`, key and value. */
export class CurrentTags {
  constructor(
    private readonly entity: EntityTarget<object>,
    private readonly table: string,
    private readonly ownerColumn: string,
  ) {}

  /** The rows of an object's tags, to be inserted as they are where it is new. */
  rows(ownerPk: number, tags: readonly TagInput[]): Row[] {
    return tags.map(({ key, value }) => ({ [this.ownerColumn]: ownerPk, key, value }));
  }

  /** Inserts the tags of a new object. */
  add(tx: Transaction, ownerPk: number, tags: readonly TagInput[]): void {
    tx.deferInsert(this.entity, this.rows(ownerPk, tags));
  }

  /**
   * Sets and removes tags of an object that the transaction has locked.
   * @returns what changed; a tag that is set to the value it has is no change
   * @throws Conflict where it would have too many
   */
  async change(tx: Transaction, ownerPk: number, { set, removed }: TagChanges): Promise<FieldChange[]> {
    const keys = [...set.map((tag) => tag.key), ...removed];
    if (keys.length === 0) return [];
    const isOwners = sql`${column('t', this.ownerColumn)} = ${ownerPk}`;
    const rows = await tx.query<{ key: string; value: string }>(
      sql`SELECT t.key AS ${name('key')}, t.value AS ${name('value')} FROM ${raw(this.table)} t WHERE ${isOwners} AND ${tx.dialect.inList(sql`t.key`, keys)}`,
    );
    const current = new Map(rows.map((row) => [row.key, row.value]));
    const changedTags = set.filter((tag) => current.get(tag.key) !== tag.value);
    const goneKeys = removed.filter((key) => current.has(key));
    if (goneKeys.length > 0) {
      await tx.execute(
        sql`DELETE FROM ${raw(this.table)} WHERE ${name(this.ownerColumn)} = ${ownerPk} AND ${tx.dialect.inList(name('key'), goneKeys)}`,
      );
    }
    await tx.insert(this.entity, this.rows(ownerPk, changedTags), {
      onConflict: tx.dialect.onConflict([this.ownerColumn, 'key'], { value: (incoming) => incoming }, this.table),
    });
    if (changedTags.some((tag) => !current.has(tag.key))) {
      const counted = await tx.first<{ total: number }>(
        sql`SELECT COUNT(*) AS total FROM ${raw(this.table)} t WHERE ${isOwners}`,
      );
      if (Number(counted?.total) > MOST_KEYS) throw new Conflict(`There would be more than ${MOST_KEYS} tags.`);
    }
    return [
      ...changedTags.map(({ key, value }) => ({ field: `tags.${key}`, from: current.get(key) ?? null, to: value })),
      ...goneKeys.map((key) => ({ field: `tags.${key}`, from: current.get(key) ?? null, to: null })),
    ];
  }

  /** The tags of each owner, A–Z by key. */
  async of(db: Database, ownerPks: readonly number[]): Promise<Tag[][]> {
    const owner = column('t', this.ownerColumn);
    const rows = await db.read<{ ownerPk: number; key: string; value: string }>(
      sql`SELECT ${owner} AS ownerPk, t.key AS ${name('key')}, t.value AS ${name('value')} FROM ${raw(this.table)} t WHERE ${db.dialect.inList(owner, ownerPks)} ORDER BY ${owner}, t.key`,
    );
    return groupsInOrderOf(
      ownerPks,
      rows,
      (row) => row.ownerPk,
      ({ key, value }) => new Tag(key, value),
    );
  }
}
