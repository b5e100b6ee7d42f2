// The rules and writes of what a run logs.

import type { ActorIdentity } from '../../core/context.ts';
import { Conflict, Invalid } from '../../core/errors.ts';
import { pkOf } from '../../core/ids.ts';
import { checkNotEmpty } from '../../core/text.ts';
import type { Database } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import { checkParams } from '../runs/param.types.ts';
import type { RunService } from '../runs/run.service.ts';
import { checkTags, MOST_KEYS } from '../tags/tag.types.ts';
import { type LogBatchInput, type MetricPointInput, MOST_PARAMS, MOST_POINTS, MOST_TAGS } from './metric.types.ts';
import { findSeries, writeSeries } from './metric.write.ts';
import type { MetricFeed } from './metric-feed.service.ts';
import { type StoredPoint, storedNumber, storedSpecial } from './point-order.ts';

/** A checked point; one without a time is given the server's when it is written. */
interface CheckedPoint extends Omit<StoredPoint, 'at'> {
  readonly key: string;
  readonly at: number | null;
}

export class MetricService {
  constructor(
    private readonly db: Database,
    private readonly runs: RunService,
    private readonly feed: MetricFeed,
  ) {}

  /**
   * Logs points, params and tags of a run, all of them or nothing. Points that are there already change nothing.
   * Records no event, and raises the revision only for tags. @returns the row number of the run
   * @throws NotFound where the run is not there or deleted; Invalid for a point, param or tag that cannot be;
   *   Conflict for a param that has another value, or where there would be too many of one kind
   */
  async logBatch(actor: ActorIdentity, input: LogBatchInput): Promise<number> {
    const runPk = pkOf('Run', input.run, 'input.run');
    atMost(MOST_POINTS, input.metrics, 'input.metrics');
    atMost(MOST_PARAMS, input.params, 'input.params');
    atMost(MOST_TAGS, input.tags, 'input.tags');
    const points = checkPoints(input.metrics ?? [], 'input.metrics');
    const params = checkParams(input.params, 'input.params');
    const tags = checkTags(input.tags, 'input.tags');
    let isWatched = false;
    await this.db.write({ actor, mutation: 'logBatch', input }, async (tx) => {
      const dated = points.map((point) => ({ ...point, runPk, at: point.at ?? tx.startedAt }));
      const [, series, watchedBatch] = await Promise.all([
        this.runs.lockForBatch(tx, runPk, 'input.run'),
        findSeries(tx, dated),
        points.length > 0 ? this.feed.watchedBatch(tx, runPk) : undefined,
      ]);
      isWatched = watchedBatch !== undefined;
      const { newPoints } = await writeSeries(tx, series, {
        isNewWanted: isWatched,
        checkMetrics: () => checkMetrics(tx, runPk),
      });
      if (watchedBatch !== undefined) await this.feed.keep(tx, runPk, watchedBatch, newPoints);
      await this.runs.putParams(tx, runPk, params, 'input.params');
      await this.runs.putTags(tx, runPk, tags);
      return runPk;
    });
    if (isWatched) this.feed.logged(runPk);
    return runPk;
  }
}

/** @throws Conflict where a run has too many metrics */
async function checkMetrics(tx: Transaction, runPk: number): Promise<void> {
  const counted = await tx.first<{ total: number }>(sql`SELECT COUNT(*) AS total FROM metrics WHERE runPk = ${runPk}`);
  if (Number(counted?.total) > MOST_KEYS) {
    throw new Conflict(`The run would have more than ${MOST_KEYS} metrics.`, undefined, 'input.metrics');
  }
}

function atMost(limit: number, given: readonly unknown[] | null | undefined, field: string): void {
  if (given && given.length > limit) {
    const [count, most] = [given.length, limit].map((number) => number.toLocaleString('en'));
    throw new Invalid(field, `${field} has ${count} entries; at most ${most} are allowed.`);
  }
}

function checkPoints(points: readonly MetricPointInput[], field: string): CheckedPoint[] {
  for (const key of new Set(points.map((point) => point.key))) checkNotEmpty(key, `${field}.key`, 'key');
  return points.map(({ key, value = null, special = null, step, at = null }, index) => {
    if ((value === null) === (special === null)) {
      const which = value === null ? 'neither' : 'both';
      throw new Invalid(field, `A point has either a value or a special; point ${index} has ${which}.`);
    }
    const stored = special === null ? storedNumber(value as number) : storedSpecial(special);
    return { key, step, at, special: stored.special, value: stored.value };
  });
}
