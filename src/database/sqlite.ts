// SQLite through better-sqlite3: one writer, and readers that see the last commit through the write-ahead log.

import { type Dialect, driverError, type PerParentQuery } from './dialect.ts';
import { column, join, name, sql, storable } from './sql.ts';

export const sqlite: Dialect = {
  name: 'sqlite',
  begin: 'BEGIN IMMEDIATE',
  // It could be 32,000, but longer inserts are hardly faster, and what they are compiled to is kept and large.
  largestParameterCount: 2_000,
  keepsStatements: true,
  // A transaction that may write is the only one.
  forUpdate: sql``,
  readAhead: (read) => ({ value: sql`(${read})` }),
  insertIgnore: 'INSERT OR IGNORE',
  inList(column, values) {
    const [only] = values;
    // To read JSON takes longer than to find a row.
    if (values.length === 1 && only !== undefined) return sql`${column} = ${only}`;
    return sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values.map(storable))}))`;
  },
  // SQLite's own lower() folds exactly the ASCII letters.
  foldAscii: (expression) => sql`lower(${expression})`,
  least: (a, b) => sql`min(${a}, ${b})`,
  greatest: (a, b) => sql`max(${a}, ${b})`,
  onConflict(key, assignments, table) {
    const sets = Object.entries(assignments).map(
      ([set, assign]) => sql`${name(set)} = ${assign(column('excluded', set), column(table, set))}`,
    );
    return sql`ON CONFLICT (${join(key.map(name), ', ')}) DO UPDATE SET ${join(sets, ', ')}`;
  },
  incoming: (set) => column('excluded', set),
  hasIndexedTuples: true,
  nestedJoin: sql`CROSS JOIN`,
  using: (index) => sql`INDEXED BY ${name(index)}`,
  sortsWithinGroups: true,
  perParent(query: PerParentQuery, parents) {
    const { columns, from, parentColumn, where, orderBy, limit } = query;
    // A single key names its row by itself, several only together with the parent.
    const key = join(query.key.length === 1 ? query.key : [parentColumn, ...query.key], ', ');
    return sql`SELECT ${columns} FROM json_each(${JSON.stringify(parents)}) AS parent CROSS JOIN ${from} WHERE (${key}) IN (SELECT ${key} FROM ${from} WHERE ${parentColumn} = parent.value AND ${where} ORDER BY ${orderBy} LIMIT ${limit}) ORDER BY parent.key, ${orderBy}`;
  },
  errors: {
    // Another process holds the write lock.
    isLostRace: (error) => /^SQLITE_(BUSY|LOCKED)/.test(driverError(error).code),
    isConnectionLoss: (error) => /^SQLITE_(IOERR|FULL|CANTOPEN|READONLY|NOTADB|CORRUPT)/.test(driverError(error).code),
    isDuplicate: (error) => /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(driverError(error).code),
  },
  resultOf: (raw, affected) => ({ affected: affected ?? 0, insertedPk: Number(raw) }),
};
