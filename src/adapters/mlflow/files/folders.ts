// Listing and reading a store's folders. A missing folder is empty; anything else that fails says why.

import { closeSync, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** More than any text that the graph can hold, and little enough to be read at once. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** A key of a tag, param or metric is at most 250 characters, so its path has no more folders than that. */
const MAX_DEPTH = 250;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder where a file was expected',
  ENOTDIR: 'is a file where a folder was expected',
  EACCES: 'may not be read: permission denied',
  EPERM: 'may not be read: permission denied',
  ELOOP: 'is a symbolic link that leads to itself',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is not valid UTF-8',
};

/** Why a file or folder could not be read, for the report. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  return REASONS[code] ?? (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
}

export interface FolderEntries {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** The names in a folder, sorted; links count as what they lead to, and what leads nowhere as a file. */
export function entriesOf(path: string): FolderEntries {
  const folders: string[] = [];
  const files: string[] = [];
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const isFolder = entry.isSymbolicLink() ? isDirectory(join(path, entry.name)) : entry.isDirectory();
      (isFolder ? folders : files).push(entry.name);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return { folders: folders.sort(), files: files.sort() };
}

/** The paths of all files below a folder, relative to it and with `/`, as MLflow derives keys from them. */
export function filesBelow(path: string, depth = 0): string[] {
  const { folders, files } = entriesOf(path);
  if (depth === MAX_DEPTH) return [...files];
  return [
    ...files,
    ...folders.flatMap((folder) => filesBelow(join(path, folder), depth + 1).map((file) => `${folder}/${file}`)),
  ];
}

export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** A whole file as text, its line ends and a byte order mark kept. */
export function readText(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size > MAX_TEXT_BYTES)
      throw new Error(`has ${size.toLocaleString('en')} bytes, which no text of the graph may have`);
    return UTF8.decode(readFileSync(file));
  } finally {
    closeSync(file);
  }
}
