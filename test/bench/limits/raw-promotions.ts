// The limit of promotions: a bare transaction of the statements that a promotion consists of, and nothing else.
// Run with a database's URL; `POST /<model>` moves one of the model's first two versions into production, in turn.

import { createServer } from 'node:http';
import mysql2, { type PoolConnection, type RowDataPacket } from 'mysql2/promise';

const FOREVER = Number.MAX_SAFE_INTEGER;
const [uri = ''] = process.argv.slice(2);
const pool = mysql2.createPool({ uri, connectionLimit: 16, supportBigNumbers: true });
pool.on('connection', (connection) => {
  void connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
});
const turns = new Map<string, number>();
/** The log's rows get their positions at once: nobody is there who would give them later. */
let position = 1_000_000;

async function rowsOf(connection: PoolConnection, text: string, values: unknown[]): Promise<RowDataPacket[]> {
  return (await connection.query<RowDataPacket[]>(text, values))[0];
}

async function promote(connection: PoolConnection, name: string): Promise<void> {
  const turn = (turns.get(name) ?? 0) + 1;
  turns.set(name, turn);
  const now = Date.now();
  await connection.query('START TRANSACTION');
  await connection.query(
    'UPDATE models SET sequence = sequence + 1, changedAt = GREATEST(changedAt, ?) WHERE name = ? AND live = 1',
    [now, name],
  );
  const [model] = await rowsOf(connection, 'SELECT * FROM models WHERE name = ? AND live = 1', [name]);
  const { pk, sequence, changedAt: at } = model as RowDataPacket;
  const [version] = await rowsOf(
    connection,
    'SELECT v.* FROM model_versions v WHERE v.modelPk = ? AND v.deletedAt IS NULL AND v.number = ? ORDER BY v.number DESC LIMIT 1',
    [pk, 1 + (turn % 2)],
  );
  await rowsOf(
    connection,
    'SELECT g.* FROM promotion_gates g WHERE g.modelPk = ? AND g.stage = ? AND g.removedAt IS NULL ORDER BY g.createdAt, g.pk',
    [pk, 'PRODUCTION'],
  );
  const holders = await rowsOf(
    connection,
    'SELECT v.* FROM model_versions v WHERE v.modelPk = ? AND v.stageName = ? AND v.deletedAt IS NULL ORDER BY v.number',
    [pk, 'PRODUCTION'],
  );
  const moves = [...holders.map((holder) => [holder.pk, 'ARCHIVED']), [version?.pk, 'PRODUCTION']];
  const pks = moves.map(([moved]) => moved);
  await connection.query('UPDATE stage_changes SET until = ? WHERE versionPk IN (?) AND until = ?', [at, pks, FOREVER]);
  for (const [moved, to] of moves) {
    await connection.query(
      'UPDATE model_versions SET revision = revision + 1, stageName = ?, updatedAt = ? WHERE pk IN (?)',
      [to, at, moved],
    );
  }
  const changes = moves.map(([moved, to]) => [pk, moved, 'NONE', to, null, at, FOREVER, sequence, 'bench']);
  await connection.query(
    'INSERT INTO stage_changes (modelPk, versionPk, fromStage, toStage, comment, at, until, sequence, actorName) VALUES ?',
    [changes],
  );
  await rowsOf(
    connection,
    'SELECT s.pk, s.versionPk FROM stage_changes s WHERE s.versionPk IN (?) AND s.at = ? AND s.sequence = ?',
    [pks, at, sequence],
  );
  await rowsOf(connection, 'SELECT MAX(e.recordedAt) AS latest FROM events e WHERE e.position IS NULL', []);
  const events = moves.map(([, to], ordinal) => [
    ...['STAGE_CHANGED', 'Model', pk, name, sequence, ordinal, to, at, at, 'bench', 0, null],
    JSON.stringify({ versionPk: version?.pk, from: 'NONE', to }),
    ++position,
  ]);
  await connection.query(
    'INSERT INTO events (type, subjectType, subjectPk, subjectName, sequence, ordinal, stageName, at, recordedAt, actorName, isActorVerified, comment, payload, position) VALUES ?',
    [events],
  );
  await connection.query('COMMIT');
}

async function attempt(name: string): Promise<void> {
  const connection = await pool.getConnection();
  try {
    await promote(connection, name);
  } catch (error) {
    await connection.query('ROLLBACK');
    throw error;
  } finally {
    connection.release();
  }
}

createServer((request, response) => {
  if (request.method !== 'POST') response.end();
  else {
    attempt(decodeURIComponent(request.url?.slice(1) ?? '')).then(
      () => response.end('{}'),
      (error) => response.writeHead(500).end(String(error)),
    );
  }
}).listen(Number(process.env.PORT), '127.0.0.1');
