// Rows that are read in part: only some columns, and any other one says that it was not read rather than nothing.

import { getMetadataArgsStorage } from 'typeorm';
import { type Columns, neededColumns } from '../core/needed-columns.ts';
import { Recent } from '../core/recent.ts';
import { column, join, raw, type Sql } from './sql.ts';

interface RowClass<T> {
  readonly name: string;
  readonly prototype: T;
}

/** What is read of a row, and what is made of it. */
export interface Part<T> {
  readonly columns: Sql;
  /** The name of the column that an expression is, where it is one of these. */
  readonly nameOf: (expression: Sql) => string | undefined;
  readonly hydrate: (row: object) => T;
}

/** How many parts of one entity are kept: any client may select what nobody else does. */
const PARTS_KEPT = 200;

/** The parts of an entity that selections need, under the alias that its table has in the statements. */
export class EntityParts<T extends object> {
  private readonly names: ReadonlySet<string>;
  private readonly whole: Part<T>;
  private readonly known = new Recent<string, Part<T>>(PARTS_KEPT);

  constructor(
    private readonly entity: RowClass<T>,
    private readonly alias: string,
  ) {
    const { columns } = getMetadataArgsStorage();
    this.names = new Set(columns.filter(({ target }) => target === entity).map(({ propertyName }) => propertyName));
    this.whole = {
      columns: raw(`${alias}.*`),
      nameOf: namer(alias, this.names),
      hydrate: maker(entity.prototype, [...this.names]),
    };
  }

  /** The columns that are selected of its objects at paths below the field that is being resolved. */
  neededBy(info: Parameters<typeof neededColumns>[0], paths: readonly (readonly string[])[]): Columns {
    return neededColumns(info, paths, this.entity.name, this.names);
  }

  of(columns: Columns): Part<T> {
    if (columns === null) return this.whole;
    const key = columns.join();
    const part = this.known.get(key) ?? this.part(columns);
    this.known.set(key, part);
    return part;
  }

  private part(names: readonly string[]): Part<T> {
    const { entity, alias } = this;
    const read = new Set(names);
    const prototype: T = Object.create(entity.prototype);
    for (const name of this.names) {
      if (!read.has(name)) Object.defineProperty(prototype, name, { get: () => unread(entity.name, name) });
    }
    const columns = join(
      names.map((name) => column(alias, name)),
      ', ',
    );
    return { columns, nameOf: namer(alias, read), hydrate: maker(prototype, names) };
  }
}

function namer(alias: string, names: ReadonlySet<string>): Part<unknown>['nameOf'] {
  const texts = new Map([...names].map((name) => [`${alias}.${name}`, name]));
  return ({ text }) => texts.get(text);
}

/** What makes objects with a prototype, and with these columns of the rows that it is given. */
function maker<T>(prototype: T, names: readonly string[]): (row: object) => T {
  // Written out, since copying whatever a row has takes several times as long.
  const code = names.map((name) => `this.${name} = row.${name};`).join('\n');
  const Made = new Function('row', code) as unknown as new (row: object) => T;
  Object.assign(Made, { prototype });
  return (row) => new Made(row);
}

function unread(entity: string, name: string): never {
  throw new Error(`The column ${name} of a ${entity} was not read: the field that reads it has to declare it.`);
}
