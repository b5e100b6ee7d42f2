// How far lineage over HTTP is from the best bare method of its database, on a generated graph of a million edges with
// circles and a hub, and whether edges that have nothing to do with a question make it slower. Prints a table.
//
//   npm run bench:lineage                                            on SQLite
//   npm run bench:lineage -- --database-url mysql://root@127.0.0.1:3306/mysql    on a server, in a database of its own

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import mysql2 from 'mysql2/promise';
import { runProgram, type ServingProgram, serveProgram } from '../support/program.ts';
import { type BenchDatabase, mysqlDatabase, sqliteDatabase } from './bench-database.ts';
import { HUB_PK, hubEdges, otherEdges, partAskedAbout, ROOT_PK } from './lineage-graph.ts';

const { values: options } = parseArgs({
  options: {
    'database-url': { type: 'string' },
    edges: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '60' },
  },
});
const ROUNDS = Number(options.rounds);
const SOME_EDGES = 10_000;
const WARM_UP = 15;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const id = (pk: number) => Buffer.from(`Dataset:${pk}`).toString('base64url');
const CLOSURE = `{ lineage(of: "${id(ROOT_PK)}", direction: UPSTREAM, depth: 10, limit: 10000) { isComplete nodes { node { id } } } }`;
const EDGES = CLOSURE.replace('nodes {', 'edges { from to } nodes {');
const HUB = `{ lineage(of: "${id(HUB_PK)}", direction: DOWNSTREAM) { isComplete nodes { node { id } } } }`;

function post(url: string, query: string): Promise<{ data: { lineage: { isComplete: boolean; nodes: unknown[] } } }> {
  const body = JSON.stringify({ query });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Medians, milliseconds, of works that take turns. */
async function measure(works: Readonly<Record<string, () => Promise<unknown>>>): Promise<Record<string, number>> {
  const times: Record<string, number[]> = {};
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [name, work] of Object.entries(works)) {
      const startedAt = performance.now();
      await work();
      const took = performance.now() - startedAt;
      times[name] ??= [];
      if (round >= 0) times[name].push(took);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function residentMb(server: ServingProgram, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
}

async function bench(database: BenchDatabase): Promise<void> {
  const part = partAskedAbout();
  await database.addRoots();
  await database.addEdges(part.edges);
  await database.addEdges(hubEdges());
  await database.addEdges(otherEdges(SOME_EDGES, 1));
  const server = await serveProgram({ DATABASE_URL: database.url, LOG_LEVEL: 'error' });
  try {
    const ours = {
      'GraphQL over HTTP, ids': () => post(server.url, CLOSURE),
      'GraphQL over HTTP, ids and edges': () => post(server.url, EDGES),
      'GraphQL over HTTP, the hub': () => post(server.url, HUB),
    };
    const works: Record<string, () => Promise<unknown>> = { ...ours };
    for (const [name, closure] of Object.entries(database.bare)) works[name] = () => closure(ROOT_PK * 4 + 1);
    await checkAnswers(database, server, part.nodes);
    const few = await measure(works);
    const others = Math.max(0, Number(options.edges) - SOME_EDGES - part.edges.length);
    await database.addEdges(otherEdges(others, 2));
    // The server has closed what was idle for so long.
    agent.destroy();
    await checkAnswers(database, server, part.nodes);
    const residentBefore = residentMb(server, 'VmRSS');
    const many = await measure(works);
    const best = Math.min(...Object.keys(database.bare).map((name) => many[name] ?? Number.NaN));
    console.log(`${database.url.split(':')[0]}: ${part.nodes} nodes within 10 edges, ${ROUNDS} rounds, medians`);
    console.table(
      Object.keys(works).map((name) => ({
        what: name,
        [`ms among ${SOME_EDGES.toLocaleString('en')}`]: few[name]?.toFixed(2),
        [`ms among ${Number(options.edges).toLocaleString('en')}`]: many[name]?.toFixed(2),
        'of the best bare method': ((many[name] ?? Number.NaN) / best).toFixed(2),
      })),
    );
    const peak = residentMb(server, 'VmHWM');
    console.log(
      `resident: ${residentBefore} MB before the last rounds, ${residentMb(server, 'VmRSS')} MB after, ${peak} MB at most`,
    );
  } finally {
    const { code, signal, stderr } = await server.end('SIGTERM');
    if (code !== 0) console.error(`The server ended with ${code ?? signal}: ${stderr}`);
  }
}

/** A bench of wrong answers would measure nothing. */
async function checkAnswers(database: BenchDatabase, server: ServingProgram, nodes: number): Promise<void> {
  for (const [name, closure] of Object.entries(database.bare)) {
    const found = await closure(ROOT_PK * 4 + 1);
    if (found !== nodes) throw new Error(`${name} found ${found} nodes, not ${nodes}.`);
  }
  const { lineage } = (await post(server.url, CLOSURE)).data;
  if (lineage.nodes.length !== nodes) throw new Error(`GraphQL found ${lineage.nodes.length} nodes, not ${nodes}.`);
  const hub = (await post(server.url, HUB)).data.lineage;
  if (hub.isComplete || hub.nodes.length !== 1_000) throw new Error('The hub does not keep to its limit.');
}

async function migrate(url: string): Promise<void> {
  const { code, stderr } = await runProgram(['migrate'], { DATABASE_URL: url, LOG_LEVEL: 'error' }).ended;
  if (code !== 0) throw new Error(`The database could not be migrated: ${stderr}`);
}

const serverUrl = options['database-url'];
if (serverUrl === undefined) {
  const folder = await mkdtemp(join(tmpdir(), 'modelgraph-bench-'));
  try {
    const path = join(folder, 'registry.db');
    await migrate(`sqlite:${path}`);
    const database = sqliteDatabase(path);
    await bench(database);
    await database.close();
  } finally {
    await rm(folder, { recursive: true });
  }
} else {
  const name = `modelgraph_bench_${randomBytes(4).toString('hex')}`;
  const administer = async (statement: string) => {
    const connection = await mysql2.createConnection(serverUrl);
    await connection.query(statement);
    await connection.end();
  };
  await administer(`CREATE DATABASE ${name}`);
  try {
    const url = serverUrl.replace(/\/[^/]*$/, `/${name}`);
    await migrate(url);
    const database = await mysqlDatabase(url);
    await bench(database);
    await database.close();
  } finally {
    await administer(`DROP DATABASE ${name}`);
  }
}
agent.destroy();
