// Transactions on SQLite that come in one turn of the event loop share a commit, which costs as much as what they do.

import { Failed } from './failed.ts';
import { raw } from './sql.ts';
import type { StatementRunner } from './statements.ts';
import type { WriteQueue } from './write-queue.ts';

/** A transaction that is asked for. */
interface Member {
  /** Does its work. @returns whether that is to be committed */
  work(statements: StatementRunner): Promise<boolean>;
  /** Tells that what the work came to is final. */
  resolve(): void;
  reject(error: unknown): void;
}

/** So many at most: the first of them is answered no later than that. */
const MOST_TOGETHER = 64;

/**
 * One transaction of the database after the other, each for a group of those that were asked for. They run in turn and
 * see what those before them did, as if each had been committed, and nobody is told of an outcome before all are. Where
 * one fails, or wants nothing kept, the database undoes the group, and its members are run again, each by itself: rarer
 * and cheaper than a savepoint for each, which copies every page that is changed after it.
 */
export class SharedCommits {
  private open: Member[] | undefined;

  constructor(
    private readonly queue: WriteQueue,
    private readonly statements: StatementRunner,
    private readonly begin: string,
  ) {}

  /**
   * Does the work of a transaction when its turn comes, and once more where it has to be. @returns its outcome, when it is
   * committed, or undone
   * @param isKept whether an outcome is to be committed; else all that was done is undone
   * @throws what the work throws; Failed where the commit fails
   */
  async run<T>(work: (statements: StatementRunner) => Promise<T>, isKept: (outcome: T) => boolean): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<PromiseSettledResult<T>>();
    let ended: PromiseSettledResult<T>;
    const member: Member = {
      work: async (statements) => {
        [ended] = await Promise.allSettled([work(statements)]);
        return ended.status === 'fulfilled' && isKept(ended.value);
      },
      resolve: () => resolve(ended),
      reject,
    };
    const [final] = await Promise.all([promise, this.queue.run(() => this.admit(member))]);
    if (final.status === 'rejected') throw final.reason;
    return final.value;
  }

  /** Commits for those who wait. To be called in a turn of the queue. */
  async commit(): Promise<void> {
    const members = this.close();
    if (members.length === 0) return;
    try {
      await this.statements([raw('COMMIT')]);
      for (const member of members) member.resolve();
    } catch (error) {
      await this.rollBack();
      for (const member of members) member.reject(new Failed(error, true));
    }
  }

  private async admit(member: Member): Promise<void> {
    try {
      this.open ??= await this.begun();
    } catch (error) {
      member.reject(error);
      return;
    }
    this.open.push(member);
    if (!(await member.work(this.statements))) await this.undo();
    else if (this.open.length >= MOST_TOGETHER) await this.commit();
  }

  private async begun(): Promise<Member[]> {
    await this.statements([raw(this.begin)]);
    // Every request that has arrived by now is read before that, and its transaction joins.
    setImmediate(() => void this.queue.run(() => this.commit()));
    return [];
  }

  private async undo(): Promise<void> {
    const members = this.close();
    await this.rollBack();
    const [first] = members;
    // What failed by itself has failed on what is committed.
    if (members.length === 1) first?.resolve();
    else {
      for (const member of members) {
        await this.admit(member);
        await this.commit();
      }
    }
  }

  private close(): readonly Member[] {
    const members = this.open ?? [];
    this.open = undefined;
    return members;
  }

  /** On a full disk, for one, SQLite has done that by itself. */
  private async rollBack(): Promise<void> {
    await this.statements([raw('ROLLBACK')]).catch(() => undefined);
  }
}
