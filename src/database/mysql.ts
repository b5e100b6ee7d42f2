// MySQL and MariaDB through mysql2.

import { type Dialect, driverError } from './dialect.ts';
import { column, join, name, raw, type Sql, sql } from './sql.ts';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

// 1205 lock wait time-out, 1213 deadlock or failed certification on a cluster, 1020 the row changed since the
// snapshot (MariaDB), 8002 and 8005 write conflicts of TiDB.
const LOST_RACE = new Set([1205, 1213, 1020, 8002, 8005]);
// 1047 a cluster node without quorum, 1053 shutdown in progress, 1040 too many connections, 1180 an error while it
// committed, 1927 and 2006 and 2013 and 4031 the connection is gone.
const LOST_CONNECTION = new Set([1040, 1047, 1053, 1180, 1927, 2006, 2013, 4031]);
const LOST_CONNECTION_CODES =
  /^(PROTOCOL_CONNECTION_LOST|PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR|PROTOCOL_SEQUENCE_TIMEOUT|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT|POOL_CLOSED|ERR_STREAM_DESTROYED|ERR_STREAM_WRITE_AFTER_END)$/;

/** How long a transaction that has written may do nothing before MariaDB ends it; MySQL has no limit of that kind. */
const MAX_SILENCE_SECONDS = 10;

export const mysql: Dialect = {
  name: 'mysql',
  begin: 'START TRANSACTION',
  limitSilence: (seconds) => silence(seconds, seconds),
  allowSilence: silence('DEFAULT', MAX_SILENCE_SECONDS),
  largestParameterCount: 60_000,
  keepsStatements: false,
  forUpdate: sql` FOR UPDATE`,
  // As a part of an insert, the select would wait for rows that others are writing.
  readAhead: (read) => ({ statement: sql`${read} INTO @ahead`, value: raw('@ahead') }),
  insertIgnore: 'INSERT IGNORE',
  inList(list, values) {
    if (values.length === 0) return sql`1 = 0`;
    // Padded to a power of two, so that few different texts reach the server.
    const padded: (string | number)[] = [...values];
    const last = values[values.length - 1] as string | number;
    while ((padded.length & (padded.length - 1)) !== 0) padded.push(last);
    return sql`${list} IN (${join(
      padded.map((value) => sql`${value}`),
      ', ',
    )})`;
  },
  // LOWER() folds far more than ASCII there. REPLACE compares as the column does, which is byte by byte.
  foldAscii: (expression) =>
    LETTERS.reduce((folded, letter) => sql`REPLACE(${folded}, ${letter}, ${letter.toLowerCase()})`, expression),
  least: (a, b) => sql`LEAST(${a}, ${b})`,
  greatest: (a, b) => sql`GREATEST(${a}, ${b})`,
  onConflict(_key, assignments, table) {
    const sets = Object.entries(assignments).map(
      ([set, assign]) => sql`${name(set)} = ${assign(sql`VALUES(${name(set)})`, column(table, set))}`,
    );
    return sql`ON DUPLICATE KEY UPDATE ${join(sets, ', ')}`;
  },
  incoming: (set) => sql`VALUES(${name(set)})`,
  // MariaDB reads the whole index for a comparison of tuples.
  hasIndexedTuples: false,
  nestedJoin: sql`STRAIGHT_JOIN`,
  using: (index) => sql`FORCE INDEX (${name(index)})`,
  sortsWithinGroups: false,
  perParent({ columns, from, parentColumn, where, orderBy, limit }, parents) {
    const selects = parents.map(
      (parent): Sql =>
        sql`(SELECT ${columns} FROM ${from} WHERE ${parentColumn} = ${parent} AND ${where} ORDER BY ${orderBy} LIMIT ${limit})`,
    );
    return join(selects, ' UNION ALL ');
  },
  errors: {
    isLostRace: (error) => LOST_RACE.has(driverError(error).errno),
    isConnectionLoss(error) {
      const { code, errno } = driverError(error);
      return LOST_CONNECTION.has(errno) || LOST_CONNECTION_CODES.test(code) || isClosedState(error);
    },
    isDuplicate: (error) => driverError(error).errno === 1062,
  },
  resultOf(raw) {
    const { affectedRows = 0, insertId = 0 } = (raw ?? {}) as { affectedRows?: number; insertId?: number };
    return { affected: affectedRows, insertedPk: insertId };
  },
};

/** MariaDB goes by the first number outside of transactions only; what is in such a comment, MySQL does not read. */
function silence(seconds: number | 'DEFAULT', inTransactions: number): string {
  return `SET SESSION wait_timeout = ${seconds} /*M! , SESSION idle_write_transaction_timeout = ${inTransactions} */`;
}

/** A statement on a connection that went before it: mysql2 gives these errors no code. */
function isClosedState(error: unknown): boolean {
  return error instanceof Error && /closed state|^Pool is closed/.test(error.message);
}
