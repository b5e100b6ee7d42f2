// The limit of logging: the same rows in one statement and one transaction, through the same driver and nothing else.
// Run with a database's URL; answers `POST /insert` with an empty object once a batch is committed.

import { createServer } from 'node:http';
import Sqlite from 'better-sqlite3';
import mysql2 from 'mysql2/promise';

const [url = '', count = '1000'] = process.argv.slice(2);
const POINTS = Number(count);
const TUPLES = Array(POINTS).fill('(?, ?, ?, ?, ?)').join(', ');
const INSERT = `INSERT INTO metric_points (metricPk, step, at, special, value) VALUES ${TUPLES}`;
/** Of metrics that no run has: the table is the real one, with its indexes. */
const FIRST_METRIC_PK = 1_000_000_000;
const METRICS = 10;
let step = 0;

/** As a training logs them: so many metrics, each with the steps that come next. */
function values(): number[] {
  const at = Date.now();
  const steps = Array.from({ length: POINTS / METRICS }, () => step++);
  const metricPks = Array.from({ length: METRICS }, (_, index) => FIRST_METRIC_PK + index);
  return metricPks.flatMap((metricPk) => steps.flatMap((next) => [metricPk, next, at, 0, Math.random()]));
}

async function inserter(): Promise<() => Promise<unknown>> {
  if (url.startsWith('sqlite:')) {
    const database = new Sqlite(url.slice('sqlite:'.length));
    database.pragma('busy_timeout = 5000');
    database.pragma('synchronous = NORMAL');
    const insert = database.prepare(INSERT);
    return async () => database.transaction(() => insert.run(...values())).immediate();
  }
  const pool = mysql2.createPool({ uri: url, connectionLimit: 16 });
  return async () => {
    const connection = await pool.getConnection();
    try {
      await connection.query('START TRANSACTION');
      await connection.query(INSERT, values());
      await connection.query('COMMIT');
    } finally {
      connection.release();
    }
  };
}

const insert = await inserter();
createServer((request, response) => {
  const answer = () => response.end('{}');
  if (request.method === 'POST') void insert().then(answer);
  else answer();
}).listen(Number(process.env.PORT), '127.0.0.1');
