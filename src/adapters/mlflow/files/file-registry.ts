// The model registry of a file store: models, versions and aliases.

import type { ImportedAlias, ImportedModel, ImportedVersion } from '../../import/records.ts';
import { aliasRecord, isPrompt, modelRecord, versionRecord } from '../registry-records.ts';
import { UniqueNames } from '../unique-names.ts';
import { REGISTRY } from './file-experiments.ts';
import { readText, reasonOf } from './folders.ts';
import type { MetaFields } from './meta-yaml.ts';
import { META, type StoreFolder } from './store-folder.ts';

const VERSION = /^version-([0-9]+)$/;

const KNOWN_MODEL_ENTRIES: ReadonlySet<string> = new Set([META, 'tags', 'aliases']);
const KNOWN_MODEL_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'description',
  'creation_timestamp',
  'last_updated_timestamp',
  'aliases',
  'tags',
  'latest_versions',
  'workspace',
]);
const KNOWN_VERSION_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'version',
  'creation_timestamp',
  'last_updated_timestamp',
  'current_stage',
  'description',
  'source',
  'run_id',
  'status',
  'status_message',
  'user_id',
  'aliases',
  'tags',
  'workspace',
  'run_link',
  'storage_location',
  'model_id',
]);

/** Where a model lies, relative to the store, and what its versions and aliases need to know of it. */
export interface ModelFolder {
  readonly folder: string;
  readonly name: string;
  readonly createdAt: number;
  /** The numbers of its versions that are not deleted; filled as they are read. */
  readonly liveNumbers: Set<number>;
}

export function modelFolders(store: StoreFolder): string[] {
  const names = store.entries(REGISTRY).folders.filter((name) => !name.startsWith('.'));
  return names.map((name) => `${REGISTRY}/${name}`);
}

/** The folders of a model's versions, by number. */
export function versionFoldersOf(store: StoreFolder, modelFolder: string): string[] {
  const numberOf = (name: string) => Number(VERSION.exec(name)?.[1]);
  const names = store.entries(modelFolder).folders.filter((name) => VERSION.test(name));
  return names.sort((a, b) => numberOf(a) - numberOf(b)).map((name) => `${modelFolder}/${name}`);
}

/** Yields every model that can be read; prompts, which lie among them, are counted. */
export function* readModels(store: StoreFolder): Generator<{ folder: string; record: ImportedModel }> {
  const names = new UniqueNames(store.report);
  for (const folder of modelFolders(store)) {
    const entries = store.entries(folder);
    if (entries.folders.length === 0 && entries.files.length === 0) continue;
    const versions = versionFoldersOf(store, folder);
    const tags = store.rawEntries(`${folder}/tags`);
    if (isPrompt(tags)) {
      store.report.addNotKept('prompts');
      store.report.addNotKept('promptVersions', versions.length);
      continue;
    }
    const consequence = `the model and its ${versions.length} versions are left out`;
    const meta = store.meta(folder, consequence);
    if (!meta) continue;
    const place = `${folder}/${META}`;
    const record = modelRecord(
      {
        place,
        fields: {
          name: meta.name ?? folder.slice(REGISTRY.length + 1),
          description: meta.description,
          creation_time: meta.creation_timestamp,
          last_updated_time: meta.last_updated_timestamp,
        },
        tags,
        placeOfTag: (key) => `${folder}/tags/${key}`,
        qualifier: folder,
        earliestTime: () => store.modifiedAt(place),
      },
      names,
      store.report,
    );
    if ('problem' in record) {
      store.report.addUnreadable(place, `${record.problem}; ${consequence}`);
      continue;
    }
    store.countOtherFields(folder, meta, KNOWN_MODEL_FIELDS);
    const own = new Set([...KNOWN_MODEL_ENTRIES, ...versions.map((version) => version.slice(folder.length + 1))]);
    store.countOtherEntries(folder, entries, own);
    yield { folder, record };
  }
}

/** Yields every version of a model that can be read. */
export function* readVersions(store: StoreFolder, model: ModelFolder): Generator<ImportedVersion> {
  for (const folder of versionFoldersOf(store, model.folder)) {
    const meta = store.meta(folder, 'the version is left out');
    if (!meta) continue;
    const place = `${folder}/${META}`;
    const number = VERSION.exec(folder.slice(model.folder.length + 1))?.[1];
    if (meta.version && meta.version !== number) {
      store.report.addUnreadable(
        place,
        `is of version ${meta.version}, in the folder of ${number}; the version is left out`,
      );
      continue;
    }
    const record = versionRecord(
      {
        place,
        modelName: model.name,
        fields: {
          ...meta,
          version: number,
          creation_time: meta.creation_timestamp,
          last_updated_time: meta.last_updated_timestamp,
        },
        tags: store.rawEntries(`${folder}/tags`),
        placeOfTag: (key) => `${folder}/tags/${key}`,
      },
      model.createdAt,
      store.report,
    );
    if (!record) continue;
    if (record.deletedAt === null) model.liveNumbers.add(record.number);
    countRestOfVersion(store, folder, meta);
    yield record;
  }
}

/** Yields the aliases of a model whose versions have been read. */
export function* readAliases(store: StoreFolder, model: ModelFolder): Generator<ImportedAlias> {
  const parent = `${model.folder}/aliases`;
  for (const alias of store.keysBelow(parent)) {
    const place = `${parent}/${alias}`;
    try {
      const version = readText(store.path(place)).trim();
      const record = aliasRecord(
        { place, modelName: model.name, alias, version },
        (number) => model.liveNumbers.has(number),
        store.report,
      );
      if (record) yield record;
    } catch (error) {
      store.report.addUnreadable(place, `${reasonOf(error)}; the alias is left out`);
    }
  }
}

function countRestOfVersion(store: StoreFolder, folder: string, meta: MetaFields): void {
  store.countOtherFields(folder, meta, KNOWN_VERSION_FIELDS);
  if (meta.run_link) store.report.addNotKept('runLinks');
  if (meta.model_id) store.report.addNotKept('loggedModelLinks');
  if (meta.storage_location && meta.storage_location !== meta.source) store.report.addNotKept('storageLocations');
}
