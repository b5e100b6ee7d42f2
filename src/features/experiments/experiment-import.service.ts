// Brings in many experiments at once, with the times and tags that their tracker knows.

import { sql } from '../../database/sql.ts';
import type { Row, Transaction } from '../../database/transaction.ts';
import type { ImportedRow } from '../imports/import.types.ts';
import type { TagInput } from '../tags/tag.types.ts';
import { Experiment, ExperimentTag } from './experiment.entity.ts';
import { experimentTags } from './experiment.queries.ts';
import { newExperiment } from './experiment.service.ts';

/** An experiment as its tracker knows it, already checked. */
export interface ExperimentToImport {
  readonly name: string;
  readonly description: string | null;
  readonly artifactLocation: string | null;
  readonly tags: readonly TagInput[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
}

type KnownExperiment = Pick<Experiment, 'pk' | 'name' | 'live' | 'createdAt'>;

export class ExperimentImportService {
  /**
   * Adds those that are not there yet; the others stay as they are. An experiment is there where a live one has its
   * name, or where one of any kind has its name and its time of creation: so tombstones are found again, and what was
   * deleted here since it was imported stays deleted. Records no facts.
   * @returns where each is, in their order
   */
  async add(tx: Transaction, experiments: readonly ExperimentToImport[]): Promise<ImportedRow[]> {
    const known = await this.find(tx, experiments);
    const fresh = experiments.filter((_, index) => known[index] === undefined);
    await tx.insert(
      Experiment,
      fresh.map((experiment) => experimentRow(tx, experiment)),
    );
    const found = await this.find(tx, fresh);
    const added = new Map(fresh.map((experiment, index) => [experiment, found[index] as KnownExperiment]));
    await tx.insert(
      ExperimentTag,
      [...added].flatMap(([{ tags }, { pk }]) => experimentTags.rows(pk, tags)),
    );
    return experiments.map((experiment, index) => {
      const { pk, createdAt } = added.get(experiment) ?? (known[index] as KnownExperiment);
      return { pk, isNew: added.has(experiment), isNamesake: createdAt !== experiment.createdAt };
    });
  }

  /**
   * Takes hold of experiments that runs are put into: whoever deletes one of them waits.
   * @returns when each was deleted; null for the live ones
   */
  async hold(tx: Transaction, pks: readonly number[]): Promise<Map<number, number | null>> {
    const isOneOfThem = tx.dialect.inList(sql`pk`, pks);
    await tx.execute(sql`UPDATE experiments SET sequence = sequence + 1 WHERE ${isOneOfThem}`);
    const rows = await tx.query<Pick<Experiment, 'pk' | 'deletedAt'>>(
      sql`SELECT pk, deletedAt FROM experiments WHERE ${isOneOfThem}`,
    );
    return new Map(rows.map(({ pk, deletedAt }) => [pk, deletedAt]));
  }

  private async find(
    tx: Transaction,
    experiments: readonly ExperimentToImport[],
  ): Promise<(KnownExperiment | undefined)[]> {
    if (experiments.length === 0) return [];
    const names = experiments.map((experiment) => experiment.name);
    const rows = await tx.query<KnownExperiment>(
      sql`SELECT e.pk AS pk, e.name AS name, e.live AS live, e.createdAt AS createdAt FROM experiments e WHERE ${tx.dialect.inList(sql`e.name`, names)} ORDER BY e.pk DESC`,
    );
    const byName = Map.groupBy(rows, (row) => row.name);
    return experiments.map(({ name, createdAt, deletedAt }) => {
      const named = byName.get(name) ?? [];
      const live = deletedAt === null ? named.find((row) => row.live === 1) : undefined;
      return live ?? named.find((row) => row.createdAt === createdAt);
    });
  }
}

function experimentRow(tx: Transaction, values: ExperimentToImport): Row {
  const { name, description, artifactLocation, createdAt, updatedAt, deletedAt } = values;
  const live = deletedAt === null ? 1 : null;
  const times = { createdAt, updatedAt, deletedAt };
  const experiment = newExperiment({
    name,
    live,
    description,
    artifactLocation,
    ...times,
    createdByName: tx.actor.name,
  });
  return { ...(experiment as unknown as Row) };
}
