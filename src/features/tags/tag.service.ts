// Tags that remember what they were: each value with the time from which and until which it held.

import type { EntityTarget } from 'typeorm';
import { groupsInOrderOf } from '../../core/batching.ts';
import { Conflict } from '../../core/errors.ts';
import type { Database } from '../../database/database.ts';
import { column, name, raw, sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import { MOST_KEYS, Tag, type TagChanges } from './tag.types.ts';

/** One field that a change touched. */
export interface FieldChange {
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** The end of an interval that has none yet. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

/** The tags of one kind of object, in a table of `owner`, key, value and the interval [since, until). */
export class TagHistory {
  constructor(
    private readonly entity: EntityTarget<object>,
    private readonly table: string,
    private readonly ownerColumn: string,
  ) {}

  /**
   * Sets and removes tags of an object that the transaction has locked.
   * @returns what changed; a tag that is set to the value it has is no change
   */
  async change(tx: Transaction, ownerPk: number, changes: TagChanges, at: number): Promise<FieldChange[]> {
    if (changes.set.length === 0 && changes.removed.length === 0) return [];
    const owner = column('t', this.ownerColumn);
    const rows = await tx.query<{ pk: number; key: string; value: string }>(
      sql`SELECT t.pk AS pk, t.key AS ${name('key')}, t.value AS ${name('value')} FROM ${raw(this.table)} t WHERE ${owner} = ${ownerPk} AND t.holds = 1`,
    );
    const current = new Map(rows.map((row) => [row.key, row]));
    const changed: FieldChange[] = [];
    const ended: number[] = [];
    const added: { key: string; value: string }[] = [];
    for (const { key, value } of changes.set) {
      const before = current.get(key);
      if (before?.value === value) continue;
      if (before) ended.push(before.pk);
      added.push({ key, value });
      changed.push({ field: `tags.${key}`, from: before?.value ?? null, to: value });
    }
    for (const key of changes.removed) {
      const before = current.get(key);
      if (!before) continue;
      ended.push(before.pk);
      changed.push({ field: `tags.${key}`, from: before.value, to: null });
    }
    if (current.size + added.length - ended.length > MOST_KEYS) {
      throw new Conflict(`There would be more than ${MOST_KEYS} tags.`, undefined, 'input.setTags');
    }
    if (ended.length > 0) {
      tx.deferUpdate(this.table, { until: at, holds: null }, tx.dialect.inList(raw('pk'), ended));
    }
    tx.deferInsert(
      this.entity,
      added.map(({ key, value }) => ({ [this.ownerColumn]: ownerPk, key, value, since: at, until: FOREVER, holds: 1 })),
    );
    return changed;
  }

  /** The tags of each owner, A–Z by key, now or as they were at an instant. */
  async of(db: Database, ownerPks: readonly number[], at: number | null): Promise<Tag[][]> {
    const owner = column('t', this.ownerColumn);
    const held = at === null ? sql`t.holds = 1` : sql`t.since <= ${at} AND t.until > ${at}`;
    const rows = await db.read<{ ownerPk: number; key: string; value: string }>(
      sql`SELECT ${owner} AS ownerPk, t.key AS ${name('key')}, t.value AS ${name('value')} FROM ${raw(this.table)} t WHERE ${db.dialect.inList(owner, ownerPks)} AND ${held} ORDER BY ${owner}, t.key`,
    );
    return groupsInOrderOf(
      ownerPks,
      rows,
      (row) => row.ownerPk,
      ({ key, value }) => new Tag(key, value),
    );
  }
}
