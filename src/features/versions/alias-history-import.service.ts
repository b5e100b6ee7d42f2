// Brings in aliases with the times at which another tracker set, moved and removed them, and what was added since.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { Model } from '../models/model.entity.ts';
import { FOREVER } from '../tags/tag.service.ts';
import { ModelAlias } from './alias.entity.ts';
import type { ModelVersion } from './version.entity.ts';
import { type AliasTarget, aliasChanged } from './version.events.ts';

/** That an alias stood for a version in [since, until); `until` is null while it does. */
export interface AliasIntervalToImport {
  readonly alias: string;
  readonly version: ModelVersion;
  readonly since: number;
  readonly until: number | null;
  readonly setByName: string;
}

/** An interval with what is to be stored of it; without a row number while it is new. */
interface Interval {
  readonly pk: number | null;
  readonly target: AliasTarget;
  readonly since: number;
  until: number;
  readonly setByName: string;
}

type AliasRow = Pick<ModelAlias, 'pk' | 'alias' | 'versionPk' | 'since' | 'until' | 'setByName'> & {
  readonly number: number;
};

export class AliasHistoryImportService {
  /**
   * Adds the intervals of a model's aliases that are not there yet, and ends those that ended since; the model is one
   * that this transaction holds. An alias that was set here is moved by a later interval only, and one that was removed
   * here stays so. Changes are recorded at the time of the import.
   * @returns how many intervals were added
   */
  async add(tx: Transaction, model: Model, intervals: readonly AliasIntervalToImport[]): Promise<number> {
    const byAlias = Map.groupBy(intervals, ({ alias }) => alias);
    if (byAlias.size === 0) return 0;
    const rows = await tx.query<AliasRow>(
      sql`SELECT a.*, v.number AS number FROM model_aliases a JOIN model_versions v ON v.pk = a.versionPk WHERE a.modelPk = ${model.pk} AND ${tx.dialect.inList(sql`a.alias`, [...byAlias.keys()])} ORDER BY a.since, a.pk`,
    );
    const rowsByAlias = Map.groupBy(rows, ({ alias }) => alias);
    let [added, changed] = [0, 0];
    for (const [alias, wanted] of byAlias) {
      const merged = merge(rowsByAlias.get(alias) ?? [], wanted);
      const ended = merged.filter(({ interval, before }) => interval.pk !== null && interval.until !== before);
      const fresh = merged.map(({ interval }) => interval).filter((interval) => interval.pk === null);
      changed += ended.length + fresh.length;
      added += fresh.length;
      await this.write(
        tx,
        model,
        alias,
        ended.map(({ interval }) => interval),
        fresh,
      );
      recordMoves(tx, model, alias, merged);
    }
    if (changed > 0) await tx.execute(sql`UPDATE models SET revision = revision + 1 WHERE pk = ${model.pk}`);
    return added;
  }

  private async write(
    tx: Transaction,
    model: Model,
    alias: string,
    ended: readonly Interval[],
    fresh: readonly Interval[],
  ): Promise<void> {
    for (const { pk, until } of ended) {
      await tx.update('model_aliases', { until, holds: until === FOREVER ? 1 : null }, sql`pk = ${pk}`);
    }
    await tx.insert(
      ModelAlias,
      fresh.map(({ target, since, until, setByName }) => ({
        modelPk: model.pk,
        alias,
        versionPk: target.pk,
        since,
        until,
        holds: until === FOREVER ? 1 : null,
        setByName,
      })),
    );
  }
}

/** An interval, and the end that is stored of it; null while it is new. */
interface Merged {
  readonly interval: Interval;
  readonly before: number | null;
}

/** What is there and what is to be, in order of time, each cut where the next begins. */
function merge(rows: readonly AliasRow[], wanted: readonly AliasIntervalToImport[]): Merged[] {
  const ends = new Map(wanted.map(({ version, since, until }) => [`${version.pk} ${since}`, until ?? FOREVER]));
  const known = new Set<string>();
  const merged: Merged[] = rows.map(({ pk, versionPk, number, since, until, setByName }) => {
    const key = `${versionPk} ${since}`;
    known.add(key);
    const stored = Number(until);
    // What was ended here stays ended.
    const end = stored === FOREVER ? (ends.get(key) ?? FOREVER) : stored;
    return {
      interval: { pk, target: { pk: versionPk, number }, since: Number(since), until: end, setByName },
      before: stored,
    };
  });
  for (const { version, since, until, setByName } of wanted) {
    if (known.has(`${version.pk} ${since}`)) continue;
    const interval = { pk: null, target: version, since, until: until ?? FOREVER, setByName };
    merged.push({ interval, before: null });
  }
  merged.sort((a, b) => a.interval.since - b.interval.since);
  for (const [index, { interval }] of merged.entries()) {
    const next = merged[index + 1]?.interval.since;
    if (next !== undefined && next < interval.until) interval.until = next;
  }
  return merged;
}

function recordMoves(tx: Transaction, model: Model, alias: string, merged: readonly Merged[]): void {
  for (const [index, { interval, before }] of merged.entries()) {
    const previous = merged[index - 1]?.interval;
    const follows = previous?.until === interval.since ? previous.target : undefined;
    const next = merged[index + 1]?.interval;
    if (before === null) tx.record(aliasChanged(model, tx.startedAt, { alias, from: follows, to: interval.target }));
    const hasEnded = interval.until !== FOREVER && interval.until !== before;
    if (hasEnded && next?.since !== interval.until) {
      tx.record(aliasChanged(model, tx.startedAt, { alias, from: interval.target }));
    }
  }
}
