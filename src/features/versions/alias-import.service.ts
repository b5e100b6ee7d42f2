// Brings in many aliases at once.

import { sql } from '../../database/sql.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { ModelImportService } from '../models/model-import.service.ts';
import { FOREVER } from '../tags/tag.service.ts';
import { ModelAlias } from './alias.entity.ts';
import type { ModelVersion } from './version.entity.ts';
import { aliasChanged } from './version.events.ts';

/** An alias as its tracker knows it, already checked. */
export interface AliasToImport {
  readonly modelPk: number;
  readonly alias: string;
  readonly number: number;
}

/** What became of an alias. `VERSION_MISSING`: its version, or its model, is not here or was deleted. */
export type AliasLanding = 'NEW' | 'THERE_ALREADY' | 'VERSION_MISSING';

type Target = Pick<ModelVersion, 'pk' | 'modelPk' | 'number' | 'updatedAt'>;

export class AliasImportService {
  constructor(private readonly models: ModelImportService) {}

  /**
   * Sets those that their models never had, and records them at the time of the import; one that is there, or was
   * moved or removed here, stays so. Since trackers do not say when an alias was set, it holds from the last update of
   * its model or version on, whichever is later.
   * @returns what became of each, in their order
   */
  async add(tx: Transaction, aliases: readonly AliasToImport[]): Promise<AliasLanding[]> {
    const known = await this.known(tx, aliases);
    const targets = await this.targets(tx, aliases);
    const wanted = aliases.filter((alias) => !known.has(nameOf(alias)) && targets.has(targetOf(alias)));
    const models = await this.models.hold(tx, [...new Set(wanted.map((alias) => alias.modelPk))]);
    const landings: AliasLanding[] = [];
    const rows = [];
    for (const alias of aliases) {
      const target = targets.get(targetOf(alias));
      const model = models.get(alias.modelPk);
      if (known.has(nameOf(alias))) landings.push('THERE_ALREADY');
      else if (!target || !model) landings.push('VERSION_MISSING');
      else {
        landings.push('NEW');
        rows.push({
          modelPk: model.pk,
          alias: alias.alias,
          versionPk: target.pk,
          since: Math.max(model.updatedAt, target.updatedAt),
          until: FOREVER,
          holds: 1,
          setByName: tx.actor.name,
        });
        tx.record(aliasChanged(model, tx.startedAt, { alias: alias.alias, to: target }));
      }
    }
    await tx.insert(ModelAlias, rows);
    if (models.size > 0) {
      // Aliases are their model's. The time of its last update stays the one that its tracker knows.
      await tx.execute(
        sql`UPDATE models SET revision = revision + 1 WHERE ${tx.dialect.inList(sql`pk`, [...models.keys()])}`,
      );
    }
    return landings;
  }

  /** The names that their models have, or had. */
  private async known(tx: Transaction, aliases: readonly AliasToImport[]): Promise<Set<string>> {
    const { inList } = tx.dialect;
    const [modelPks, names] = [aliases.map((one) => one.modelPk), aliases.map((one) => one.alias)];
    const rows = await tx.query<ModelAlias>(
      sql`SELECT a.modelPk AS modelPk, a.alias AS alias FROM model_aliases a WHERE ${inList(sql`a.modelPk`, modelPks)} AND ${inList(sql`a.alias`, names)}`,
    );
    return new Set(rows.map(nameOf));
  }

  private async targets(tx: Transaction, aliases: readonly AliasToImport[]): Promise<Map<string, Target>> {
    const { inList } = tx.dialect;
    const [modelPks, numbers] = [aliases.map((one) => one.modelPk), aliases.map((one) => one.number)];
    const rows = await tx.query<Target>(
      sql`SELECT v.pk AS pk, v.modelPk AS modelPk, v.number AS number, v.updatedAt AS updatedAt FROM model_versions v WHERE ${inList(sql`v.modelPk`, modelPks)} AND ${inList(sql`v.number`, numbers)} AND v.deletedAt IS NULL`,
    );
    return new Map(rows.map((row) => [targetOf(row), row]));
  }
}

function nameOf({ modelPk, alias }: Pick<AliasToImport, 'modelPk' | 'alias'>): string {
  return `${modelPk} ${alias}`;
}

function targetOf({ modelPk, number }: Pick<AliasToImport, 'modelPk' | 'number'>): string {
  return `${modelPk} ${number}`;
}
