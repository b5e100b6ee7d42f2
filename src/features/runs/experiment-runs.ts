// What becomes of the runs of an experiment that is deleted or comes back.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { Experiment } from '../experiments/experiment.entity.ts';
import type { ExperimentDependent } from '../experiments/experiment.service.ts';
import { type RunSubject, runDeleted, runRestored } from './run.events.ts';
import type { RunService } from './run.service.ts';

export class ExperimentRuns implements ExperimentDependent {
  constructor(private readonly runs: RunService) {}

  /** Deletes the runs with their experiment, and marks them as such. @throws Conflict where one of them has to stay */
  async onDelete(tx: Transaction, experiment: Experiment, at: number): Promise<void> {
    // Held before anyone asks what depends on them, so that nothing comes to depend on them meanwhile.
    await tx.execute(
      sql`UPDATE runs SET sequence = sequence + 1, revision = revision + 1, updatedAt = ${at}, deletedAt = ${at}, deletedWithExperiment = 1 WHERE experimentPk = ${experiment.pk} AND deletedAt IS NULL`,
    );
    const deleted = await this.deletedWith(tx, experiment);
    await this.runs.refuseDeletion(
      tx,
      deleted.map((run) => run.pk),
    );
    for (const run of deleted) tx.record(runDeleted({ ...run, updatedAt: at }));
  }

  /** Brings back the runs that were deleted with their experiment, and no others. */
  async onRestore(tx: Transaction, experiment: Experiment, at: number): Promise<void> {
    await tx.execute(
      sql`UPDATE runs SET sequence = sequence + 1 WHERE experimentPk = ${experiment.pk} AND deletedWithExperiment = 1`,
    );
    const restored = await this.deletedWith(tx, experiment);
    await tx.execute(
      sql`UPDATE runs SET revision = revision + 1, updatedAt = ${at}, deletedAt = NULL, deletedWithExperiment = 0 WHERE experimentPk = ${experiment.pk} AND deletedWithExperiment = 1`,
    );
    for (const run of restored) tx.record(runRestored({ ...run, updatedAt: at }));
  }

  private async deletedWith(tx: Transaction, experiment: Experiment): Promise<RunSubject[]> {
    return tx.query<RunSubject>(
      sql`SELECT pk, name, sequence, updatedAt FROM runs WHERE experimentPk = ${experiment.pk} AND deletedWithExperiment = 1 ORDER BY pk`,
    );
  }
}
