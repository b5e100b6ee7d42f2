// How the statements of a transaction get to what runs them.

import { describe, expect, it } from '@jest/globals';
import { mysql } from '../../../src/database/mysql.ts';
import { raw, type Sql, sql } from '../../../src/database/sql.ts';
import { Transaction } from '../../../src/database/transaction.ts';

const ACTOR = { name: 'somebody', isVerified: true };

/** A transaction, and what was run of it, by message. */
function begun(broken?: string) {
  const messages: string[][] = [];
  const run = async (statements: readonly Sql[]) => {
    messages.push(statements.map(({ text }) => text));
    if (messages.at(-1)?.includes(broken ?? '')) throw new Error(`${broken} failed`);
    return statements.map(({ text }) => ({ raw: text.startsWith('SELECT') ? [{ of: text }] : { affectedRows: 3 } }));
  };
  return { messages, tx: new Transaction(run, undefined as never, mysql, ACTOR, 0) };
}

describe('the statements of a transaction', () => {
  it('go together where they are asked for in one turn, and each gives its own answer', async () => {
    const { messages, tx } = begun();
    const [changed, row, rows] = await Promise.all([
      tx.execute(sql`UPDATE a SET b = ${1}`),
      tx.first(raw('SELECT c')),
      tx.query(raw('SELECT d')),
    ]);
    expect(messages).toEqual([['UPDATE a SET b = ?', 'SELECT c', 'SELECT d']]);
    expect([changed.affected, row, rows]).toEqual([3, { of: 'SELECT c' }, [{ of: 'SELECT d' }]]);
  });

  it('go after what was deferred before them, and before what is deferred after', async () => {
    const { messages, tx } = begun();
    tx.defer(raw('BEGIN'));
    const first = tx.first(raw('SELECT 1'));
    tx.defer(raw('UPDATE a'));
    expect(await Promise.all([first, tx.first(raw('SELECT 2'))])).toEqual([{ of: 'SELECT 1' }, { of: 'SELECT 2' }]);
    tx.defer(raw('UPDATE b'));
    await tx.finish(raw('COMMIT'));
    expect(messages).toEqual([
      ['BEGIN', 'SELECT 1', 'UPDATE a', 'SELECT 2'],
      ['UPDATE b', 'COMMIT'],
    ]);
  });

  it('go one message after the other where one waits for another', async () => {
    const { messages, tx } = begun();
    await tx.first(raw('SELECT 1'));
    await tx.first(raw('SELECT 2'));
    await tx.finish();
    expect(messages).toEqual([['SELECT 1'], ['SELECT 2']]);
  });

  it('fail together', async () => {
    const { tx } = begun('SELECT broken');
    const outcomes = await Promise.allSettled([tx.first(raw('SELECT 1')), tx.first(raw('SELECT broken'))]);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.message)).toEqual([
      'SELECT broken failed',
      'SELECT broken failed',
    ]);
  });

  it('do not follow its end', async () => {
    const { messages, tx } = begun();
    await tx.finish(raw('COMMIT'));
    tx.close();
    await expect(tx.execute(raw('UPDATE a'))).rejects.toThrow('The transaction has ended.');
    expect(messages).toEqual([['COMMIT']]);
  });
});
