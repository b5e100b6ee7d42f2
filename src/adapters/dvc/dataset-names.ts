// What the files and folders that DVC tracks are called as datasets, so that the same state of the same file is one.

import type { ImportedDataset } from '../import/records.ts';
import { isOutside } from './files/paths.ts';
import { profileOf, type TrackedEntry } from './files/tracked-entry.ts';
import type { Repository } from './repository/open-repository.ts';
import { repositoryAddress } from './repository/repository-address.ts';

export interface DatasetKey {
  readonly name: string;
  readonly digest: string;
}

/** Credentials in the address of what lies elsewhere. */
const CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i;

/**
 * The name of a tracked file: `repository/path/to/file`, with the repository that it belongs to; an address or an
 * absolute path is its own name.
 */
export function datasetName(entry: TrackedEntry, repository: Pick<Repository, 'name'>): string {
  if (entry.repository) return `${repositoryAddress(entry.repository.url).name}/${entry.path}`;
  return isOutside(entry.path) ? withoutCredentials(entry.path) : `${repository.name}/${entry.path}`;
}

/** A tracked file as a dataset. */
export function datasetOf(
  entry: TrackedEntry & { readonly digest: string },
  repository: Pick<Repository, 'name' | 'address'>,
): ImportedDataset {
  return {
    name: datasetName(entry, repository),
    digest: entry.digest,
    sourceType: 'dvc',
    source: sourceOf(entry, repository),
    schema: null,
    profile: profileOf(entry),
  };
}

/** `git+<address>@<commit>#<path>`, as far as they are known. */
export function gitSource(address: string | null, commit: string | null, path: string): string {
  if (address === null) return path;
  return `git+${address}${commit === null ? '' : `@${commit}`}#${path}`;
}

function sourceOf(entry: TrackedEntry, { address }: Pick<Repository, 'address'>): string {
  if (entry.repository) {
    return gitSource(repositoryAddress(entry.repository.url).url, entry.repository.commit, entry.path);
  }
  return isOutside(entry.path) ? withoutCredentials(entry.path) : gitSource(address?.url ?? null, null, entry.path);
}

function withoutCredentials(address: string): string {
  return address.replace(CREDENTIALS, '$1');
}
