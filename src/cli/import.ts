// `modelgraph import mlflow`: an MLflow store, whole, into the registry.

import type { Logger } from 'pino';
import { ImportStopped } from '../adapters/import/import-session.ts';
import { exitCodeOf, ImportReport } from '../adapters/import/report.ts';
import { reportText } from '../adapters/import/report-text.ts';
import { importMlflowStore } from '../adapters/mlflow/import.ts';
import { NoMlflowStore, openMlflowStore } from '../adapters/mlflow/open-store.ts';
import type { MlflowStore } from '../adapters/mlflow/store.ts';
import type { Config } from '../config.ts';
import { DomainError } from '../core/errors.ts';
import type { Host } from './host.ts';
import { ProgressLine } from './progress-line.ts';
import { whileInterruptible } from './until-signal.ts';

export interface ImportRequest {
  /** What to import: an mlruns folder, an mlflow.db, or a folder with either in it. */
  readonly path: string;
  /** Whether the report is printed for a program. */
  readonly isJson: boolean;
}

/**
 * Imports a store and prints the report.
 * @returns the exit code: 0 everything was read, 2 some parts could not be or it stopped on the way, 1 nothing was imported
 */
export async function importMlflow(
  host: Host,
  config: Config,
  log: Logger,
  { path, isJson }: ImportRequest,
): Promise<number> {
  const report = new ImportReport();
  const store = openStore(path, report);
  if (!store) {
    if (isJson) print(report, isJson);
    return 1;
  }
  const progress = isJson && !process.stderr.isTTY ? undefined : new ProgressLine(process.stderr);
  try {
    await importInto(host, config, log, { store, report, progress });
  } finally {
    progress?.end();
    store.close();
  }
  print(report, isJson);
  return exitCodeOf(report);
}

function openStore(path: string, report: ImportReport): MlflowStore | undefined {
  try {
    return openMlflowStore(path, report);
  } catch (error) {
    if (!(error instanceof NoMlflowStore)) throw error;
    report.stopped = error.message;
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
}

interface Import {
  readonly store: MlflowStore;
  readonly report: ImportReport;
  readonly progress: ProgressLine | undefined;
}

/** Imports until the end, a signal, or an error of the database; the last two are told in the report. */
async function importInto(host: Host, config: Config, log: Logger, { store, report, progress }: Import): Promise<void> {
  const registry = await host.openRegistry(config, log);
  try {
    await whileInterruptible((signal) =>
      importMlflowStore(store, report, registry, {
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
