// `modelgraph import`: what another tracker holds, whole, into the registry.

import type { Logger } from 'pino';
import { importDvcRepository } from '../adapters/dvc/import.ts';
import { type ReadOptions, readRepository } from '../adapters/dvc/read-repository.ts';
import { NoRepository } from '../adapters/dvc/repository/open-repository.ts';
import { type ImportOptions, ImportStopped, type ImportTarget } from '../adapters/import/import-session.ts';
import { exitCodeOf, ImportReport } from '../adapters/import/report.ts';
import { reportText } from '../adapters/import/report-text.ts';
import { importMlflowStore } from '../adapters/mlflow/import.ts';
import { NoMlflowStore, openMlflowStore } from '../adapters/mlflow/open-store.ts';
import type { Config } from '../config.ts';
import { DomainError } from '../core/errors.ts';
import type { Host } from './host.ts';
import { ProgressLine } from './progress-line.ts';
import { whileInterruptible } from './until-signal.ts';

/** Where an import goes to, and how it tells of itself. */
interface Destination {
  readonly host: Host;
  readonly config: Config;
  readonly log: Logger;
  /** Whether the report is printed for a program. */
  readonly isJson: boolean;
}

/** A source that is open for reading. */
interface Source {
  importInto(target: ImportTarget, options: ImportOptions): Promise<void>;
  close?(): void;
}

/** Opens a source. @throws Error saying what is wrong with the path */
type Open = (report: ImportReport) => Promise<Source>;

/**
 * Imports an MLflow store and prints the report.
 * @param path an mlruns folder, an mlflow.db, or a folder with either in it
 * @returns the exit code: 0 everything was read, 2 some parts could not be or it stopped on the way, 1 nothing was imported
 */
export function importMlflow(path: string, destination: Destination): Promise<number> {
  return runImport(destination, async (report) => {
    const store = openMlflowStore(path, report);
    return {
      importInto: (target, options) => importMlflowStore(store, report, target, options),
      close: () => store.close(),
    };
  });
}

/**
 * Imports a repository that uses DVC and GTO, and prints the report.
 * @param path the folder of the repository, or a bare one
 * @returns the exit code, as {@link importMlflow}
 */
export function importDvc(path: string, options: ReadOptions, destination: Destination): Promise<number> {
  return runImport(destination, async (report) => {
    const source = await readRepository(path, options, report);
    return { importInto: (target, importOptions) => importDvcRepository(source, report, target, importOptions) };
  });
}

async function runImport(destination: Destination, open: Open): Promise<number> {
  const { isJson } = destination;
  const report = new ImportReport();
  const source = await opened(open, report);
  if (!source) {
    if (isJson) print(report, isJson);
    return 1;
  }
  const progress = isJson && !process.stderr.isTTY ? undefined : new ProgressLine(process.stderr);
  try {
    await importInto(destination, { source, report, progress });
  } finally {
    progress?.end();
    source.close?.();
  }
  print(report, isJson);
  return exitCodeOf(report);
}

async function opened(open: Open, report: ImportReport): Promise<Source | undefined> {
  try {
    return await open(report);
  } catch (error) {
    if (!(error instanceof NoMlflowStore) && !(error instanceof NoRepository)) throw error;
    report.stopped = error.message;
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
}

interface Import {
  readonly source: Source;
  readonly report: ImportReport;
  readonly progress: ProgressLine | undefined;
}

/** Imports until the end, a signal, or an error of the database; the last two are told in the report. */
async function importInto({ host, config, log }: Destination, { source, report, progress }: Import): Promise<void> {
  const registry = await host.openRegistry(config, log, { isBulk: true });
  try {
    await whileInterruptible((signal) =>
      source.importInto(registry, {
        signal,
        onProgress: ({ kind, done, total, points }) => {
          const ofTotal = total === null ? '' : ` of ${count(total)}`;
          const andPoints = kind === 'runs' ? `, ${count(points)} points` : '';
          progress?.show(`Importing ${kind}: ${count(done)}${ofTotal}${andPoints}`);
        },
      }),
    );
  } catch (error) {
    // What was committed until then stays, and is worth a report.
    if (!(error instanceof ImportStopped) && !(error instanceof DomainError)) throw error;
    report.stopped = error.message;
  } finally {
    await registry.close();
  }
}

function print(report: ImportReport, isJson: boolean): void {
  process.stdout.write(`${isJson ? JSON.stringify(report, null, 2) : reportText(report)}\n`);
}

function count(number: number): string {
  return number.toLocaleString('en');
}
