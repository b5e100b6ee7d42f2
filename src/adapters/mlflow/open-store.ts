// Recognises what a path is and opens it: an mlruns folder, an mlflow.db, or a folder with either in it.

import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImportReport } from '../import/report.ts';
import { DatabaseStore } from './database/database-store.ts';
import { reasonOf, SourceDatabase } from './database/source-database.ts';
import { FileStore } from './files/file-store.ts';
import { entriesOf, isDirectory, isFile, reasonOf as reasonOfFile } from './files/folders.ts';
import type { MlflowStore } from './store.ts';

const DATABASE = 'mlflow.db';
const FOLDER = 'mlruns';

/** A path that is no MLflow store, or none that can be opened; the message says what would be one. */
export class NoMlflowStore extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoMlflowStore';
  }
}

/**
 * Opens an MLflow store for reading.
 * @param path an mlruns folder, an mlflow.db, a folder with either in it, or the `sqlite:` or `file:` address of one
 * @param report receives what is found while the store is read
 * @throws NoMlflowStore
 */
export function openMlflowStore(path: string, report: ImportReport): MlflowStore {
  const location = resolve(pathOf(path));
  const store = open(location, report);
  report.about(store.kind, store.path);
  return store;
}

function open(path: string, report: ImportReport): MlflowStore {
  if (isFile(path)) return openDatabase(path, report);
  if (!isDirectory(path)) throw new NoMlflowStore(`There is nothing at ${path}.`);
  const database = join(path, DATABASE);
  const folder = join(path, FOLDER);
  if (isFile(database)) {
    for (const other of [folder, path]) {
      // A server with a database keeps its files in mlruns, so a folder by that name need not be a store.
      if (isMlruns(other)) report.addNote(`An mlruns folder that lies beside the ${DATABASE} is not read`, other);
    }
    return openDatabase(database, report);
  }
  if (isDirectory(folder)) return new FileStore(folder, report);
  if (isMlruns(path) || path.endsWith(FOLDER)) return new FileStore(path, report);
  throw new NoMlflowStore(
    `${path} is no MLflow store: expected an ${FOLDER} folder, an ${DATABASE}, or a folder with either in it.`,
  );
}

function openDatabase(path: string, report: ImportReport): MlflowStore {
  let database: SourceDatabase;
  try {
    database = new SourceDatabase(path);
  } catch (error) {
    throw new NoMlflowStore(`${path} cannot be opened as a SQLite database: ${reasonOf(error)}.`);
  }
  if (['experiments', 'runs', 'registered_models'].some((table) => database.hasTable(table))) {
    if (database.damage) report.addUnreadable(path, `${database.damage}; what can be read of it is`);
    return new DatabaseStore(path, database, report);
  }
  database.close();
  throw new NoMlflowStore(
    `${path} is a SQLite database, but not one of MLflow: it has no table of experiments, runs or models.`,
  );
}

/** An experiment or a registered model has a meta.yaml in a folder of its own. */
function isMlruns(path: string): boolean {
  const hasMeta = (parent: string) => {
    try {
      return entriesOf(parent).folders.some((name) => isFile(join(parent, name, 'meta.yaml')));
    } catch (error) {
      throw new NoMlflowStore(`${parent} ${reasonOfFile(error)}.`);
    }
  };
  return hasMeta(path) || hasMeta(join(path, 'models')) || hasMeta(join(path, '.trash'));
}

/** The path in an address as MLflow takes it. */
function pathOf(address: string): string {
  const sqlite = /^sqlite:\/\/\/(.+)$/.exec(address)?.[1];
  if (sqlite) return sqlite;
  if (address.startsWith('file://')) return fileURLToPath(address);
  if (address.startsWith('file:')) return address.slice('file:'.length);
  const scheme = /^([a-z][a-z0-9+]+):\/\//.exec(address)?.[1];
  if (scheme) {
    throw new NoMlflowStore(
      `An MLflow store at ${scheme}:// cannot be read; expected a folder or a SQLite file on this machine.`,
    );
  }
  return address;
}
