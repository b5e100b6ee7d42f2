// The two databases as the bench fills them, and the best that a program could do there with nothing in between.

import Sqlite from 'better-sqlite3';
import mysql2 from 'mysql2/promise';
import { type Edge, HUB_PK, ROOT_PK } from './lineage-graph.ts';

const FOREVER = Number.MAX_SAFE_INTEGER;
const ROWS_AT_ONCE = 1_000;
const DEPTH = 10;

export interface BenchDatabase {
  readonly url: string;
  /** Adds the datasets that are asked about. */
  addRoots(): Promise<void>;
  addEdges(edges: Iterable<Edge>): Promise<void>;
  /** Ways to find what lies upstream of a node within ten edges, each giving the number of nodes. */
  readonly bare: Readonly<Record<string, (root: number) => Promise<number>>>;
  close(): Promise<void>;
}

const ROOTS = [ROOT_PK, HUB_PK];
const ADD_ROOT = "INSERT INTO datasets (pk, name, digest, createdAt, sequence) VALUES (?, 'asked about', ?, 1, 1)";
const ADD_EDGES = 'INTO lineage_edges (fromNode, toNode, until, origin, since) VALUES';
const RECURSIVE = `WITH RECURSIVE reached (node, depth) AS (SELECT CAST(? AS SIGNED), 0 UNION SELECT e.fromNode, r.depth + 1 FROM reached r JOIN lineage_edges e ON e.toNode = r.node AND e.until = ${FOREVER} WHERE r.depth < ${DEPTH}) SELECT DISTINCT node FROM reached`;

export function sqliteDatabase(path: string): BenchDatabase {
  const db = new Sqlite(path);
  // As the server's own.
  db.pragma('cache_size = -32768');
  const level = db.prepare(
    `SELECT DISTINCT e.fromNode AS node FROM json_each(?) f CROSS JOIN lineage_edges e ON e.toNode = f.value WHERE e.until = ${FOREVER}`,
  );
  const recursive = db.prepare(RECURSIVE.replace('CAST(? AS SIGNED)', '?'));
  return {
    url: `sqlite:${path}`,
    addRoots: async () => {
      for (const pk of ROOTS) db.prepare(ADD_ROOT).run(pk, String(pk));
    },
    addEdges: async (edges) => {
      const insert = db.prepare(`INSERT OR IGNORE ${ADD_EDGES} (?, ?, ${FOREVER}, 0, 1)`);
      db.transaction(() => {
        for (const [from, to] of edges) insert.run(from, to);
      })();
      db.exec('ANALYZE');
    },
    bare: {
      'level by level, json_each': (root) =>
        byLevels(root, async (nodes) => level.all(JSON.stringify(nodes)) as { node: number }[]),
      'recursive CTE': async (root) => recursive.all(root).length,
    },
    close: async () => {
      db.close();
    },
  };
}

export async function mysqlDatabase(url: string): Promise<BenchDatabase> {
  const connection = await mysql2.createConnection(url);
  const query = async (text: string, values: unknown[]) =>
    (await connection.query(text, values))[0] as { node: number }[];
  const next = 'SELECT DISTINCT e.fromNode AS node FROM lineage_edges e';
  return {
    url,
    addRoots: async () => {
      for (const pk of ROOTS) await query(ADD_ROOT, [pk, String(pk)]);
    },
    addEdges: async (edges) => {
      let rows: unknown[] = [];
      const flush = async () => {
        if (rows.length > 0) await connection.query(`INSERT IGNORE ${ADD_EDGES} ?`, [rows]);
        rows = [];
      };
      await connection.query('START TRANSACTION');
      for (const [from, to] of edges) {
        rows.push([from, to, FOREVER, 0, 1]);
        if (rows.length === ROWS_AT_ONCE) await flush();
      }
      await flush();
      await connection.query('COMMIT');
      await connection.query('ANALYZE TABLE lineage_edges');
    },
    bare: {
      'level by level, JSON_TABLE': (root) =>
        byLevels(root, (nodes) =>
          query(
            `SELECT DISTINCT e.fromNode AS node FROM JSON_TABLE(?, '$[*]' COLUMNS (node bigint PATH '$')) f STRAIGHT_JOIN lineage_edges e ON e.toNode = f.node WHERE e.until = ${FOREVER}`,
            [JSON.stringify(nodes)],
          ),
        ),
      'level by level, IN': (root) =>
        byLevels(root, (nodes) => query(`${next} WHERE e.toNode IN (?) AND e.until = ${FOREVER}`, [nodes])),
      'recursive CTE': async (root) => (await query(RECURSIVE, [root])).length,
    },
    close: () => connection.end(),
  };
}

async function byLevels(root: number, next: (nodes: number[]) => Promise<{ node: number }[]>): Promise<number> {
  const seen = new Set([root]);
  let frontier = [root];
  for (let depth = 0; depth < DEPTH && frontier.length > 0; depth++) {
    const fresh: number[] = [];
    for (const { node } of await next(frontier)) {
      if (seen.has(node)) continue;
      seen.add(node);
      fresh.push(node);
    }
    frontier = fresh;
  }
  return seen.size;
}
