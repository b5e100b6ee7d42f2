// Brings the schema up to date, safely where several processes start at once.

import type { DataSource } from 'typeorm';
import { Unavailable } from '../core/errors.ts';
import { createTable } from './migrations/ddl.ts';

/** How long a holder may be silent before another takes over, milliseconds. */
const LEASE_MS = 30_000;
const WAIT_LIMIT_MS = 120_000;
const POLL_MS = 100;
const BUSY_ATTEMPTS = 100;

/**
 * Runs the pending migrations under a lease row, so that one process does and the others wait for it.
 * Each step can be run again, so a holder that dies half-way is followed by one that finishes.
 * @param holder who this is, a text of up to 36 characters that nobody else is
 * @returns the names of those that were run here
 */
export async function migrate(dataSource: DataSource, holder: string): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    await patiently(() =>
      createTable(runner, 'migration_lease', {
        columns: { id: 'int', holder: 'text(36)', expiresAt: 'bigint' },
        primaryKey: ['id'],
      }),
    );
    const verb = dataSource.options.type === 'better-sqlite3' ? 'INSERT OR IGNORE' : 'INSERT IGNORE';
    await patiently(() => runner.query(`${verb} INTO migration_lease (id, holder, expiresAt) VALUES (1, '', 0)`));
  } finally {
    await runner.release();
  }
  const take = async (): Promise<boolean> => {
    const now = Date.now();
    await patiently(() =>
      dataSource.query(
        'UPDATE migration_lease SET holder = ?, expiresAt = ? WHERE id = 1 AND (expiresAt < ? OR holder = ?)',
        [holder, now + LEASE_MS, now, holder],
      ),
    );
    const rows: { holder: string }[] = await dataSource.query('SELECT holder FROM migration_lease WHERE id = 1');
    return rows[0]?.holder === holder;
  };
  const deadline = Date.now() + WAIT_LIMIT_MS;
  while (!(await take())) {
    if (Date.now() > deadline) throw new Unavailable('Another process has been migrating the database for too long.');
    await sleep(POLL_MS);
  }
  const renewal = setInterval(() => void take().catch(() => undefined), LEASE_MS / 3);
  try {
    const done = await dataSource.runMigrations({ transaction: 'none' });
    return done.map((migration) => migration.name);
  } finally {
    clearInterval(renewal);
    await patiently(() =>
      dataSource.query("UPDATE migration_lease SET holder = '', expiresAt = 0 WHERE id = 1 AND holder = ?", [holder]),
    );
  }
}

/** SQLite refuses while another process writes; that passes. */
async function patiently(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (
        attempt >= BUSY_ATTEMPTS ||
        !/SQLITE_(BUSY|LOCKED)|ER_LOCK_DEADLOCK/.test(String((error as { code?: string }).code))
      )
        throw error;
      await sleep(POLL_MS);
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
