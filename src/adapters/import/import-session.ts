// What the parts of an import share: where they read and write, how they report, and when they stop.

import type { Database } from '../../database/database.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { FeatureImports } from '../../features/feature-imports.ts';
import { IMPORT_ACTOR } from '../../features/imports/import.types.ts';
import type { ImportReport } from './report.ts';
import type { StoreTotals, TrackerStore } from './tracker-store.ts';

/** The registry that is imported into. */
export interface ImportTarget {
  readonly db: Database;
  readonly features: { readonly imports: FeatureImports };
}

/** How far an import has come; `total` is null where only reading would tell. */
export interface ImportProgress {
  readonly kind: keyof StoreTotals;
  readonly done: number;
  readonly total: number | null;
  /** Points read so far. */
  readonly points: number;
}

export interface ImportOptions {
  /** Told after every transaction. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Ends the import after the transaction that runs. */
  readonly signal?: AbortSignal;
}

/** The import was asked to end before it was finished. */
export class ImportStopped extends Error {
  constructor() {
    super('It was asked to stop.');
    this.name = 'ImportStopped';
  }
}

/** What the parts of an import work with. */
export class ImportSession<Store extends TrackerStore = TrackerStore> {
  readonly imports: FeatureImports;
  private readonly totals: StoreTotals;

  constructor(
    readonly store: Store,
    readonly report: ImportReport,
    private readonly target: ImportTarget,
    private readonly options: ImportOptions,
  ) {
    this.imports = target.features.imports;
    this.totals = store.totals();
  }

  /**
   * One transaction, run again whole where it lost a race: it only reads what it is given, and what it found is counted
   * after its commit.
   * @throws ImportStopped after the commit where the import was asked to end before it
   */
  async write<T>(kind: keyof StoreTotals, work: (tx: Transaction) => Promise<T>, count: (outcome: T) => void) {
    count(await this.target.db.maintain(IMPORT_ACTOR, work));
    const { read } = this.report;
    this.options.onProgress?.({ kind, done: read[kind], total: this.totals[kind], points: read.points });
    // SQLite answers without ever waiting: signals and others are let in between two transactions.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.options.signal?.aborted) throw new ImportStopped();
  }
}
