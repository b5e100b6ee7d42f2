// Migrates an empty SQLite file and fails where the result is not what the entities say. On MySQL a test does the same.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'modelgraph-migrations-'));
try {
  const program = [join(import.meta.dirname, '../../dist/main.js'), 'migrate', '--log-level', 'error'];
  const { status } = spawnSync(process.execPath, [...program, '--database-url', `sqlite:${join(folder, 'empty.db')}`], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
