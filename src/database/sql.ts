// SQL as values: text with its parameters, composed without ever writing a caller's input into the text.

import { Invalid } from '../core/errors.ts';

export type SqlValue = string | number | null;

/** A piece of SQL. Made by the {@link sql} tag; nested pieces keep their parameters in order. */
export class Sql {
  constructor(
    readonly text: string,
    readonly values: readonly SqlValue[],
  ) {}
}

/** A template of SQL: a nested {@link Sql} is spliced in, anything else becomes a parameter. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Sql | SqlValue)[]): Sql {
  let text = strings[0] ?? '';
  const values: SqlValue[] = [];
  parts.forEach((part, index) => {
    if (part instanceof Sql) {
      text += part.text;
      values.push(...part.values);
    } else {
      text += '?';
      values.push(storable(part));
    }
    text += strings[index + 1] ?? '';
  });
  return new Sql(text, values);
}

/**
 * A caller's text or number as both databases read it. SQLite takes a lone surrogate for U+FFFD and MySQL refuses it, so
 * that one would find what the other does not; and MySQL has no infinity, which a literal such as `1e999` reads as.
 * @throws Invalid for a text that is no Unicode, or has a NUL, and for a number that is not finite
 */
export function storable<T extends SqlValue>(value: T): T {
  if (typeof value === 'string' && (!value.isWellFormed() || value.includes('\0'))) {
    throw new Invalid('', 'A text of the request has a NUL character or a lone surrogate, which is not valid Unicode.');
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Invalid('', 'A number of the request is too large: it lies beyond what a 64-bit float holds.');
  }
  return value;
}

/** Text of our own, such as a column's name; never a caller's. */
export function raw(text: string): Sql {
  return new Sql(text, []);
}

/** A name of our own, quoted as both databases take it. */
export function name(identifier: string): Sql {
  return raw(`\`${identifier}\``);
}

/** A table's or alias's column, quoted. */
export function column(table: string, identifier: string): Sql {
  return raw(`${table}.\`${identifier}\``);
}

export function join(parts: readonly Sql[], separator: string): Sql {
  return new Sql(
    parts.map((part) => part.text).join(separator),
    parts.flatMap((part) => part.values),
  );
}

const TRUE = raw('1 = 1');
const FALSE = raw('1 = 0');

/** All of them; true for none. */
export function and(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return TRUE;
  return conditions.length === 1 ? (conditions[0] as Sql) : sql`(${join(conditions, ' AND ')})`;
}

/** Any of them; false for none. */
export function or(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? FALSE : sql`(${join(conditions, ' OR ')})`;
}

/** The opposite; NULL counts as false first, so that a row that lacks what is asked about is in the complement. */
export function not(condition: Sql): Sql {
  return sql`(CASE WHEN ${condition} THEN 0 ELSE 1 END) = 1`;
}
