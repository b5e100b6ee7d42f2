// Transactions on SQLite that come in one turn of the event loop share a commit, which costs as much as what they do.

import { Failed } from './failed.ts';
import type { StatementRunner } from './transaction.ts';
import type { WriteQueue } from './write-queue.ts';

/** Transactions that wait for one commit. */
interface Group extends PromiseWithResolvers<void> {
  size: number;
}

/** So many at most: the first of them is answered no later than that. */
const MOST_TOGETHER = 64;

/**
 * One transaction of the database after the other, each for a group of those that were asked for: the first begins it,
 * those that follow have a savepoint each, so that they fail alone, and nobody is told of an outcome before the commit
 * for all. What a member sees is what it would see had each before it been committed.
 */
export class SharedCommits {
  private open: Group | undefined;

  constructor(
    private readonly queue: WriteQueue,
    private readonly runner: StatementRunner,
    private readonly begin: string,
  ) {}

  /**
   * Does the work of a transaction when its turn comes. @returns its outcome, once it is committed
   * @param isKept whether an outcome is to be committed; else all that was done is undone
   * @throws what the work throws, also after the commit, since it may be about what others of the group did; Failed
   *   where the commit fails
   */
  async run<T>(work: (runner: StatementRunner) => Promise<T>, isKept: (outcome: T) => boolean): Promise<T> {
    const { ended, committed } = await this.queue.run(async () => {
      const group = this.open ?? (await this.begun());
      const result = await this.inPlace(group, work, isKept);
      if (group.size >= MOST_TOGETHER) await this.commit();
      return { ended: result, committed: group.promise };
    });
    await committed;
    if (ended.status === 'rejected') throw ended.reason;
    return ended.value;
  }

  /** Commits for those who wait. To be called in a turn of the queue. */
  async commit(): Promise<void> {
    const group = this.open;
    if (!group) return;
    this.open = undefined;
    try {
      await this.runner.query('COMMIT');
      group.resolve();
    } catch (error) {
      await this.rollBack();
      group.reject(new Failed(error, true));
    }
  }

  private async begun(): Promise<Group> {
    await this.runner.query(this.begin);
    const group = { ...Promise.withResolvers<void>(), size: 0 };
    // Whoever is in it hears of it; of an empty one nobody does.
    group.promise.catch(() => undefined);
    this.open = group;
    // Every request that has arrived by now is read before that, and its transaction joins.
    setImmediate(() => void this.queue.run(() => this.commit()));
    return group;
  }

  private async inPlace<T>(
    group: Group,
    work: (runner: StatementRunner) => Promise<T>,
    isKept: (outcome: T) => boolean,
  ): Promise<PromiseSettledResult<T>> {
    const isFirst = group.size++ === 0;
    if (!isFirst) await this.runner.query('SAVEPOINT place');
    const [ended] = await Promise.allSettled([work(this.runner)]);
    if (ended.status === 'rejected' || !isKept(ended.value)) await this.undo(group, isFirst);
    else if (!isFirst) await this.runner.query('RELEASE place');
    return ended;
  }

  private async undo(group: Group, isFirst: boolean): Promise<void> {
    try {
      if (!isFirst) {
        await this.runner.query('ROLLBACK TO place');
        await this.runner.query('RELEASE place');
        return;
      }
      await this.rollBack();
      group.resolve();
    } catch (error) {
      // On a full disk, for one, SQLite ends the whole transaction by itself: what the others did is gone too.
      await this.rollBack();
      group.reject(new Failed(error, false));
    }
    this.open = undefined;
  }

  private async rollBack(): Promise<void> {
    await this.runner.query('ROLLBACK').catch(() => undefined);
  }
}
