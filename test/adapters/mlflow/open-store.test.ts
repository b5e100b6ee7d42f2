import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { ImportReport } from '../../../src/adapters/import/report.ts';
import { openMlflowStore } from '../../../src/adapters/mlflow/open-store.ts';
import { DATABASE_FIXTURE, FILES_FIXTURE, inCopy } from './fixtures.ts';

function opened(path: string) {
  const report = new ImportReport();
  const store = openMlflowStore(path, report);
  const { kind, path: location } = store;
  const totals = store.totals();
  store.close();
  return { kind, path: location, totals, notes: report.toJSON().notes };
}

const MLRUNS = join(FILES_FIXTURE, 'mlruns');
const DATABASE = join(DATABASE_FIXTURE, 'mlflow.db');

describe('opening an MLflow store', () => {
  it.each([
    ['an mlruns folder', MLRUNS, MLRUNS],
    ['a folder with one in it', FILES_FIXTURE, MLRUNS],
    ['the address of one', pathToFileURL(MLRUNS).href, MLRUNS],
    ['a short address of one', `file:${MLRUNS}`, MLRUNS],
  ])('takes %s', (_, path, location) => {
    expect(opened(path)).toMatchObject({
      kind: 'files',
      path: location,
      totals: { experiments: 4, runs: 10, points: null, models: 3, versions: 6 },
    });
  });

  it.each([
    ['an mlflow.db', DATABASE],
    ['a folder with one in it', DATABASE_FIXTURE],
    ['the address of one', `sqlite:///${DATABASE}`],
  ])('takes %s', (_, path) => {
    expect(opened(path)).toMatchObject({
      kind: 'database',
      path: DATABASE,
      totals: { experiments: 4, runs: 10, points: 95, models: 3, versions: 6 },
    });
  });

  it('takes an mlruns folder under another name', async () => {
    await inCopy(null, async (folder) => {
      cpSync(MLRUNS, join(folder, 'old-runs'), { recursive: true });
      expect(opened(join(folder, 'old-runs')).kind).toBe('files');
    });
  });

  it('reads the database where both are there, and says that the folder is not read', async () => {
    await inCopy(DATABASE_FIXTURE, async (folder) => {
      cpSync(MLRUNS, join(folder, 'mlruns'), { recursive: true });
      const { kind, notes } = opened(folder);
      expect(kind).toBe('database');
      expect(notes).toEqual([expect.objectContaining({ places: [join(folder, 'mlruns')] })]);
    });
  });

  it.each([
    ['nothing', () => {}, /There is nothing at/],
    [
      'an empty folder',
      (path: string) => mkdirSync(path),
      /is no MLflow store: expected an mlruns folder, an mlflow.db/,
    ],
    [
      'a file of another kind',
      (path: string) => writeFileSync(path, 'a text, '.repeat(100)),
      /cannot be opened as a SQLite database/,
    ],
    [
      'another SQLite database',
      (path: string) => new Database(path).exec('CREATE TABLE t (x)').close(),
      /not one of MLflow/,
    ],
  ])('refuses %s and says why', async (_, make, message) => {
    await inCopy(null, async (folder) => {
      make(join(folder, 'store'));
      expect(() => opened(join(folder, 'store'))).toThrow(message);
    });
  });

  it('refuses a server and says what would be right', () => {
    expect(() => opened('http://localhost:5000')).toThrow(/expected a folder or a SQLite file/);
  });
});
