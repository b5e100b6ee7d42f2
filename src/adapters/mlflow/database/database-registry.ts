// The model registry of an mlflow.db: models, versions and aliases.

import type { ImportedAlias, ImportedModel, ImportedVersion } from '../../import/records.ts';
import type { ImportReport } from '../../import/report.ts';
import { quoted } from '../../import/text.ts';
import { aliasRecord, isPrompt, modelRecord, versionRecord } from '../registry-records.ts';
import { UniqueNames } from '../unique-names.ts';
import type { Row, SourceDatabase } from './source-database.ts';
import { DEFAULT_WORKSPACE, taggedRows } from './tagged-rows.ts';

const MODELS = {
  table: 'registered_models',
  tagTable: 'registered_model_tags',
  key: ['name'],
  columns: ['name', 'description', 'creation_time', 'last_updated_time'],
};

const VERSIONS = {
  table: 'model_versions',
  tagTable: 'model_version_tags',
  key: ['name', 'version'],
  columns: [
    'name',
    'version',
    'creation_time',
    'last_updated_time',
    'description',
    'user_id',
    'current_stage',
    'source',
    'run_id',
    'run_link',
    'storage_location',
    'status',
    'status_message',
  ],
};

const ALIASES = {
  table: 'registered_model_aliases',
  // An alias has no tags.
  tagTable: '',
  key: ['name', 'alias'],
  columns: ['name', 'alias', 'version'],
};

/** What versions and aliases need to know of their model. */
interface ModelOfVersions {
  readonly name: string;
  readonly createdAt: number;
  /** The numbers of its versions that are not deleted; filled as they are read. */
  readonly liveNumbers: Set<number>;
}

export class DatabaseRegistry {
  private readonly names: UniqueNames;
  /** By workspace and name; null for prompts and for what is left out. */
  private readonly modelsByKey = new Map<string, ModelOfVersions | null>();

  constructor(
    private readonly database: SourceDatabase,
    private readonly report: ImportReport,
  ) {
    this.names = new UniqueNames(report);
  }

  /** Yields every model that can be read; prompts, which lie among them, are counted. */
  *models(): Generator<ImportedModel> {
    for (const { row, tags } of taggedRows(this.database, MODELS, this.report)) {
      const key = keyOf(row);
      const place = `registered_models ${quoted(String(row.name))}`;
      const versions = this.versionsOf(row);
      this.modelsByKey.set(key, null);
      if (isPrompt(tags)) {
        this.report.addNotKept('prompts');
        this.report.addNotKept('promptVersions', versions);
        continue;
      }
      const record = modelRecord(
        {
          place,
          fields: row,
          tags,
          placeOfTag: (tag) => `registered_model_tags ${quoted(String(row.name))} ${quoted(tag)}`,
          qualifier: String(row.workspace),
          earliestTime: () => this.earliestVersion(row),
        },
        this.names,
        this.report,
      );
      if ('problem' in record) {
        this.report.addUnreadable(place, `${record.problem}; the model and its ${versions} versions are left out`);
        continue;
      }
      this.modelsByKey.set(key, { name: record.name, createdAt: record.createdAt, liveNumbers: new Set() });
      yield record;
    }
  }

  /** Yields every version that can be read, of the models that have been. */
  *versions(): Generator<ImportedVersion> {
    for (const { row, tags } of taggedRows(this.database, VERSIONS, this.report)) {
      const model = this.modelsByKey.get(keyOf(row));
      const place = `model_versions ${quoted(String(row.name))} ${row.version}`;
      if (model === undefined) this.report.addUnreadable(place, 'there is no such model; the version is left out');
      if (!model) continue;
      const record = versionRecord(
        {
          place,
          modelName: model.name,
          fields: row,
          tags,
          placeOfTag: (tag) => `model_version_tags ${quoted(String(row.name))} ${row.version} ${quoted(tag)}`,
        },
        model.createdAt,
        this.report,
      );
      if (!record) continue;
      if (record.deletedAt === null) {
        model.liveNumbers.add(record.number);
        if (row.run_link) this.report.addNotKept('runLinks');
        if (row.storage_location && row.storage_location !== row.source) this.report.addNotKept('storageLocations');
      }
      yield record;
    }
  }

  /** Yields every alias that leads to a version that has been read. */
  *aliases(): Generator<ImportedAlias> {
    for (const { row } of taggedRows(this.database, ALIASES, this.report)) {
      const place = `registered_model_aliases ${quoted(String(row.name))} ${quoted(String(row.alias))}`;
      const model = this.modelsByKey.get(keyOf(row));
      if (model === undefined) this.report.addUnreadable(place, 'there is no such model; the alias is left out');
      if (!model) continue;
      const raw = { place, modelName: model.name, alias: String(row.alias), version: row.version };
      const record = aliasRecord(raw, (number) => model.liveNumbers.has(number), this.report);
      if (record) yield record;
    }
  }

  private versionsOf(model: Row): number {
    return this.ofVersions('count(*)', model);
  }

  private earliestVersion(model: Row): number {
    return this.ofVersions('min(creation_time)', model);
  }

  private ofVersions(aggregate: string, { name, workspace }: Row): number {
    if (!this.database.hasTable('model_versions')) return 0;
    const ofWorkspace = this.database.column('model_versions', 'workspace', `'${DEFAULT_WORKSPACE}'`);
    const sql = `SELECT ${aggregate} FROM model_versions WHERE ${ofWorkspace} = ? AND name = ?`;
    return this.database.number(sql, String(workspace), String(name));
  }
}

function keyOf({ workspace, name }: Row): string {
  return `${workspace}\0${name}`;
}
