// How the rows of a page are reached: from what a selective filter names, along the index that holds the list's order,
// or else as the database chooses. Left to itself with filters and orders over other tables, it reads the whole list.

import type { Database } from './database.ts';
import { beyond, type Candidates, type CursorRow, type PreparedList, type Ranking } from './prepared-list.ts';
import { and, join, raw, type Sql, sql } from './sql.ts';

/** The rows of a page and one more, in the order in which they are read. */
export async function readRows(db: Database, list: PreparedList): Promise<CursorRow[]> {
  const { candidates = [], ranking, page } = list.request;
  const wanted = page.limit + 1;
  const few = await fewest(db, candidates);
  const ranked = candidates.find((some) => some.ranking);
  if (few && few !== ranked) {
    const { from, within } = among(db, list, few);
    return select(db, list, from, [within], list.orderBy, wanted);
  }
  if (ranked?.ranking) return readAlong(db, list, ranked.ranking, wanted, { rest: ranked.rest, few });
  if (ranking) return readAlong(db, list, ranking, wanted);
  return select(db, list, list.from, [list.within], list.orderBy, wanted);
}

/** The list's rows that are among the candidates, which are read first. */
function among(db: Database, list: PreparedList, { rows, column, rest }: Candidates): { from: Sql; within: Sql } {
  const joins = join(list.joins, ' ');
  return {
    from: sql`(${rows}) picked ${db.dialect.nestedJoin} ${list.source.from} ON ${column} = picked.owner ${joins}`,
    within: list.withinBy({ column: sql`picked.owner`, of: column }, rest),
  };
}

/** Those of the candidates that are few, the fewest of several. */
async function fewest(db: Database, candidates: readonly Candidates[]): Promise<Candidates | undefined> {
  if (candidates.length === 0) return undefined;
  const sizes = await sizesOf(db, candidates);
  const size = Math.min(...sizes);
  return size <= db.fewCandidates ? candidates[sizes.indexOf(size)] : undefined;
}

/** How many each of the candidates are, no further than it matters: as was found lately, or counted in one statement. */
async function sizesOf(db: Database, candidates: readonly Candidates[]): Promise<number[]> {
  const keys = candidates.map(({ rows }) => JSON.stringify([rows.text, ...rows.values]));
  const sizes = keys.map((key) => db.candidateSizes.get(key));
  const unknown = candidates.flatMap(({ rows }, index) => (sizes[index] === undefined ? [{ rows, index }] : []));
  if (unknown.length > 0) {
    const counts = unknown.map(
      // The limit stands with the rows themselves: MariaDB makes a union whole before another select takes some of it.
      ({ rows, index }) =>
        sql`(SELECT COUNT(*) FROM (${rows} LIMIT ${db.fewCandidates + 1}) some) AS ${raw(`count${index}`)}`,
    );
    const counted = await db.readFirst<Record<string, number | string>>(sql`SELECT ${join(counts, ', ')}`);
    for (const { index } of unknown) {
      const size = Number(counted?.[`count${index}`]);
      sizes[index] = size;
      db.candidateSizes.set(keys[index] as string, size);
    }
  }
  return sizes as number[];
}

/** What is known of the candidates that an index holds alone: what is left to check of them, and whether they are few. */
interface Alone {
  readonly rest?: Candidates['rest'];
  readonly few?: Candidates | undefined;
}

async function readAlong(
  db: Database,
  list: PreparedList,
  ranking: Ranking,
  wanted: number,
  { rest, few }: Alone = {},
): Promise<CursorRow[]> {
  const { isBackward } = list.request.page;
  const isStartRanked = list.start && Number(list.start[0]) === 0;
  const ranked = (count: number) => readRanked(db, list, ranking, isStartRanked === true, count, rest);
  const unranked = async (count: number) => (list.request.span ? [] : readUnranked(db, list, ranking, count, few));
  const [first, second] = isBackward ? [unranked, ranked] : [ranked, unranked];
  const isFirstPassed = isStartRanked !== undefined && isStartRanked === isBackward;
  const rows = isFirstPassed ? [] : await first(wanted);
  return rows.length < wanted ? [...rows, ...(await second(wanted - rows.length))] : rows;
}

/** What the index lacks; where all of that is alike in the first order, it is in the order of what follows. */
function readUnranked(
  db: Database,
  list: PreparedList,
  ranking: Ranking,
  count: number,
  few: Candidates | undefined,
): Promise<CursorRow[]> {
  const terms = ranking.areUnrankedAlike ? list.terms.slice(ranking.terms.length + 1) : list.terms;
  const { from, within } = few ? among(db, list, few) : list;
  return select(db, list, from, [within, ranking.isUnranked], list.orderedBy(terms), count);
}

async function readRanked(
  db: Database,
  list: PreparedList,
  ranking: Ranking,
  hasStart: boolean,
  count: number,
  rest: Candidates['rest'],
): Promise<CursorRow[]> {
  const { dialect } = db;
  const { page, span } = list.request;
  const { isBackward } = page;
  const { table, terms, last: key, metric } = ranking;
  const using = dialect.using(ranking.index);
  const own = table
    ? sql`${table.from} ${using} ${dialect.nestedJoin} ${list.source.from} ON ${table.on}`
    : sql`${list.source.from} ${using}`;
  const from = join([own, ...(list.source.joins ?? [])], ' ');
  const where = [ranking.isRanked, list.withinBy(key, rest, metric)];
  // The list's own conditions once more, in the words of the index, so that the walk begins and ends by them. One
  // for each end: of two, the database might take the wider one.
  const start = hasStart ? list.start?.slice(1, terms.length + 1) : undefined;
  const isAscending = (terms[0]?.direction === 'ASC') !== isBackward;
  const { from: low, to: high } = span ?? {};
  const [first, last] = isAscending ? [start ?? low, high] : [start ?? high, low];
  const lowest = isAscending ? first : last;
  if (!lowest && ranking.floor) where.push(ranking.floor);
  if (first) where.push(beyond(dialect, terms, first, isBackward, true));
  if (last) where.push(beyond(dialect, terms, last, !isBackward, true));
  if (list.isWholeOrderOf(ranking)) {
    const direction = list.terms.at(-1)?.direction ?? 'ASC';
    const orderBy = list.orderedBy([...terms, { expression: key.column, direction }]);
    return select(db, list, from, where, orderBy, count);
  }
  if (!dialect.sortsWithinGroups) {
    const places = terms.map(({ expression }, index) => sql`${expression} AS ${raw(`place${index}`)}`);
    const end = await db.readFirst<Record<string, number | string>>(
      sql`SELECT ${join(places, ', ')} FROM ${from} WHERE ${and(where)} ORDER BY ${list.orderedBy(terms)} LIMIT 1 OFFSET ${count - 1}`,
    );
    const place = end && terms.map((_, index) => end[`place${index}`] ?? null);
    if (place) where.push(beyond(dialect, terms, place, !isBackward, true));
  }
  const orderBy = list.orderedBy([...terms, ...list.terms.slice(terms.length + 1)]);
  return select(db, list, from, where, orderBy, count);
}

function select(
  db: Database,
  list: PreparedList,
  from: Sql,
  where: readonly Sql[],
  orderBy: Sql,
  limit: number,
): Promise<CursorRow[]> {
  return db.read<CursorRow>(
    sql`SELECT ${list.columns} FROM ${from} WHERE ${and(where)} ORDER BY ${orderBy} LIMIT ${limit}`,
  );
}
