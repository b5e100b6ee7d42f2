// Transactions that share a commit.

import { describe, expect, it } from '@jest/globals';
import { Failed } from '../../../src/database/failed.ts';
import { SharedCommits } from '../../../src/database/shared-commits.ts';
import { raw } from '../../../src/database/sql.ts';
import type { StatementRunner } from '../../../src/database/statements.ts';
import { WriteQueue } from '../../../src/database/write-queue.ts';

/** A database that keeps what it was told between BEGIN and COMMIT. */
function database({ failing }: { readonly failing?: string } = {}) {
  const statements: string[] = [];
  const committed: string[] = [];
  let open: string[] = [];
  const run: StatementRunner = async (given) => {
    for (const { text } of given) {
      statements.push(text);
      if (text === failing) throw new Error(`${text} fails`);
      if (text === 'COMMIT') committed.push(...open);
      if (text === 'BEGIN' || text === 'COMMIT' || text === 'ROLLBACK') open = [];
      else open.push(text);
    }
    return [];
  };
  const queue = new WriteQueue(1);
  return { statements, committed, queue, shared: new SharedCommits(queue, run, 'BEGIN') };
}

const write = (text: string) => async (run: StatementRunner) => {
  await run([raw(text)]);
  return text;
};
const failure = async (run: StatementRunner) => {
  await run([raw('wrong')]);
  throw new Error('refused');
};
const kept = () => true;

describe('transactions that share a commit', () => {
  it('are committed once where they are asked for in the same turn', async () => {
    const { shared, statements } = database();
    expect(await Promise.all([shared.run(write('a'), kept), shared.run(write('b'), kept)])).toEqual(['a', 'b']);
    expect(statements).toEqual(['BEGIN', 'a', 'b', 'COMMIT']);
  });

  it('are told of nothing before they are committed', async () => {
    const { shared, committed } = database();
    const seen: string[][] = [];
    await Promise.all(['a', 'b'].map((text) => shared.run(write(text), kept).then(() => seen.push([...committed]))));
    expect(seen).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('fail alone', async () => {
    const { shared, committed } = database();
    const [a, wrong, b] = await Promise.allSettled([
      shared.run(write('a'), kept),
      shared.run(failure, kept),
      shared.run(write('b'), kept),
    ]);
    expect([a, b].map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(wrong).toMatchObject({ status: 'rejected', reason: { message: 'refused' } });
    expect(committed).toEqual(['a', 'b']);
  });

  it('leave nothing of one that wants nothing kept', async () => {
    const { shared, committed } = database();
    const outcomes = await Promise.all([
      shared.run(write('a'), kept),
      shared.run(write('blocked'), () => false),
      shared.run(write('b'), kept),
    ]);
    expect(outcomes).toEqual(['a', 'blocked', 'b']);
    expect(committed).toEqual(['a', 'b']);
  });

  it('all fail where the commit does, with an outcome that is not known', async () => {
    const { shared, committed } = database({ failing: 'COMMIT' });
    const ended = await Promise.allSettled([shared.run(write('a'), kept), shared.run(write('b'), kept)]);
    for (const each of ended) {
      expect(each).toMatchObject({ status: 'rejected', reason: expect.any(Failed) });
      expect(each).toMatchObject({ reason: { isOutcomeUnknown: true } });
    }
    expect(committed).toEqual([]);
  });

  it('fail each with why the database begins none', async () => {
    const { shared } = database({ failing: 'BEGIN' });
    const ended = await Promise.allSettled([shared.run(write('a'), kept), shared.run(write('b'), kept)]);
    for (const each of ended) expect(each).toMatchObject({ status: 'rejected', reason: { message: 'BEGIN fails' } });
  });

  it('are committed before a transaction of another kind that has its turn', async () => {
    const { shared, statements, queue } = database();
    await Promise.all([
      shared.run(write('a'), kept),
      queue.run(async () => {
        await shared.commit();
        statements.push('another');
      }),
      shared.run(write('b'), kept),
    ]);
    expect(statements).toEqual(['BEGIN', 'a', 'COMMIT', 'another', 'BEGIN', 'b', 'COMMIT']);
  });
});
