// One file or folder that DVC tracks, at one state: a dependency or an output, in a dvc.lock or a .dvc file.

import { createHash } from 'node:crypto';
import { fromRoot } from './paths.ts';
import { fieldsOf, listOf, textValue, valueText, type YamlFields, type YamlValue } from './yaml-values.ts';

export interface TrackedEntry {
  /** From the root of its repository; or a URL, or absolute. */
  readonly path: string;
  /** `md5:…`, or another hash that its storage knows; null where DVC has recorded none. */
  readonly digest: string | null;
  /** What else is known of it, such as `size`, `nfiles`, `desc`, `labels`; as it is written. */
  readonly facts: Readonly<Record<string, YamlValue>>;
  /** The other repository that it was imported from. */
  readonly repository: { readonly url: string; readonly commit: string | null } | null;
  /** `metric: true`, as old files say it. */
  readonly isMetric: boolean;
}

/** What a storage names the state of a file by, best first. */
const HASHES = ['md5', 'etag', 'checksum'];
const FACTS = ['size', 'nfiles', 'isexec', 'version_id', 'desc', 'type', 'labels', 'meta', 'remote'];

/**
 * An entry of a list of dependencies or outputs.
 * @param folder what its path is relative to
 * @throws Error with a reason to report
 */
export function trackedEntry(value: YamlValue, folder: string): TrackedEntry {
  const fields = fieldsOf(value);
  const path = textValue(fields.path);
  if (path === null || path === '') throw new Error('has no path');
  const repository = fieldsOf(fields.repo);
  const url = textValue(repository.url);
  const facts = FACTS.flatMap((name) => {
    const fact = fields[name];
    return fact === undefined || fact === null ? [] : [[name, fact] as const];
  });
  return {
    // A path in another repository is relative to that one's root.
    path: url === null ? fromRoot(folder, path) : fromRoot('', path),
    digest: digestOf(fields),
    facts: Object.fromEntries(facts),
    repository: url === null ? null : { url, commit: textValue(repository.rev_lock) ?? textValue(repository.rev) },
    isMetric: fields.metric === true || Object.keys(fieldsOf(fields.metric)).length > 0,
  };
}

/** The JSON of what is known of an entry beside its path and digest; null where that is nothing. */
export function profileOf({ facts }: TrackedEntry): string | null {
  return Object.keys(facts).length === 0 ? null : valueText(facts);
}

function digestOf(fields: YamlFields): string | null {
  for (const name of HASHES) {
    const hash = textValue(fields[name]);
    if (hash !== null && hash !== '') return `${name}:${hash}`;
  }
  // Storages with versions of their own have no hash of the whole: a version each, or a list of files that have one.
  const [cloud] = Object.values(fieldsOf(fields.cloud));
  const inCloud = cloud === undefined ? null : digestOf(fieldsOf(cloud));
  if (inCloud !== null) return inCloud;
  const version = textValue(fields.version_id) ?? textValue(fieldsOf(cloud).version_id);
  if (version !== null) return `version_id:${version}`;
  if (listOf(fields.files).length > 0) return `files:${sha256(fields.files ?? null)}`;
  return fields.dataset === undefined ? null : `dataset:${sha256(fields.dataset)}`;
}

function sha256(value: YamlValue): string {
  return createHash('sha256').update(valueText(value)).digest('hex');
}
