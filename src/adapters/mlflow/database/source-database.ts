// An mlflow.db open for reading only, of whatever age: columns and tables that are not there read as nothing.

import Database from 'better-sqlite3';

/** How long a read waits for a tracking server that is writing just now. */
const BUSY_TIMEOUT_MS = 15_000;

export type Row = Readonly<Record<string, unknown>>;

/** The parts of a SELECT that finds rows by `run_uuid` through an index. */
export interface IndexedRows {
  readonly select: string;
  readonly from: string;
}

export class SourceDatabase {
  private readonly connection: Database.Database;
  private readonly statements = {
    arrays: new Map<string, Database.Statement>(),
    objects: new Map<string, Database.Statement>(),
  };
  private readonly columnsByTable = new Map<string, ReadonlySet<string>>();
  private readonly indexedByTable = new Map<string, IndexedRows>();

  /** What is wrong with the file as a whole, though parts of it can be read; null for a sound one. */
  readonly damage: string | null;

  /** @throws Error where the file is no SQLite database or cannot be opened */
  constructor(path: string) {
    this.connection = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    try {
      this.damage = this.findDamage();
      for (const { name } of this.all(`SELECT name FROM sqlite_master WHERE type = 'table'`)) {
        const columns = this.all(`SELECT name FROM pragma_table_info(?)`, String(name)).map((column) =>
          String(column.name),
        );
        this.columnsByTable.set(String(name), new Set(columns));
      }
    } catch (error) {
      this.connection.close();
      throw error;
    }
  }

  get tables(): readonly string[] {
    return [...this.columnsByTable.keys()].sort();
  }

  hasTable(table: string): boolean {
    return this.columnsByTable.has(table);
  }

  hasColumn(table: string, column: string): boolean {
    return this.columnsByTable.get(table)?.has(column) ?? false;
  }

  columnsOf(table: string): readonly string[] {
    return [...(this.columnsByTable.get(table) ?? [])];
  }

  /** A column of a table as SQL, or `otherwise` where the table has none of that name. */
  column(table: string, column: string, otherwise = 'NULL'): string {
    return this.hasColumn(table, column) ? identifier(column) : otherwise;
  }

  /** A list of columns for SELECT, each under its own name; those that are not there are NULL. */
  columns(table: string, columns: readonly string[]): string {
    return columns.map((column) => `${this.column(table, column)} AS ${identifier(column)}`).join(', ');
  }

  all(sql: string, ...parameters: (string | number)[]): Row[] {
    return this.prepared(sql, 'objects').all(...parameters) as Row[];
  }

  /** Rows one by one, as arrays of their columns. */
  iterate(sql: string, ...parameters: (string | number)[]): IterableIterator<unknown[]> {
    return this.connection
      .prepare(sql)
      .raw()
      .iterate(...parameters) as IterableIterator<unknown[]>;
  }

  /** A single number, 0 where there is none. */
  number(sql: string, ...parameters: (string | number)[]): number {
    return Number(
      this.connection
        .prepare(sql)
        .pluck()
        .get(...parameters) ?? 0,
    );
  }

  count(table: string): number {
    return this.hasTable(table) ? this.number(`SELECT count(*) FROM ${identifier(table)}`) : 0;
  }

  /**
   * Where a table's rows can be found by run. Databases from before 2022 have no such index, and looking through a whole
   * table for every batch of runs would take hours: those are copied, once, into a temporary table that has one.
   */
  byRun(table: string, columns: readonly string[]): IndexedRows {
    const known = this.indexedByTable.get(table);
    if (known) return known;
    const indexed = this.isIndexedByRun(table)
      ? { select: this.columns(table, columns), from: identifier(table) }
      : { select: columns.map(identifier).join(', '), from: this.indexedCopy(table, columns) };
    this.indexedByTable.set(table, indexed);
    return indexed;
  }

  close(): void {
    this.connection.close();
  }

  /**
   * SQLite refuses a file that is shorter than its first page says, unless the schema is declared writable; on a connection
   * that only reads, that changes nothing but this. See lockBtree in https://sqlite.org/src/file/src/btree.c.
   */
  private findDamage(): string | null {
    try {
      this.connection.prepare('SELECT count(*) FROM sqlite_master').get();
      return null;
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_CORRUPT') throw error;
      this.connection.unsafeMode(true);
      this.connection.pragma('writable_schema = ON');
      return reasonOf(error);
    }
  }

  /** Kept, since the batches of runs ask the same again and again. */
  private prepared(sql: string, rows: 'arrays' | 'objects'): Database.Statement {
    const known = this.statements[rows].get(sql);
    if (known) return known;
    const statement = this.connection.prepare(sql);
    if (rows === 'arrays') statement.raw();
    this.statements[rows].set(sql, statement);
    return statement;
  }

  private isIndexedByRun(table: string): boolean {
    return this.all(`SELECT name FROM pragma_index_list(?)`, table).some(({ name }) => {
      const [first] = this.all(`SELECT name FROM pragma_index_info(?) ORDER BY seqno LIMIT 1`, String(name));
      return first?.name === 'run_uuid';
    });
  }

  private indexedCopy(table: string, columns: readonly string[]): string {
    const copy = identifier(`${table}_by_run`);
    this.connection.exec(
      `CREATE TEMP TABLE ${copy} AS SELECT ${this.columns(table, columns)} FROM ${identifier(table)}`,
    );
    this.connection.exec(`CREATE INDEX temp.${identifier(`${table}_by_run_index`)} ON ${copy} (run_uuid)`);
    return `temp.${copy}`;
  }
}

/** A name quoted for SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Why a query failed, for the report. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
