// Keeps what OpenLineage events said so far. Whoever adds to it holds it first, so that events about one thing take turns.

import { sql } from '../../database/sql.ts';
import type { Row, Transaction } from '../../database/transaction.ts';
import { OpenLineageDataset, OpenLineageRun } from './openlineage.entity.ts';

const NOTHING_SAID = '';

export class OpenLineageService {
  /**
   * Takes hold of what is said of runs, as the first statement of the transaction: whether they are there or not, others
   * who ask for one of them wait.
   * @returns what was said of each so far, by run id; an empty text where that is nothing
   */
  async holdRuns(tx: Transaction, runIds: readonly string[]): Promise<Map<string, string>> {
    const rows = [...new Set(runIds)]
      .sort()
      .map((runId) => ({ runId, parentRunId: null, deliveries: 1, said: NOTHING_SAID }));
    await hold(tx, OpenLineageRun, 'openlineage_runs', 'runId', rows);
    const said = await tx.query<Pick<OpenLineageRun, 'runId' | 'said'>>(
      sql`SELECT o.runId AS runId, o.said AS said FROM openlineage_runs o WHERE ${tx.dialect.inList(sql`o.runId`, runIds)}`,
    );
    return new Map(said.map((row) => [row.runId, row.said]));
  }

  /** Keeps what is said of a held run, and which run it says is its parent. */
  async keepRun(tx: Transaction, runId: string, said: string, parentRunId: string | null): Promise<void> {
    await tx.update('openlineage_runs', { said, parentRunId }, sql`runId = ${runId}`);
  }

  /**
   * The ids of the runs that say that a held run is their parent. They are held too, as they were committed last: one
   * whose next event names another parent comes before this or after it.
   */
  async childrenOf(tx: Transaction, runId: string): Promise<string[]> {
    const rows = await tx.query<Pick<OpenLineageRun, 'runId'>>(
      sql`SELECT o.runId AS runId FROM openlineage_runs o WHERE o.parentRunId = ${runId} ORDER BY o.runId${tx.dialect.forUpdate}`,
    );
    return rows.map((row) => row.runId);
  }

  /** As {@link holdRuns}, by the row number of the dataset. */
  async holdDatasets(tx: Transaction, pks: readonly number[]): Promise<Map<number, string>> {
    if (pks.length === 0) return new Map();
    const rows = [...new Set(pks)]
      .sort((a, b) => a - b)
      .map((datasetPk) => ({ datasetPk, deliveries: 1, said: NOTHING_SAID }));
    await hold(tx, OpenLineageDataset, 'openlineage_datasets', 'datasetPk', rows);
    const said = await tx.query<Pick<OpenLineageDataset, 'datasetPk' | 'said'>>(
      sql`SELECT o.datasetPk AS datasetPk, o.said AS said FROM openlineage_datasets o WHERE ${tx.dialect.inList(sql`o.datasetPk`, pks)}`,
    );
    return new Map(said.map((row) => [row.datasetPk, row.said]));
  }

  /** Keeps what is said of held datasets, by their row numbers. */
  async keepDatasets(tx: Transaction, saidOf: ReadonlyMap<number, string>): Promise<void> {
    const rows = [...saidOf].map(([datasetPk, said]) => ({ datasetPk, deliveries: 1, said }));
    await tx.insert(OpenLineageDataset, rows, {
      onConflict: tx.dialect.onConflict(['datasetPk'], { said: (incoming) => incoming }, 'openlineage_datasets'),
    });
  }
}

async function hold(
  tx: Transaction,
  entity: typeof OpenLineageRun | typeof OpenLineageDataset,
  table: string,
  key: string,
  rows: readonly Row[],
): Promise<void> {
  await tx.insert(entity, rows, {
    onConflict: tx.dialect.onConflict([key], { deliveries: (_, known) => sql`${known} + 1` }, table),
  });
}
