// SQL as values: what a caller gives becomes a parameter, never text.

import { describe, expect, it } from '@jest/globals';
import { Invalid } from '../../../src/core/errors.ts';
import { and, column, join, name, not, or, raw, sql } from '../../../src/database/sql.ts';

describe('composed SQL', () => {
  it('makes a parameter of every value, in order', () => {
    const inner = sql`a = ${1} AND b = ${"'; DROP TABLE models; --"}`;
    const { text, values } = sql`SELECT * FROM t WHERE ${inner} OR c IS ${null} LIMIT ${2}`;
    expect(text).toBe('SELECT * FROM t WHERE a = ? AND b = ? OR c IS ? LIMIT ?');
    expect(values).toEqual([1, "'; DROP TABLE models; --", null, 2]);
  });

  it('quotes names of its own as both databases take them', () => {
    expect(sql`SELECT ${column('t', 'key')} AS ${name('key')} FROM ${raw('tags t')}`.text).toBe(
      'SELECT t.`key` AS `key` FROM tags t',
    );
  });

  it('is true for no condition of `and`, and false for none of `or`', () => {
    expect(and([]).text).toBe('1 = 1');
    expect(or([]).text).toBe('1 = 0');
  });

  it('keeps the parameters of joined and combined pieces in order', () => {
    const pieces = [sql`a = ${1}`, sql`b = ${2}`];
    expect(join(pieces, ', ')).toEqual(sql`a = ${1}, b = ${2}`);
    expect(and(pieces)).toEqual(sql`(a = ${1} AND b = ${2})`);
    expect(not(or(pieces))).toEqual(sql`(CASE WHEN (a = ${1} OR b = ${2}) THEN 0 ELSE 1 END) = 1`);
  });

  it.each(['\0', 'a\ud800', '\udc00b'])('refuses %j, which the databases would read differently', (text) => {
    expect(() => sql`name = ${text}`).toThrow(Invalid);
  });

  it('takes any other text', () => {
    expect(sql`${'\u0001 😀 \uffff'}`.values).toEqual(['\u0001 😀 \uffff']);
  });
});
