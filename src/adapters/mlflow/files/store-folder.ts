// A store's root folder: its parts by their paths relative to it, with what fails reported at that path.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RawEntry } from '../../import/readable-entries.ts';
import type { ImportReport } from '../../import/report.ts';
import { entriesOf, type FolderEntries, filesBelow, readText, reasonOf } from './folders.ts';
import { type MetaFields, type MetaValue, readMeta } from './meta-yaml.ts';

export const META = 'meta.yaml';

const NO_ENTRIES: FolderEntries = { folders: [], files: [] };

export class StoreFolder {
  constructor(
    readonly root: string,
    readonly report: ImportReport,
  ) {}

  path(relative: string): string {
    return join(this.root, relative);
  }

  /** What lies in a folder; nothing where it is missing, or cannot be read, which is reported. */
  entries(relative: string): FolderEntries {
    return this.attempt(relative, () => entriesOf(this.path(relative))) ?? NO_ENTRIES;
  }

  /** The files below a folder, as keys. */
  keysBelow(relative: string): string[] {
    return this.attempt(relative, () => filesBelow(this.path(relative)).sort()) ?? [];
  }

  /** The files below a folder, each a key with its content as the value. */
  rawEntries(relative: string): RawEntry[] {
    const entries: RawEntry[] = [];
    for (const key of this.keysBelow(relative)) {
      const place = `${relative}/${key}`;
      const value = this.attempt(place, () => readText(this.path(place)));
      if (value !== undefined) entries.push({ key, value });
    }
    return entries;
  }

  /**
   * The meta.yaml of a folder, or undefined where it cannot be read, which is reported.
   * @param consequence what the report adds: `the run is left out`
   */
  meta(relative: string, consequence: string): MetaFields | undefined {
    const place = relative === '' ? META : `${relative}/${META}`;
    try {
      return readMeta(this.path(place));
    } catch (error) {
      this.report.addUnreadable(place, `${reasonOf(error)}; ${consequence}`);
      return undefined;
    }
  }

  /** When a file was last written, in whole milliseconds. */
  modifiedAt(relative: string): number {
    return Math.trunc(statSync(this.path(relative)).mtimeMs);
  }

  /** Counts the fields of a meta.yaml that hold something and are none of the known ones. */
  countOtherFields(relative: string, meta: MetaFields, known: ReadonlySet<string>): void {
    for (const [field, value] of Object.entries(meta)) {
      if (known.has(field) || isEmpty(value)) continue;
      this.report.addNotKept('otherFields');
      this.report.addNote(`${META} has a field that the graph has no place for: ${field}`, relative);
    }
  }

  /** Counts what lies in a folder beside the known things; what begins with a dot is not the tracker's. */
  countOtherEntries(relative: string, entries: FolderEntries, known: ReadonlySet<string>): void {
    for (const name of [...entries.folders, ...entries.files]) {
      if (known.has(name) || name.startsWith('.')) continue;
      this.report.addNotKept('otherFiles');
      this.report.addNote('A file or folder that is none of the tracker’s', `${relative}/${name}`);
    }
  }

  private attempt<T>(place: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.report.addUnreadable(place, reasonOf(error));
      return undefined;
    }
  }
}

function isEmpty(value: MetaValue): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}
