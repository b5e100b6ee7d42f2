// Where the stores lie that tests read, and copies of them that a test may break.

import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/mlflow');

/** Stores of real work beside the checkout, where there are any. */
const SHARED_DATA = process.env.MODELGRAPH_SHARED_DATA ?? resolve(import.meta.dirname, '../../../../shared/data');

export const DATABASE_FIXTURE = join(FIXTURES, 'database');
export const FILES_FIXTURE = join(FIXTURES, 'files');

/** Every folder that holds a store with an expected.json beside it. */
export function storesWithExpectations(): string[] {
  const parents = [FIXTURES, ...(existsSync(SHARED_DATA) ? [SHARED_DATA] : [])];
  return parents
    .flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)))
    .filter((folder) => existsSync(join(folder, 'expected.json')));
}

/** Runs a test in a folder of its own, with a copy of a fixture where one is given. */
export async function inCopy<T>(fixture: string | null, test: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'modelgraph-mlflow-'));
  try {
    if (fixture) cpSync(fixture, folder, { recursive: true });
    return await test(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
