// What typed filters mean in SQL, the same on every database: text byte by byte, metric values with their specials.

import { Invalid } from '../core/errors.ts';
import type { Dialect } from './dialect.ts';
import type { MetricColumns, Span } from './prepared-list.ts';
import { and, join, not, or, raw, type Sql, sql } from './sql.ts';

export interface TextCondition {
  readonly eq?: string | null;
  readonly ne?: string | null;
  readonly in?: readonly string[] | null;
  readonly contains?: string | null;
  readonly startsWith?: string | null;
  readonly ignoreCase?: boolean | null;
}

export interface RangeCondition {
  readonly eq?: number | null;
  readonly gt?: number | null;
  readonly gte?: number | null;
  readonly lt?: number | null;
  readonly lte?: number | null;
}

/** A filter that combines others of its kind. */
export interface Combination<F> {
  readonly and?: readonly F[] | null;
  readonly or?: readonly F[] | null;
  readonly not?: F | null;
}

/** How deep filters may nest: each level is a level of SQL. */
const DEEPEST_NESTING = 20;
/** How many filters one may be made of, at all levels together: SQLite nests `OR` a thousand deep at most. */
const MOST_FILTERS = 500;
/** How many texts `in` may list. */
const MOST_CHOICES = 5_000;
/** Characters of the texts of one condition together: a statement must fit into what a server takes at once. */
const LONGEST_TEXTS = 500_000;

/**
 * A combined filter as one condition: its own parts, `and`, `or` and `not`, all of which must hold.
 * @param own the conditions of the filter's own fields
 */
export function combined<F extends Combination<F>>(filter: F, own: (filter: F) => readonly Sql[]): Sql {
  let count = 0;
  const conditionOf = (part: F, depth: number): Sql => {
    if (depth > DEEPEST_NESTING) throw new Invalid('filter', `A filter nests at most ${DEEPEST_NESTING} levels deep.`);
    if (++count > MOST_FILTERS) throw new Invalid('filter', `A filter is made of at most ${MOST_FILTERS} filters.`);
    const inner = (nested: F) => conditionOf(nested, depth + 1);
    const conditions = [...own(part), ...(part.and ?? []).map(inner)];
    if (part.or) conditions.push(or(part.or.map(inner)));
    if (part.not) conditions.push(not(inner(part.not)));
    return and(conditions);
  };
  return conditionOf(filter, 1);
}

export function textCondition(dialect: Dialect, column: Sql, filter: TextCondition): Sql {
  checkLength(filter);
  const { ignoreCase } = filter;
  const fold = (text: string) => (ignoreCase ? foldAscii(text) : text);
  const subject = ignoreCase ? dialect.foldAscii(column) : column;
  const conditions: Sql[] = [];
  if (isGiven(filter.eq)) conditions.push(sql`${subject} = ${fold(filter.eq)}`);
  if (isGiven(filter.ne)) conditions.push(sql`${subject} <> ${fold(filter.ne)}`);
  if (isGiven(filter.in)) conditions.push(dialect.inList(subject, filter.in.map(fold)));
  if (isGiven(filter.contains) && filter.contains !== '')
    conditions.push(sql`instr(${subject}, ${fold(filter.contains)}) > 0`);
  if (isGiven(filter.startsWith) && filter.startsWith !== '')
    conditions.push(prefixCondition(subject, fold(filter.startsWith)));
  return and(conditions);
}

function checkLength({ eq, ne, contains, startsWith, in: choices }: TextCondition): void {
  if (choices && choices.length > MOST_CHOICES)
    throw new Invalid('filter', `\`in\` takes at most ${MOST_CHOICES} texts; got ${choices.length}.`);
  let characters = 0;
  for (const text of [eq, ne, contains, startsWith, ...(choices ?? [])]) characters += text?.length ?? 0;
  if (characters > LONGEST_TEXTS)
    throw new Invalid('filter', `The texts of a condition have more than ${LONGEST_TEXTS} characters together.`);
}

/** What of a condition an index over the text serves; undefined where it serves nothing. */
function indexedTextCondition(dialect: Dialect, column: Sql, filter: TextCondition): Sql | undefined {
  if (filter.ignoreCase) return undefined;
  if (isGiven(filter.eq)) return sql`${column} = ${filter.eq}`;
  if (isGiven(filter.in)) return dialect.inList(column, filter.in);
  return filter.startsWith ? prefixCondition(column, filter.startsWith) : undefined;
}

/** A prefix as a range, which an index can serve. */
function prefixCondition(column: Sql, prefix: string): Sql {
  const end = successor(prefix);
  return end === undefined ? sql`${column} >= ${prefix}` : sql`(${column} >= ${prefix} AND ${column} < ${end})`;
}

const LAST_CODE_POINT = 0x10ffff;
const FIRST_SURROGATE = 0xd800;
const AFTER_SURROGATES = 0xe000;

/** The least text that is greater than every text with this prefix; undefined where there is none. */
function successor(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) as number);
  while (points.at(-1) === LAST_CODE_POINT) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  const next = last + 1 === FIRST_SURROGATE ? AFTER_SURROGATES : last + 1;
  return String.fromCodePoint(...points, next);
}

export function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** A condition on a number that is never NaN or infinite. */
export function rangeCondition(column: Sql, filter: RangeCondition): Sql {
  const conditions: Sql[] = [];
  if (isGiven(filter.eq)) conditions.push(sql`${column} = ${filter.eq}`);
  if (isGiven(filter.gt)) conditions.push(sql`${column} > ${filter.gt}`);
  if (isGiven(filter.gte)) conditions.push(sql`${column} >= ${filter.gte}`);
  if (isGiven(filter.lt)) conditions.push(sql`${column} < ${filter.lt}`);
  if (isGiven(filter.lte)) conditions.push(sql`${column} <= ${filter.lte}`);
  return and(conditions);
}

/** The codes of values that are no finite number, in the order in which they sort around finite ones. */
export const SPECIAL = { nan: -2, negativeInfinity: -1, finite: 0, positiveInfinity: 1 } as const;

/**
 * As {@link rangeCondition}, where infinities compare like numbers and NaN like nothing: the ranges of an index over
 * special and value that it is made of.
 */
function metricAlternatives(special: Sql, value: Sql, filter: RangeCondition): Sql[] {
  const finite = rangeCondition(value, filter);
  const isBoundedAbove = isGiven(filter.eq) || isGiven(filter.lt) || isGiven(filter.lte);
  const isBoundedBelow = isGiven(filter.eq) || isGiven(filter.gt) || isGiven(filter.gte);
  const alternatives = [sql`(${special} = ${SPECIAL.finite} AND ${finite})`];
  if (isBoundedBelow && !isBoundedAbove) alternatives.push(sql`${special} = ${SPECIAL.positiveInfinity}`);
  if (isBoundedAbove && !isBoundedBelow) alternatives.push(sql`${special} = ${SPECIAL.negativeInfinity}`);
  return alternatives;
}

export interface KeyedCondition {
  readonly key: string;
  readonly exists?: boolean | null;
}

/**
 * A condition on what a row has under a key: by itself that it is there, with `exists: false` that it is not.
 * @param rowWithKey a subquery's tail (`FROM … WHERE …`) that finds the row of that key, by a unique key: one at most
 * @param condition what must hold of it, or undefined for mere presence
 */
export function keyedCondition(filter: KeyedCondition, rowWithKey: Sql, condition: Sql | undefined): Sql {
  const conditions: Sql[] = [];
  if (filter.exists === false) conditions.push(sql`(SELECT 1 ${rowWithKey}) IS NULL`);
  else if (!condition) conditions.push(sql`(SELECT 1 ${rowWithKey}) = 1`);
  // Not EXISTS, with the condition in its WHERE: SQLite would look it up in an index over the values of all rows, and
  // read through whatever matches there for each row of the list.
  if (condition) conditions.push(sql`(SELECT CASE WHEN ${condition} THEN 1 END ${rowWithKey}) = 1`);
  return and(conditions);
}

/**
 * The same of the latest value of a run's metric.
 * @param known the metric whose row is read anyway
 */
export function latestMetricCondition(
  filter: KeyedCondition & RangeCondition,
  runPk: Sql,
  known: MetricColumns | undefined,
): Sql {
  const ofRow = (special: Sql, value: Sql) =>
    isBounded(filter) ? or(metricAlternatives(special, value, filter)) : undefined;
  if (known?.key === filter.key) {
    return filter.exists === false ? sql`1 = 0` : (ofRow(known.special, known.value) ?? sql`1 = 1`);
  }
  const row = sql`FROM metrics m WHERE m.runPk = ${runPk} AND m.key = ${filter.key}`;
  return keyedCondition(filter, row, ofRow(sql`m.special`, sql`m.value`));
}

/** The filters that must hold for a combined one to hold: itself, and those under `and`. */
export function necessary<F extends Combination<F>>(filter: F): F[] {
  return [filter, ...(filter.and ?? []).flatMap((inner) => necessary(inner))];
}

/** Where the rows under the keys of a kind of object are. */
export interface KeyedTable {
  readonly table: string;
  /** The column that holds the object's row number. */
  readonly owner: string;
  /** What rows must fulfil beside. */
  readonly where?: Sql;
}

/** The objects that have a text under a key, as far as an index over key and value finds them; none for an absence. */
export function ownersByText(
  dialect: Dialect,
  { table, owner, where }: KeyedTable,
  filter: KeyedCondition & { readonly value?: TextCondition | null },
): Sql[] {
  if (filter.exists === false) return [];
  const conditions = [sql`x.key = ${filter.key}`, ...(where ? [where] : [])];
  const ofValue = filter.value && indexedTextCondition(dialect, sql`x.value`, filter.value);
  if (ofValue) conditions.push(ofValue);
  return [sql`SELECT x.${raw(owner)} AS owner FROM ${raw(table)} x WHERE ${and(conditions)}`];
}

/** The runs whose metric is in a range; none for an absence. */
export function runsByMetric(filter: KeyedCondition & RangeCondition): Sql[] {
  if (filter.exists === false) return [];
  const ofKey = sql`SELECT x.runPk AS owner FROM metrics x WHERE x.key = ${filter.key}`;
  if (!isBounded(filter)) return [ofKey];
  const parts = metricAlternatives(sql`x.special`, sql`x.value`, filter).map((part) => sql`${ofKey} AND ${part}`);
  return [join(parts, ' UNION ALL ')];
}

/** Objects of a table by a text column of their own. */
export function ownersByOwnText(
  dialect: Dialect,
  table: string,
  textColumn: string,
  filter: TextCondition | null | undefined,
): Sql[] {
  const condition = filter && indexedTextCondition(dialect, raw(`x.${textColumn}`), filter);
  return condition ? [sql`SELECT x.pk AS owner FROM ${raw(table)} x WHERE ${condition}`] : [];
}

interface FilterByMetric extends Combination<FilterByMetric> {
  readonly metric?: (KeyedCondition & RangeCondition) | null;
}

/**
 * The part of the index over the values of a metric that a filter leaves; undefined where it leaves what has no such
 * value, or the list is sorted by no metric.
 */
export function metricSpan(
  filter: FilterByMetric | null | undefined,
  key: string | null | undefined,
): Span | undefined {
  const metrics = filter ? necessary(filter).map(({ metric }) => metric) : [];
  const bounded = metrics.filter(isGiven).filter((metric) => metric.key === key && isBounded(metric));
  if (bounded.length === 0) return undefined;
  const lower = bounded.flatMap(({ eq, gt, gte }) => [eq, gt, gte].filter(isGiven));
  const upper = bounded.flatMap(({ eq, lt, lte }) => [eq, lt, lte].filter(isGiven));
  return {
    from: lower.length > 0 ? [SPECIAL.finite, Math.max(...lower)] : undefined,
    to: upper.length > 0 ? [SPECIAL.finite, Math.min(...upper)] : undefined,
  };
}

export function isBounded({ eq, gt, gte, lt, lte }: RangeCondition): boolean {
  return [eq, gt, gte, lt, lte].some(isGiven);
}

export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
