// How SQLite looks up what filters ask about: by the row that is asked about, never through the values of all rows.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { planOnce } from '../../src/database/plan-once.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

let folder: string;
let registry: TestRegistry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelgraph-plans-'));
  registry = await startRegistry({ environment: { DATABASE_URL: `sqlite:${join(folder, 'registry.db')}` } });
  await registry.ask('mutation { registerModel(input: { name: "churn" }) { model { id } } }');
  await registry.ask('mutation { createExperiment(input: { name: "trees" }) { experiment { id } } }');
});

afterAll(async () => {
  await registry.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What SQLite would do for the statements that a query leads to and that name a table. */
async function plansOf(query: string, table: string): Promise<string[]> {
  registry.statements.length = 0;
  await registry.ask(query);
  const file = new Database(join(folder, 'registry.db'), { readonly: true });
  planOnce(file);
  const plans = registry.statements
    .filter((text) => text.includes(`FROM ${table} `))
    .flatMap((text) => {
      const statement = file.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`);
      return statement.all(Array(text.split('?').length - 1).fill(null)).map(({ detail }) => detail);
    });
  file.close();
  return plans;
}

const BOUNDED = '{ key: "loss", gt: 0.1, lt: 0.2 }';

const CASES: readonly [string, string, string, RegExp][] = [
  [
    'a metric of runs',
    `{ runs(filter: { metric: ${BOUNDED} }) { totalCount nodes { name } } }`,
    'metrics',
    /runPk=\? AND key=\?/,
  ],
  [
    'a metric of versions',
    `{ modelVersions(filter: { metric: ${BOUNDED} }) { totalCount nodes { number } } }`,
    'metrics',
    /runPk=\? AND key=\?/,
  ],
  [
    'a metric of the runs of experiments',
    `{ experiments { nodes { runs(filter: { metric: ${BOUNDED} }) { totalCount nodes { name } } } } }`,
    'metrics',
    /runPk=\? AND key=\?/,
  ],
  [
    'a tag of runs',
    '{ runs(filter: { tag: { key: "a", value: { eq: "b" } } }) { nodes { name } } }',
    'run_tags',
    /runPk=\? AND key=\?/,
  ],
  [
    'a param of runs',
    '{ runs(filter: { param: { key: "a", exists: false } }) { nodes { name } } }',
    'params',
    /runPk=\? AND key=\?/,
  ],
  [
    'a tag of versions',
    '{ models { nodes { versions(filter: { tag: { key: "a" } }) { nodes { number } } } } }',
    'version_tags',
    /(versionPk=\? AND key=\? AND holds=\?)|(key=\? AND holds=\? AND versionPk=\?)/,
  ],
];

describe('a filter', () => {
  it.each(CASES)('by %s looks at that of each row alone', async (_what, query, table, lookup) => {
    const alias = table === 'metrics' ? 'm' : table.slice(-4) === 'tags' ? 't' : 'p';
    const searches = (await plansOf(query, table)).filter((detail) =>
      new RegExp(`^(SEARCH|SCAN) ${alias} `).test(detail),
    );
    expect(searches.length).toBeGreaterThan(0);
    for (const search of searches) expect(search).toMatch(lookup);
  });
});
