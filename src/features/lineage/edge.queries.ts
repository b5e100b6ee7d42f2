// Reads of edges, in either direction: always a bounded number of rows of many nodes at once, from one index.

import type { Database } from '../../database/database.ts';
import { and, raw, type Sql, sql } from '../../database/sql.ts';
import { FOREVER } from '../tags/tag.service.ts';
import { type EdgeClaim, type EdgeEnds, type Interval, selectClaims, toClaim } from './lineage.edges.ts';
import { kindCodes, type NodeNumber } from './lineage.nodes.ts';
import type { LineageKind } from './lineage.types.ts';

/** Which way a traversal goes: against the direction of the data, or with it. */
export type Way = 'UPSTREAM' | 'DOWNSTREAM';

/** A step of a traversal: from a node that it has reached to one next to it. */
export interface Step {
  readonly source: NodeNumber;
  readonly target: NodeNumber;
}

export type StepDuring = Step & Interval;

/** Which edges count: those that hold now (`null`), that held at an instant, or that ever did. */
export type Moment = number | null | 'EVER';

export interface StepRequest {
  readonly way: Way;
  readonly at: Moment;
  /** Of how many targets of one node the reader needs to know at least; the rest of them is left unread. */
  readonly enough: number;
}

export interface TargetPageRequest {
  readonly way: Way;
  readonly at: Moment;
  /** Only targets with higher numbers. */
  readonly after: NodeNumber;
  readonly kinds: readonly LineageKind[] | null;
  readonly limit: number;
}

/** The rows of one statement: what a reader that needs no more has read too much at worst. */
const ROWS = 10_000;
/** The nodes that one statement asks about. */
const NODES = 5_000;
/** The nodes with very many steps that one statement looks up among others. */
const HUBS = 50;

const COLUMNS: Readonly<Record<Way, { readonly source: Sql; readonly target: Sql }>> = {
  UPSTREAM: { source: raw('e.toNode'), target: raw('e.fromNode') },
  DOWNSTREAM: { source: raw('e.fromNode'), target: raw('e.toNode') },
};

/** Columns that a traversal does not need of its steps. */
const TIMES = raw(', e.since AS since, e.until AS until');
const NO_TIMES = raw('');

export class EdgeQueries {
  constructor(private readonly db: Database) {}

  /**
   * All steps from some nodes, in batches, by source and target. A node with very many is read as far as the request
   * needs. One statement is enough unless there are thousands of nodes or of steps.
   * @param nodes each once, ascending
   */
  steps(nodes: readonly NodeNumber[], request: StepRequest): AsyncGenerator<readonly Step[]> {
    return this.batches<Step>(nodes, request, NO_TIMES);
  }

  private async *batches<T extends Step>(
    nodes: readonly NodeNumber[],
    request: StepRequest,
    times: Sql,
  ): AsyncGenerator<readonly T[]> {
    for (let next = 0; next < nodes.length; ) {
      const asked = nodes.slice(next, next + NODES);
      const rows = await this.batch<T>(this.isOneOf(request.way, asked), request, times);
      yield rows;
      const last = rows.at(-1);
      if (rows.length < ROWS || !last) {
        next += asked.length;
        continue;
      }
      const known = rows.length - rows.findIndex(({ source }) => source === last.source);
      yield* this.more<T>(last, known, request, times);
      next += asked.indexOf(last.source) + 1;
    }
  }

  /** What one node with many steps has after one of them, until enough are known. */
  private async *more<T extends Step>(
    last: Step,
    known: number,
    request: StepRequest,
    times: Sql,
  ): AsyncGenerator<readonly T[]> {
    const { source, target } = COLUMNS[request.way];
    let place = last;
    for (let count = known; count < request.enough; ) {
      // What else may lead to the same target says nothing new.
      const isAfter = sql`${source} = ${place.source} AND ${target} > ${place.target}`;
      const rows = await this.batch<T>(isAfter, request, times);
      if (rows.length > 0) yield rows;
      const end = rows.at(-1);
      if (rows.length < ROWS || !end) return;
      place = end;
      count += rows.length;
    }
  }

  /** The targets next to some nodes, each once and ascending, as a page of them. */
  async targetPage(nodes: readonly NodeNumber[], request: TargetPageRequest): Promise<NodeNumber[]> {
    const { way, at, after, kinds, limit } = request;
    const { target } = COLUMNS[way];
    const found = new Set<NodeNumber>();
    for (let start = 0; start < nodes.length; start += NODES) {
      const where = [this.isOneOf(way, nodes.slice(start, start + NODES)), holds(at), sql`${target} > ${after}`];
      if (kinds) where.push(this.db.dialect.inList(sql`${target} % 4`, kindCodes(kinds)));
      const rows = await this.db.read<Pick<Step, 'target'>>(
        sql`SELECT DISTINCT ${target} AS target FROM lineage_edges e WHERE ${and(where)} ORDER BY ${target} LIMIT ${limit}`,
      );
      for (const row of rows) found.add(row.target);
    }
    return [...found].sort(ascending).slice(0, limit);
  }

  /**
   * The steps among some nodes. Of a node with very many steps, only those to the others are looked up.
   * @param nodes each once, ascending
   */
  async stepsAmong(nodes: readonly NodeNumber[], way: Way, at: Moment): Promise<StepDuring[]> {
    const members = new Set(nodes);
    const found: StepDuring[] = [];
    const hubs: NodeNumber[] = [];
    for await (const rows of this.batches<StepDuring>(nodes, { way, at, enough: 0 }, TIMES)) {
      const hub = rows.length === ROWS ? rows.at(-1)?.source : undefined;
      if (hub !== undefined) hubs.push(hub);
      for (const row of rows) if (row.source !== hub && members.has(row.target)) found.push(row);
    }
    const { source, target } = COLUMNS[way];
    const { inList } = this.db.dialect;
    for (let start = 0; start < hubs.length; start += HUBS) {
      for (let next = 0; next < nodes.length; next += NODES) {
        const where = [
          inList(source, hubs.slice(start, start + HUBS)),
          inList(target, nodes.slice(next, next + NODES)),
          holds(at),
        ];
        found.push(...(await this.db.read<StepDuring>(selectSteps(way, and(where), TIMES))));
      }
    }
    return found;
  }

  /** All that was ever said of one edge. */
  async claims(ends: EdgeEnds): Promise<EdgeClaim[]> {
    return (await this.db.read<EdgeClaim>(selectClaims(ends))).map(toClaim);
  }

  private batch<T extends Step>(nodes: Sql, { way, at }: StepRequest, times: Sql): Promise<T[]> {
    return this.db.read<T>(sql`${selectSteps(way, and([nodes, holds(at)]), times)} LIMIT ${ROWS}`);
  }

  private isOneOf(way: Way, nodes: readonly NodeNumber[]): Sql {
    const { source } = COLUMNS[way];
    const [only] = nodes;
    return nodes.length === 1 && only !== undefined ? sql`${source} = ${only}` : this.db.dialect.inList(source, nodes);
  }
}

function selectSteps(way: Way, where: Sql, times: Sql): Sql {
  const { source, target } = COLUMNS[way];
  return sql`SELECT ${source} AS source, ${target} AS target${times} FROM lineage_edges e WHERE ${where} ORDER BY ${source}, ${target}`;
}

function holds(at: Moment): Sql {
  if (at === 'EVER') return sql`1 = 1`;
  return at === null ? sql`e.until = ${FOREVER}` : sql`e.since <= ${at} AND e.until > ${at}`;
}

export function ascending(a: number, b: number): number {
  return a - b;
}
