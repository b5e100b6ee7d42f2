// One artifact into the registry, with its whole history in one transaction.
//
// A version is found again by the git tag that made it, so that tags which arrive later never renumber what is there: new
// versions get the next numbers of their model in the order of their registration.

import type { Transaction } from '../../../database/transaction.ts';
import type { Model } from '../../../features/models/model.entity.ts';
import type { ModelVersion } from '../../../features/versions/version.entity.ts';
import type { VersionToImport } from '../../../features/versions/version-import.service.ts';
import type { ImportSession } from '../../import/import-session.ts';
import type { ImportedModel } from '../../import/records.ts';
import type { HistoryAlias, HistoryChange, HistoryVersion } from './artifact-history.ts';
import { actorOf, commentOf, REF_TAG, tagsOfEnd, tagsOfRegistration } from './artifact-records.ts';
import type { GtoEvent } from './gto-events.ts';

/** Marks a model while GTO takes it as deprecated, by the git tag that says so. */
const DEPRECATED_TAG = 'gto.deprecated';

/** An artifact that can be imported. */
export interface ReadArtifact {
  readonly model: ImportedModel;
  /** In order of registration. */
  readonly versions: readonly ReadVersion[];
  readonly changes: readonly HistoryChange[];
  readonly aliases: readonly (HistoryAlias & { readonly name: string })[];
  readonly deprecation: GtoEvent | null;
}

interface ReadVersion {
  readonly version: HistoryVersion;
  readonly record: Omit<VersionToImport, 'modelPk' | 'number'>;
}

/** What became of the parts of an artifact. */
interface Outcome {
  readonly isNewModel: boolean;
  readonly isNamesake: boolean;
  readonly isModelDeleted: boolean;
  readonly newVersions: readonly ReadVersion[];
  readonly lacksRun: readonly ReadVersion[];
  readonly stageChanges: number;
  readonly aliases: number;
}

type Rows = ReadonlyMap<HistoryVersion, ModelVersion>;

export class ArtifactImport {
  constructor(
    private readonly session: ImportSession,
    private readonly artifact: ReadArtifact,
  ) {}

  async run(): Promise<void> {
    await this.session.write(
      'models',
      (tx) => this.write(tx),
      (outcome) => this.count(outcome),
    );
  }

  private async write(tx: Transaction): Promise<Outcome> {
    const { models } = this.session.imports;
    const [row] = await models.add(tx, [this.artifact.model]);
    if (!row) throw new Error(`No model came of ${this.artifact.model.name}.`);
    const { isNew: isNewModel, isNamesake } = row;
    const model = (await models.hold(tx, [row.pk])).get(row.pk);
    if (!model) {
      const nothing = { newVersions: [], lacksRun: [], stageChanges: 0, aliases: 0 };
      return { ...nothing, isNewModel, isNamesake, isModelDeleted: true };
    }
    const { rows, newVersions, lacksRun } = await this.addVersions(tx, model);
    const ended = await this.endVersions(tx, model, rows);
    await this.registerLate(tx, model, rows);
    const stageChanges = await this.addStages(tx, model, rows, ended);
    const aliases = await this.addAliases(tx, model, rows);
    await this.markDeprecated(tx, model);
    return { isNewModel, isNamesake, isModelDeleted: false, newVersions, lacksRun, stageChanges, aliases };
  }

  private async addVersions(
    tx: Transaction,
    model: Model,
  ): Promise<{ rows: Map<HistoryVersion, ModelVersion> } & Pick<Outcome, 'newVersions' | 'lacksRun'>> {
    const { versionHistory, versions } = this.session.imports;
    const known = await versionHistory.byTag(tx, model, REF_TAG);
    const rows = new Map<HistoryVersion, ModelVersion>();
    const newVersions: ReadVersion[] = [];
    for (const read of this.artifact.versions) {
      const row = known.get(read.version.begin.ref);
      if (row) rows.set(read.version, row);
      else newVersions.push(read);
    }
    const last = await versionHistory.lastNumber(tx, model);
    const landings = await versions.add(
      tx,
      newVersions.map(({ record }, index) => ({ ...record, modelPk: model.pk, number: last + 1 + index })),
    );
    const lacksRun: ReadVersion[] = [];
    landings.forEach((landing, index) => {
      const read = newVersions[index];
      if (landing.outcome !== 'NEW' || !read) return;
      rows.set(read.version, landing.version);
      if (landing.lacksRun) lacksRun.push(read);
      // What is recorded from here on comes after what was recorded of the versions.
      model.sequence = Math.max(model.sequence, landing.model.sequence);
    });
    return { rows, newVersions, lacksRun };
  }

  /** Ends versions that were live here and are deregistered by now. @returns their rows */
  private async endVersions(tx: Transaction, model: Model, rows: Rows): Promise<ModelVersion[]> {
    const ends = [...rows].flatMap(([{ end }, version]) =>
      end && version.deletedAt === null ? { version, at: end.at, comment: commentOf(end), tags: tagsOfEnd(end) } : [],
    );
    await this.session.imports.versionHistory.end(tx, model, ends);
    return ends.map(({ version }) => version);
  }

  /** Tells versions that began by an assignment of their registration, once that is there. */
  private async registerLate(tx: Transaction, model: Model, rows: Rows): Promise<void> {
    for (const [{ begin, registration }, version] of rows) {
      if (!registration || registration === begin) continue;
      const changes = { set: tagsOfRegistration(registration), removed: [] };
      await this.session.imports.versionHistory.changeTags(tx, model, version, changes, registration.at);
    }
  }

  private addStages(tx: Transaction, model: Model, rows: Rows, ended: readonly ModelVersion[]): Promise<number> {
    const changes = this.artifact.changes.flatMap(({ version, to, event, consequence }) => {
      const row = rows.get(version);
      if (!row) return [];
      return {
        version: row,
        to,
        at: event.at,
        actorName: actorOf(event) ?? tx.actor.name,
        comment: commentOf(event, consequence),
      };
    });
    return this.session.imports.stageHistory.add(tx, model, changes, ended);
  }

  private addAliases(tx: Transaction, model: Model, rows: Rows): Promise<number> {
    const intervals = this.artifact.aliases.flatMap(({ name, version, begin, end }) => {
      const row = rows.get(version);
      if (!row) return [];
      const setByName = actorOf(begin) ?? tx.actor.name;
      return { alias: name, version: row, since: begin.at, until: end?.at ?? null, setByName };
    });
    return this.session.imports.aliasHistory.add(tx, model, intervals);
  }

  private async markDeprecated(tx: Transaction, model: Model): Promise<void> {
    const { deprecation } = this.artifact;
    const { models } = this.session.imports;
    if (deprecation) {
      const set = [{ key: DEPRECATED_TAG, value: deprecation.ref }];
      await models.changeTags(tx, model, { set, removed: [] }, deprecation.at);
    } else {
      const latest = this.artifact.changes.at(-1)?.event.at ?? tx.startedAt;
      await models.changeTags(tx, model, { set: [], removed: [DEPRECATED_TAG] }, latest);
    }
  }

  private count(outcome: Outcome): void {
    const { report } = this.session;
    const { model } = this.artifact;
    if (outcome.isModelDeleted) report.addNote('A model that was deleted here stays so, with its versions', model.name);
    if (outcome.isNamesake) {
      report.addNote('Versions go into a model of the same name that was there before', model.name);
    }
    for (const { version } of outcome.lacksRun) report.addNote('The run of a version is not there', version.begin.ref);
    report.countImported('models', outcome.isNewModel ? 1 : 0);
    report.countImported('versions', outcome.newVersions.length);
    report.countImported('stageChanges', outcome.stageChanges);
    report.countImported('aliases', outcome.aliases);
    const tags = outcome.newVersions.reduce((sum, { record }) => sum + record.tags.length, 0);
    report.countImported('tags', tags + (outcome.isNewModel ? model.tags.length : 0));
  }
}
