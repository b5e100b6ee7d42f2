// Rows of a table with their tags, streamed by one ordered query.

import type { RawEntry } from '../../import/readable-entries.ts';
import type { ImportReport } from '../../import/report.ts';
import { identifier, type Row, reasonOf, type SourceDatabase } from './source-database.ts';

/** The workspace of everything in a database that knows none. */
export const DEFAULT_WORKSPACE = 'default';

export interface TaggedTable {
  readonly table: string;
  readonly tagTable: string;
  /** The columns that name a row, in the table of its tags too; the workspace, where there is one, is added to them. */
  readonly key: readonly string[];
  readonly columns: readonly string[];
}

export interface TaggedRow {
  /** The asked columns and `workspace`. */
  readonly row: Row;
  readonly tags: readonly RawEntry[];
}

/** Yields the rows in order of workspace, the default one first, and key. What is damaged is reported, the rest read. */
export function* taggedRows(database: SourceDatabase, source: TaggedTable, report: ImportReport): Generator<TaggedRow> {
  if (!database.hasTable(source.table)) return;
  let yielded = 0;
  if (database.hasTable(source.tagTable)) {
    try {
      for (const tagged of readRows(database, source, true)) {
        yield tagged;
        yielded += 1;
      }
      return;
    } catch (error) {
      report.addUnreadable(source.tagTable, `${reasonOf(error)}; tags are left out from there on`);
    }
  }
  try {
    let skip = yielded;
    for (const tagged of readRows(database, source, false)) {
      if (skip > 0) skip -= 1;
      else yield tagged;
    }
  } catch (error) {
    report.addUnreadable(source.table, `${reasonOf(error)}; the rest of the table is left out`);
  }
}

function* readRows(
  database: SourceDatabase,
  { table, tagTable, key, columns }: TaggedTable,
  withTags: boolean,
): Generator<TaggedRow> {
  const hasWorkspace = database.hasColumn(table, 'workspace') && database.hasColumn(tagTable, 'workspace');
  const joined = [...(hasWorkspace ? ['workspace'] : []), ...key];
  const join = `LEFT JOIN ${tagTable} t ON ${joined.map((column) => `t.${column} = r.${column}`).join(' AND ')}`;
  const workspace = database.hasColumn(table, 'workspace') ? 'r.workspace' : `'${DEFAULT_WORKSPACE}'`;
  const names = [...columns, 'workspace'];
  const selected = columns.map((name) => (database.hasColumn(table, name) ? `r.${identifier(name)}` : 'NULL'));
  const order = [`${workspace} <> '${DEFAULT_WORKSPACE}'`, workspace, ...key.map((column) => `r.${column}`)];
  const rows = database.iterate(
    `SELECT ${[...selected, workspace, ...(withTags ? ['t."key"', 't.value'] : [])].join(', ')}
     FROM ${table} r ${withTags ? join : ''} ORDER BY ${[...order, ...(withTags ? ['t."key"'] : [])].join(', ')}`,
  );
  let current: { row: Row; tags: RawEntry[] } | undefined;
  for (const values of rows) {
    const row: Row = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    if (!current || [...key, 'workspace'].some((column) => current?.row[column] !== row[column])) {
      if (current) yield current;
      current = { row, tags: [] };
    }
    const [tagKey, value] = values.slice(names.length);
    if (tagKey !== null && tagKey !== undefined) current.tags.push({ key: String(tagKey), value });
  }
  if (current) yield current;
}
