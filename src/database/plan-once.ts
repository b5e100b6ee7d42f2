// Keeps SQLite from planning a statement anew each time that it is run.

import type BetterSqlite3 from 'better-sqlite3';

/** A text or a name in quotes, a limit, or a parameter. */
const PARTS = /'[^']*'|"[^"]*"|`[^`]*`|\bLIMIT \?|\?/g;

/**
 * Has the statements of a connection compiled once. SQLite looks at the value of a parameter that a column is compared
 * with, where it has to group or sort, and compiles the statement again for every other value, which takes ten times as
 * long as to run it: https://sqlite.org/c3ref/c_dbconfig_defensive.html#sqlitedbconfigenableqpsg is out of the driver's
 * reach. A sign before the parameter keeps it from looking, and changes no value.
 */
export function planOnce(database: BetterSqlite3.Database): void {
  const prepare = database.prepare.bind(database);
  database.prepare = ((text: string) => prepare(withSigns(text))) as BetterSqlite3.Database['prepare'];
}

/** How many rows are wanted is left to be seen: which index is best may depend on it. Rows to insert have no plan. */
export function withSigns(text: string): string {
  if (text.startsWith('INSERT')) return text;
  return text.replace(PARTS, (part) => (part === '?' ? '+?' : part));
}
