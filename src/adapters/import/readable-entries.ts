// The tags and params of one object that the graph can hold, with every problem reported at its place.

import type { ImportedEntry } from './records.ts';
import type { ImportReport } from './report.ts';
import { keyProblem, MAX_ENTRIES, quoted, textProblem } from './text.ts';

/** A key and value as the source has them. */
export interface RawEntry {
  readonly key: string;
  readonly value: unknown;
}

/**
 * The tags or params that the graph can hold; the others are reported one by one.
 * @param placeOf the place of one of them
 * @param owner the place of all of them
 */
export function readableEntries(
  entries: readonly RawEntry[],
  kind: 'params' | 'tags',
  placeOf: (key: string) => string,
  owner: string,
  report: ImportReport,
): ImportedEntry[] {
  const kept: ImportedEntry[] = [];
  for (const { key, value: raw } of entries) {
    const value = raw === null || raw === undefined ? '' : typeof raw === 'number' ? String(raw) : raw;
    const problem =
      keyProblem(key) ?? (typeof value === 'string' ? textProblem(value, 'value') : 'the value is not a text');
    if (problem || typeof value !== 'string') report.addUnreadable(placeOf(key), problem ?? 'the value is not a text');
    else kept.push({ key, value });
  }
  if (kept.length > MAX_ENTRIES) {
    const [given, most] = [kept.length.toLocaleString('en'), MAX_ENTRIES.toLocaleString('en')];
    report.addUnreadable(
      owner,
      `holds ${given} ${kind}; ${most} is the most, those after ${quoted(kept[MAX_ENTRIES - 1]?.key ?? '')} are left out`,
    );
    kept.length = MAX_ENTRIES;
  }
  report.count(kind, kept.length);
  return kept;
}
