// Statements that SQLite compiles once, whatever values they are run with.

import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { planOnce, withSigns } from '../../../src/database/plan-once.ts';

describe('statements that are compiled once', () => {
  it('have a sign before their parameters, but for limits, rows to insert and what is in quotes', () => {
    expect(withSigns("SELECT a FROM t WHERE b = ? AND c <> '?' AND (d, `e?`) > (?, ?) LIMIT ?")).toBe(
      "SELECT a FROM t WHERE b = +? AND c <> '?' AND (d, `e?`) > (+?, +?) LIMIT ?",
    );
    expect(withSigns('INSERT INTO t (a) VALUES (?)')).toBe('INSERT INTO t (a) VALUES (?)');
  });

  it('find what they found without', () => {
    const plain = new Database(':memory:');
    const once = new Database(':memory:');
    planOnce(once);
    for (const database of [plain, once]) {
      database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, whole BIGINT, part DOUBLE, word VARCHAR(9), any_value)');
      const insert = database.prepare('INSERT INTO t (whole, part, word, any_value) VALUES (?, ?, ?, ?)');
      for (const value of [1, 1.5, '1', '1.5', 'one', null, 9_007_199_254_740_991])
        insert.run(value, value, value, value);
    }
    for (const column of ['whole', 'part', 'word', 'any_value']) {
      const text = `SELECT id FROM t WHERE ${column} = ? ORDER BY part, id`;
      for (const value of [1, 1.5, '1', '1.5', 'one', null, 9_007_199_254_740_991]) {
        expect(once.prepare(text).all(value)).toEqual(plain.prepare(text).all(value));
      }
    }
    for (const database of [plain, once]) database.close();
  });
});
