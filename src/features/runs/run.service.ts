// The rules and writes of runs.

import { Conflict, NotFound } from '../../core/errors.ts';
import type { Database } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import { MOST_KEYS, type TagInput } from '../tags/tag.types.ts';
import { anotherValue, type ParamInput } from './param.types.ts';
import { ParamRow, Run } from './run.entity.ts';
import { runTags } from './run.queries.ts';
import { paramRows } from './run.rows.ts';

/** What a feature below runs has to say before some go. */
export interface RunDependent {
  /** Called in the transaction that deletes the runs, which it holds. @throws Conflict where one of them has to stay */
  refuseDeletion?(tx: Transaction, runPks: readonly number[]): Promise<void>;
}

export class RunService {
  private readonly dependents: RunDependent[] = [];

  constructor(private readonly db: Database) {}

  /** Features below runs register here what they have to say when a run goes: the DAG runs from child to parent only. */
  addDependent(dependent: RunDependent): void {
    this.dependents.push(dependent);
  }

  /**
   * Takes hold of a run for this transaction, as its first statement, and raises the order of its events.
   * @throws NotFound where it is not there or deleted
   */
  async lock(tx: Transaction, pk: number, field: string): Promise<Run> {
    const { affected } = await tx.execute(
      sql`UPDATE runs SET sequence = sequence + 1 WHERE pk = ${pk} AND deletedAt IS NULL`,
    );
    const row = affected > 0 ? await tx.first<Run>(sql`SELECT * FROM runs WHERE pk = ${pk}`) : undefined;
    if (!row) throw noSuchRun(field);
    return Run.from(row);
  }

  /**
   * Takes hold of a run for a batch of what it logs, as the first statement of the transaction: batches take turns,
   * and none slips past a deletion.
   * @throws NotFound where it is not there or deleted
   */
  async lockForBatch(tx: Transaction, pk: number, field: string): Promise<void> {
    const { affected } = await tx.execute(
      sql`UPDATE runs SET batches = batches + 1 WHERE pk = ${pk} AND deletedAt IS NULL`,
    );
    if (affected === 0) throw noSuchRun(field);
  }

  /**
   * Logs params, already checked by `checkParams`, of a run that the transaction holds.
   * @throws Conflict where one has another value already, or there would be too many
   */
  async putParams(
    tx: Transaction,
    runPk: number,
    params: readonly ParamInput[],
    field = 'input.params',
  ): Promise<void> {
    if (params.length === 0) return;
    const keys = params.map((param) => param.key);
    const rows = await tx.query<ParamInput>(
      sql`SELECT p.key AS \`key\`, p.value AS \`value\` FROM params p WHERE p.runPk = ${runPk} AND ${tx.dialect.inList(sql`p.key`, keys)}`,
    );
    const known = new Map(rows.map((row) => [row.key, row.value]));
    for (const param of params) {
      const first = known.get(param.key);
      if (first !== undefined && first !== param.value) throw anotherValue(param, first, field);
    }
    const fresh = params.filter((param) => !known.has(param.key));
    if (fresh.length === 0) return;
    await tx.insert(ParamRow, paramRows(runPk, fresh));
    const counted = await tx.first<{ total: number }>(sql`SELECT COUNT(*) AS total FROM params WHERE runPk = ${runPk}`);
    if (Number(counted?.total) > MOST_KEYS) {
      throw new Conflict(`There would be more than ${MOST_KEYS} params.`, undefined, field);
    }
  }

  /**
   * Sets tags, already checked by `checkTags`, of a run that the transaction holds, and raises its revision where one changed.
   * @throws Conflict where there would be too many
   */
  async putTags(tx: Transaction, runPk: number, tags: readonly TagInput[]): Promise<void> {
    const changes = await runTags.change(tx, runPk, { set: tags, removed: [] });
    if (changes.length === 0) return;
    await tx.execute(
      sql`UPDATE runs SET revision = revision + 1, updatedAt = ${tx.dialect.greatest(sql`updatedAt`, sql`${tx.startedAt}`)} WHERE pk = ${runPk}`,
    );
  }
}

function noSuchRun(field: string): NotFound {
  return new NotFound('There is no such run, or it was deleted.', field);
}
