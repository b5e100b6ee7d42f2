// Tables as migrations write them, rendered for each database. Every step can be run again: concurrent starts and a
// start that was cut off half-way leave nothing to mend.

import type { QueryRunner } from 'typeorm';

type ColumnType = 'key' | 'ref' | 'int' | 'instant' | 'bigint' | 'double' | 'long' | `text(${number})`;
/** A trailing `?` means that it may be NULL. */
type ColumnSpec = ColumnType | `${ColumnType}?`;

export interface TableSpec {
  readonly columns: Readonly<Record<string, ColumnSpec>>;
  /** For a table without a generated key. */
  readonly primaryKey?: readonly string[];
  readonly unique?: Readonly<Record<string, readonly string[]>>;
  readonly indexes?: Readonly<Record<string, readonly string[]>>;
}

type Target = { readonly isSqlite: boolean; readonly collation: string };

/** Creates a table and its indexes where they do not exist yet. */
export async function createTable(runner: QueryRunner, table: string, spec: TableSpec): Promise<void> {
  const target = await targetOf(runner);
  const lines = Object.entries(spec.columns).map(([column, type]) => renderColumn(column, type, target));
  if (spec.primaryKey) lines.push(`PRIMARY KEY (${names(spec.primaryKey)})`);
  const indexes = [
    ...Object.entries(spec.unique ?? {}).map(([index, columns]) => ({ index, columns, verb: 'UNIQUE INDEX' })),
    ...Object.entries(spec.indexes ?? {}).map(([index, columns]) => ({ index, columns, verb: 'INDEX' })),
  ];
  if (target.isSqlite) {
    const tail = spec.primaryKey ? ' WITHOUT ROWID' : '';
    // TypeORM finds the generated key of a table by the double quotes around its name.
    await runner.query(`CREATE TABLE IF NOT EXISTS \`${table}\` (${lines.join(', ')})${tail}`.replaceAll('`', '"'));
    for (const { index, columns, verb } of indexes) {
      await runner.query(`CREATE ${verb} IF NOT EXISTS \`${index}\` ON \`${table}\` (${names(columns)})`);
    }
    return;
  }
  for (const { index, columns, verb } of indexes) lines.push(`${verb} \`${index}\` (${names(columns)})`);
  await runner.query(
    `CREATE TABLE IF NOT EXISTS \`${table}\` (${lines.join(', ')}) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE ${target.collation}`,
  );
}

export async function dropTables(runner: QueryRunner, tables: readonly string[]): Promise<void> {
  for (const table of tables) await runner.query(`DROP TABLE IF EXISTS \`${table}\``);
}

/** Adds a column of numbers to a table that is there, where it does not have it yet. */
export async function addColumn(
  runner: QueryRunner,
  table: string,
  column: string,
  type: 'int' | 'ref',
  initial: number,
): Promise<void> {
  if (await runner.hasColumn(table, column)) return;
  const rendered = renderColumn(column, type, await targetOf(runner));
  await runner.query(`ALTER TABLE \`${table}\` ADD COLUMN ${rendered} DEFAULT ${initial}`);
}

export async function dropColumn(runner: QueryRunner, table: string, column: string): Promise<void> {
  if (await runner.hasColumn(table, column)) {
    await runner.query(`ALTER TABLE \`${table}\` DROP COLUMN \`${column}\``);
  }
}

/**
 * Adds an index to a table that is there, where it does not have it yet. Of a column `value(100)` the first 100
 * characters are in it, where the database indexes no longer texts, and else all of them.
 */
export async function createIndex(
  runner: QueryRunner,
  table: string,
  index: string,
  columns: readonly string[],
): Promise<void> {
  const target = await targetOf(runner);
  if (!target.isSqlite && (await hasIndex(runner, table, index))) return;
  const verb = target.isSqlite ? 'CREATE INDEX IF NOT EXISTS' : 'CREATE INDEX';
  await runner.query(`${verb} \`${index}\` ON \`${table}\` (${indexed(columns, target)})`);
}

export async function dropIndex(runner: QueryRunner, table: string, index: string): Promise<void> {
  const { isSqlite } = await targetOf(runner);
  if (isSqlite) await runner.query(`DROP INDEX IF EXISTS \`${index}\``);
  else if (await hasIndex(runner, table, index)) await runner.query(`DROP INDEX \`${index}\` ON \`${table}\``);
}

/** MySQL has no IF NOT EXISTS for an index. */
async function hasIndex(runner: QueryRunner, table: string, index: string): Promise<boolean> {
  const rows: unknown[] = await runner.query(
    'SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ? LIMIT 1',
    [table, index],
  );
  return rows.length > 0;
}

/** Inserts a row where its key is not there yet. */
export async function insertOnce(
  runner: QueryRunner,
  table: string,
  row: Readonly<Record<string, number | string>>,
): Promise<void> {
  const { isSqlite } = await targetOf(runner);
  const verb = isSqlite ? 'INSERT OR IGNORE' : 'INSERT IGNORE';
  const values = Object.values(row);
  await runner.query(
    `${verb} INTO \`${table}\` (${names(Object.keys(row))}) VALUES (${values.map(() => '?').join(', ')})`,
    values,
  );
}

/** Text compares byte by byte everywhere; the collation that neither pads nor folds has another name on each server. */
async function targetOf(runner: QueryRunner): Promise<Target> {
  const { type } = runner.dataSource.options;
  if (type === 'better-sqlite3') return { isSqlite: true, collation: '' };
  return { isSqlite: false, collation: type === 'mariadb' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin' };
}

function renderColumn(column: string, spec: ColumnSpec, { isSqlite }: Target): string {
  const isNullable = spec.endsWith('?');
  const type = (isNullable ? spec.slice(0, -1) : spec) as ColumnType;
  if (type === 'key') {
    return isSqlite
      ? `\`${column}\` integer PRIMARY KEY AUTOINCREMENT NOT NULL`
      : `\`${column}\` int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY`;
  }
  const rendered =
    {
      ref: isSqlite ? 'integer' : 'int unsigned',
      int: isSqlite ? 'integer' : 'int',
      instant: 'bigint',
      bigint: 'bigint',
      double: 'double',
      // MySQL's plain text ends at 65,535 bytes.
      long: isSqlite ? 'text' : 'mediumtext',
    }[type as 'ref'] ?? type.replace('text', 'varchar');
  return `\`${column}\` ${rendered}${isNullable ? (isSqlite ? '' : ' NULL') : ' NOT NULL'}`;
}

function names(columns: readonly string[]): string {
  return columns.map((column) => `\`${column}\``).join(', ');
}

function indexed(columns: readonly string[], { isSqlite }: Target): string {
  const parts = columns.map((column) => /^(\w+)(\(\d+\))?$/.exec(column) ?? []);
  return parts.map(([, column, length = '']) => `\`${column}\`${isSqlite ? '' : length}`).join(', ');
}
