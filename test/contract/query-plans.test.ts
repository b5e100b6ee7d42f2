// How the databases find what lists ask for: through an index, and never by reading or sorting a whole table.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import mysql2 from 'mysql2/promise';
import { planOnce } from '../../src/database/plan-once.ts';
import { fill } from '../bench/fill.ts';
import { type FreshDatabase, freshDatabase, isSqlite, startRegistry, type TestRegistry } from '../support/registry.ts';

/** So many that databases go through them by index, and more than a list reads from what its filter names. */
const ROWS = 20_000;

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A database of its own, past the program: what runs statements and explains them. */
interface Explained {
  readonly isSqlite: boolean;
  query(statement: string): unknown;
  /** How it is run, step by step, in the database's own words. */
  planOf(statement: Statement): Promise<string[]>;
  /** What of the plan reads or sorts more than it must. */
  wasteOf(statement: Statement): Promise<string[]>;
  close(): Promise<void>;
}

let database: FreshDatabase;
let registry: TestRegistry;
let explained: Explained;
const statements: Statement[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  registry = await startRegistry({
    sharedDatabase: database,
    onStatement: (text, values) => void statements.push({ text, values }),
  });
  explained = isSqlite ? sqliteAt(database.url.slice('sqlite:'.length)) : await mysqlAt(database.url);
  await fill(explained, {
    models: 600,
    versionsPerModel: ROWS / 600,
    experiments: 20,
    runs: ROWS,
    metrics: ['auc'],
    params: ['lr'],
  });
  if (!isSqlite)
    await explained.query('ANALYZE TABLE runs, metrics, params, run_tags, model_versions, version_tags, models');
}, 120_000);

afterAll(async () => {
  await explained.close();
  await registry.stop();
  await database.remove();
});

const TEAM = 'tag: { key: "team", value: { eq: "team 03" } }';
const RARE = 'tag: { key: "rare" }';
const AUC = 'metric: { key: "auc", gt: 0.1, lt: 0.9 }';

const LISTS: readonly (readonly [string, string])[] = [
  ['runs, newest first', 'runs { nodes { name } }'],
  ...['ASC', 'DESC'].flatMap((direction): [string, string][] => [
    [
      `runs by start, ${direction}`,
      `runs(orderBy: [{ field: STARTED_AT, direction: ${direction} }]) { nodes { name } }`,
    ],
    [`runs by end, ${direction}`, `runs(orderBy: [{ field: ENDED_AT, direction: ${direction} }]) { nodes { name } }`],
    [`runs by name, ${direction}`, `runs(orderBy: [{ field: NAME, direction: ${direction} }]) { nodes { name } }`],
    [`runs by metric, ${direction}`, `runs(orderBy: [{ metric: "auc", direction: ${direction} }]) { nodes { name } }`],
    [`runs by param, ${direction}`, `runs(orderBy: [{ param: "lr", direction: ${direction} }]) { nodes { name } }`],
    [
      `runs with a metric in a range by that metric, ${direction}`,
      `runs(filter: { ${AUC} }, orderBy: [{ metric: "auc", direction: ${direction} }]) { nodes { name } }`,
    ],
  ]),
  ['runs by metric and param', 'runs(orderBy: [{ metric: "auc" }, { param: "lr" }]) { nodes { name } }'],
  ['runs by a metric that none has', 'runs(orderBy: [{ metric: "none" }]) { nodes { name } }'],
  ['runs with a tag', `runs(filter: { ${TEAM} }) { nodes { name } }`],
  ['runs with a tag by metric', `runs(filter: { ${TEAM} }, orderBy: [{ metric: "auc" }]) { nodes { name } }`],
  ['runs with a rare tag by metric', `runs(filter: { ${RARE} }, orderBy: [{ metric: "auc" }]) { nodes { name } }`],
  ['runs with a param', 'runs(filter: { param: { key: "lr", value: { eq: "31" } } }) { nodes { name } }'],
  ['runs with a metric in a range', 'runs(filter: { metric: { key: "auc", gt: 0.5, lt: 0.51 } }) { nodes { name } }'],
  ['runs in a status', 'runs(filter: { status: [RUNNING, FAILED] }) { nodes { name } }'],
  ['runs of a time', 'runs(filter: { startedAt: { gt: "2025-10-09T09:00:00Z" } }) { nodes { name } }'],
  ['runs of a name', 'runs(filter: { name: { eq: "run 00000031" } }) { nodes { name } }'],
  ['runs of a prefix', 'runs(filter: { name: { startsWith: "run 0000003" } }) { nodes { name } }'],
  ['deleted runs', 'runs(deleted: true) { nodes { name } }'],
  ['runs that used a dataset', 'runs(filter: { dataset: { eq: "iris" } }) { nodes { name } }'],
  ['runs of an experiment', 'runs(filter: { experiment: { eq: "experiment 0003" } }) { nodes { name } }'],
  [
    'runs of an experiment with a metric and a param by that metric',
    `runs(filter: { experiment: { eq: "experiment 0003" }, ${AUC}, param: { key: "lr", value: { eq: "31" } } }, orderBy: [{ metric: "auc", direction: DESC }]) { nodes { name } }`,
  ],
  [
    'runs of most experiments with a metric by that metric',
    `runs(filter: { experiment: { ne: "experiment 0003" }, ${AUC} }, orderBy: [{ metric: "auc", direction: DESC }]) { nodes { name } }`,
  ],
  [
    'runs with a metric and a param by that metric',
    `runs(filter: { ${AUC}, param: { key: "lr", value: { ne: "31" } } }, orderBy: [{ metric: "auc", direction: DESC }]) { nodes { name } }`,
  ],
  ...['ASC', 'DESC'].flatMap((direction): [string, string][] => [
    [
      `runs of an experiment by metric, ${direction}`,
      `runs(filter: { experiment: { eq: "experiment 0003" } }, orderBy: [{ metric: "auc", direction: ${direction} }]) { nodes { name } }`,
    ],
    [
      `runs through their experiment by metric, ${direction}`,
      `experiment(by: { name: "experiment 0003" }) { runs(filter: { ${AUC} }, orderBy: [{ metric: "auc", direction: ${direction} }]) { nodes { name } } }`,
    ],
  ]),
  ['runs of experiments', 'experiments { nodes { runs(first: 5) { nodes { name } } } }'],
  ['versions, newest first', 'modelVersions { nodes { number } }'],
  ['versions by number', 'modelVersions(orderBy: [{ field: NUMBER }]) { nodes { number } }'],
  ['versions by change', 'modelVersions(orderBy: [{ field: UPDATED_AT, direction: DESC }]) { nodes { number } }'],
  ['versions by metric', 'modelVersions(orderBy: [{ metric: "auc", direction: DESC }]) { nodes { number } }'],
  [
    'versions with a tag and a metric by that metric',
    `modelVersions(filter: { ${TEAM}, ${AUC} }, orderBy: [{ metric: "auc", direction: DESC }]) { nodes { number } }`,
  ],
  ['versions of a model', 'modelVersions(filter: { model: { eq: "model 000003" } }) { nodes { number } }'],
  [
    'versions of most models by metric',
    `modelVersions(filter: { model: { ne: "model 000003" }, ${AUC} }, orderBy: [{ metric: "auc" }]) { nodes { number } }`,
  ],
  ['versions with a tag', `modelVersions(filter: { ${TEAM} }) { nodes { number } }`],
  ['versions in a stage', 'modelVersions(filter: { stage: [PRODUCTION] }) { nodes { number } }'],
  ['versions in a status', 'modelVersions(filter: { status: [PENDING] }) { nodes { number } }'],
  [
    'versions of models',
    'models(first: 10) { nodes { versions(first: 5) { nodes { number run { name metrics { key } } } } } }',
  ],
  ['latest versions of models', 'models(first: 10) { nodes { latestVersion { number } } }'],
  [
    'latest versions in stages',
    'models(first: 10) { nodes { a: version(by: { stage: PRODUCTION }) { number } b: version(by: { stage: NONE }) { number } c: version(by: { number: 3 }) { number } } }',
  ],
  ['versions now in a stage', 'versionsInStage(stage: PRODUCTION) { nodes { number } }'],
  [
    'stage changes of models and versions',
    'models(first: 10) { nodes { stageChanges { nodes { to } } versions { nodes { stageChanges { nodes { to } } } } } }',
  ],
  ['models by name', 'models { nodes { name } }'],
  ['models by change', 'models(orderBy: [{ field: UPDATED_AT, direction: DESC }]) { nodes { name } }'],
  ['events, newest last', 'events { nodes { position } }'],
  ['events of models', 'events(filter: { models: ["model 000001"] }) { nodes { position } }'],
];

describe('a list', () => {
  it.each(LISTS)('of %s reads and sorts no table whole', async (_what, list) => {
    statements.length = 0;
    await registry.ask(`{ ${list} }`);
    const reads = statements.filter(({ text }) => /^\(*SELECT/.test(text));
    expect(reads.length).toBeGreaterThan(0);
    for (const read of reads)
      expect({ text: read.text, waste: await explained.wasteOf(read) }).toEqual({ text: read.text, waste: [] });
  });
});

describe('a page of runs by a metric', () => {
  const [first, last] = ['first: 5, after: $cursor', 'last: 5, before: $cursor'];
  const ordered = (direction: string) => `orderBy: [{ metric: "auc", direction: ${direction} }]`;
  it.each([
    ['at its cursor', `${ordered('ASC')}, ${first}`],
    ['at its cursor, backward', `${ordered('DESC')}, ${last}`],
    ['where its filter begins', `${ordered('ASC')}, filter: { metric: { key: "auc", gt: 0.4 } }, ${first}`],
    ['and ends where its filter ends', `${ordered('DESC')}, filter: { metric: { key: "auc", gt: 0.4 } }, ${first}`],
  ])('begins %s', async (_where, args) => {
    const page = `query($cursor: String) { runs(${args}) { pageInfo { startCursor endCursor } nodes { name } } }`;
    const { runs } = await registry.ask(page);
    statements.length = 0;
    const cursor = args.includes('before') ? runs.pageInfo.startCursor : runs.pageInfo.endCursor;
    expect((await registry.ask(page, { cursor })).runs.nodes).toHaveLength(5);
    const [walk] = statements.filter(({ text }) => text.includes('metrics_value'));
    const [step] = await explained.planOf(walk as Statement);
    const isBetween = isSqlite
      ? /metrics_value \(key=\? AND \(special,value\)[<>]/
      : /"type":"range".*"key":"metrics_value"/;
    expect(step).toMatch(isBetween);
    if (args.includes('ASC') || args.includes('before')) expect(step).not.toMatch(/special>\?/);
  });
});

describe('a page of the runs of an experiment by a metric', () => {
  const args = `orderBy: [{ metric: "auc", direction: DESC }], first: 5`;
  it.each([
    ['named by a filter', `runs(filter: { experiment: { eq: "experiment 0003" } }, ${args}) { nodes { name } }`],
    ['through the experiment', `experiment(by: { name: "experiment 0003" }) { runs(${args}) { nodes { name } } }`],
    [
      'named by a filter beside others',
      `runs(filter: { experiment: { eq: "experiment 0003" }, ${AUC}, param: { key: "lr", exists: true } }, ${args}) { nodes { name } }`,
    ],
  ])('%s goes along their own part of the index', async (_how, list) => {
    statements.length = 0;
    await registry.ask(`{ ${list} }`);
    const [walk] = statements.filter(({ text }) => text.includes('metrics_of_experiment'));
    const plan = await explained.planOf(walk as Statement);
    const step = plan.find((line) => line.includes('metrics_of_experiment'));
    expect(step).toMatch(isSqlite ? /metrics_of_experiment \(experimentPk=\? AND key=\?/ : /"type":"(range|ref)"/);
    expect(plan.join()).not.toMatch(/TEMP B-TREE|filesort|temporary/);
  });
});

function sqliteAt(path: string): Explained {
  const file = new Database(path);
  planOnce(file);
  const stepsOf = ({ text, values }: Statement) => {
    const plan = file.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`).all(...values);
    return plan.map(({ detail }) => detail);
  };
  return {
    isSqlite: true,
    query: (statement) => (statement.startsWith('PRAGMA') ? file.pragma(statement.slice(7)) : file.exec(statement)),
    planOf: async (statement) => stepsOf(statement),
    wasteOf: async (statement) => {
      const { text } = statement;
      const steps = stepsOf(statement);
      // What a filter names is few, and so is what is taken for each parent.
      const isOfFew = /\) picked |json_each\(\?\) AS parent/.test(text);
      const sorts = steps.filter((step) => step.includes('USE TEMP B-TREE FOR ORDER BY') && !isOfFew);
      const isWalk = sorts.length === 0 && / LIMIT \?$/.test(text);
      const scans = steps.filter((step) => /^SCAN (r|v|m|e|d|x|o\d|metric\d)\b/.test(step));
      return [...sorts, ...scans.filter((step) => !isWalk && !step.includes('USING COVERING INDEX'))];
    },
    close: async () => void file.close(),
  };
}

interface MysqlStep {
  readonly table: string | null;
  readonly type: string | null;
  readonly key: string | null;
  readonly rows: number | string | null;
  readonly Extra: string | null;
}

/** What may be read or sorted: far less than there is. */
const FEW_ROWS = ROWS / 2;

async function mysqlAt(url: string): Promise<Explained> {
  const connection = await mysql2.createConnection(url);
  const stepsOf = async ({ text, values }: Statement) => {
    const [plan] = await connection.query<mysql2.RowDataPacket[]>(`EXPLAIN ${text}`, [...values]);
    return plan as MysqlStep[];
  };
  return {
    isSqlite: false,
    query: (statement) => connection.query(statement),
    planOf: async (statement) => (await stepsOf(statement)).map((step) => JSON.stringify(step)),
    wasteOf: async (statement) =>
      (await stepsOf(statement))
        .filter(({ table, type, key, rows, Extra }) => {
          const isLarge = Number(rows) > FEW_ROWS && table !== null && !table.startsWith('<');
          return isLarge && (type === 'ALL' || key === null || /filesort/.test(Extra ?? ''));
        })
        .map((step) => JSON.stringify(step)),
    close: () => connection.end(),
  };
}
