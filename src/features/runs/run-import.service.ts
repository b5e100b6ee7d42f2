// Brings in many runs at once, with the ids, times, params and tags that their tracker knows.

import type { Database } from '../../database/database.ts';
import type { Dialect } from '../../database/dialect.ts';
import { type Sql, sql } from '../../database/sql.ts';
import type { Row, Transaction } from '../../database/transaction.ts';
import type { ExperimentImportService } from '../experiments/experiment-import.service.ts';
import type { TagInput } from '../tags/tag.types.ts';
import type { ParamInput } from './param.types.ts';
import { ParamRow, Run, RunStatus, RunTag } from './run.entity.ts';
import { randomRunName } from './run.names.ts';
import { runTags } from './run.queries.ts';
import { newRun, paramRows, runRow } from './run.rows.ts';

/** A run as its tracker knows it, already checked. */
export interface RunToImport {
  readonly runId: string;
  readonly experimentPk: number;
  readonly name: string | null;
  readonly description: string | null;
  readonly status: keyof typeof RunStatus;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly deletedAt: number | null;
  readonly deletedWithExperiment: boolean;
  readonly createdBy: string | null;
  readonly source: Pick<Run, 'gitCommit' | 'gitRepository' | 'entryPoint' | 'notebook'> | null;
  readonly artifactUri: string | null;
  readonly parentRunId: string | null;
  readonly params: readonly ParamInput[];
  readonly tags: readonly TagInput[];
}

/** A run that is here. */
export type KnownRun = Pick<Run, 'pk' | 'runId' | 'parentPk'>;

/** Where a run is now, and whether its parent is still to be found. */
export interface RunLanding {
  readonly pk: number;
  readonly isNew: boolean;
  readonly lacksParent: boolean;
}

/** A run that is here, and the id of its parent. */
export interface ChildRun {
  readonly pk: number;
  readonly runId: string;
  readonly parentRunId: string;
}

export class RunImportService {
  constructor(
    private readonly db: Database,
    private readonly experiments: ExperimentImportService,
  ) {}

  /** Those of the runs that are here, tombstones included, by run id. */
  async known(runIds: readonly string[]): Promise<Map<string, KnownRun>> {
    return byRunId(await this.db.read<KnownRun>(selectRuns(this.db.dialect, runIds)));
  }

  /**
   * Adds those that are not here yet, with their params and tags; the others stay as they are. A run that was put into
   * an experiment that is deleted is deleted with it. A parent that comes later is set by {@link setParents}. Records no
   * facts.
   * @returns what became of each, in their order
   */
  async add(tx: Transaction, runs: readonly RunToImport[]): Promise<RunLanding[]> {
    const ids = runs.flatMap(({ runId, parentRunId }) => (parentRunId ? [runId, parentRunId] : [runId]));
    const known = byRunId(await tx.query<KnownRun>(selectRuns(tx.dialect, ids)));
    const fresh = runs.filter((run) => !known.has(run.runId));
    const added = await this.insert(tx, fresh, known);
    return runs.map((run) => {
      const row = added.get(run.runId) ?? (known.get(run.runId) as KnownRun);
      return {
        pk: row.pk,
        isNew: added.has(run.runId),
        lacksParent: run.parentRunId !== null && row.parentPk === null,
      };
    });
  }

  /** Sets the parents of runs that have none. @returns those whose parent is not here */
  async setParents(tx: Transaction, children: readonly ChildRun[]): Promise<ChildRun[]> {
    const parentIds = [...new Set(children.map((child) => child.parentRunId))];
    const parents = byRunId(await tx.query<KnownRun>(selectRuns(tx.dialect, parentIds)));
    for (const [parentRunId, siblings] of Map.groupBy(children, (child) => child.parentRunId)) {
      const parent = parents.get(parentRunId);
      if (!parent) continue;
      const pks = siblings.map((child) => child.pk);
      await tx.update('runs', { parentPk: parent.pk }, sql`${tx.dialect.inList(sql`pk`, pks)} AND parentPk IS NULL`);
    }
    return children.filter((child) => !parents.has(child.parentRunId));
  }

  private async insert(
    tx: Transaction,
    runs: readonly RunToImport[],
    known: ReadonlyMap<string, KnownRun>,
  ): Promise<Map<string, KnownRun>> {
    if (runs.length === 0) return new Map();
    const experimentPks = [...new Set(runs.map((run) => run.experimentPk))];
    const deletions = await this.experiments.hold(tx, experimentPks);
    await tx.insert(
      Run,
      runs.map((run) => rowOf(tx, run, known, deletions.get(run.experimentPk) ?? null)),
    );
    const runIds = runs.map((run) => run.runId);
    const added = byRunId(await tx.query<KnownRun>(selectRuns(tx.dialect, runIds)));
    const pkOf = (run: RunToImport) => (added.get(run.runId) as KnownRun).pk;
    await tx.insert(
      RunTag,
      runs.flatMap((run) => runTags.rows(pkOf(run), run.tags)),
    );
    await tx.insert(
      ParamRow,
      runs.flatMap((run) => paramRows(pkOf(run), run.params)),
    );
    return added;
  }
}

function selectRuns(dialect: Dialect, runIds: readonly string[]): Sql {
  return sql`SELECT r.pk AS pk, r.runId AS runId, r.parentPk AS parentPk FROM runs r WHERE ${dialect.inList(sql`r.runId`, runIds)}`;
}

function byRunId(rows: readonly KnownRun[]): Map<string, KnownRun> {
  return new Map(rows.map((row) => [row.runId, row]));
}

/** @param experimentDeletedAt when its experiment was deleted, here or by its tracker */
function rowOf(
  tx: Transaction,
  run: RunToImport,
  known: ReadonlyMap<string, KnownRun>,
  experimentDeletedAt: number | null,
): Row {
  const { runId, experimentPk, description, startedAt, endedAt, artifactUri, source } = run;
  const deletedAt = run.deletedAt ?? experimentDeletedAt;
  const isDeletedWithExperiment = run.deletedWithExperiment || (run.deletedAt === null && deletedAt !== null);
  const parent = run.parentRunId === null ? undefined : known.get(run.parentRunId);
  return runRow(
    newRun({
      runId,
      experimentPk,
      parentPk: parent?.pk ?? null,
      name: run.name ?? randomRunName(),
      description,
      status: RunStatus[run.status],
      startedAt,
      endedAt,
      createdByName: run.createdBy ?? tx.actor.name,
      updatedAt: Math.max(startedAt, endedAt ?? startedAt, deletedAt ?? startedAt),
      deletedAt,
      deletedWithExperiment: isDeletedWithExperiment ? 1 : 0,
      ...source,
      artifactUri,
    }),
  );
}
