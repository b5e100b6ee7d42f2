// The real OpenLineage client of Python: what it sends is the pipeline in the graph, and what is exported it takes back.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FlakyProxy } from '../support/flaky-proxy.ts';
import { graphOf } from '../support/openlineage.ts';
import { buildProgram, runProgram } from '../support/program.ts';
import { pythonWith } from '../support/python.ts';
import { type FreshDatabase, freshDatabase, startRegistry, type TestRegistry } from '../support/registry.ts';

const SCRIPT = join(import.meta.dirname, '../support/openlineage-client.py');
const found = await pythonWith('openlineage-python==1.54.0', 'prov==3.2.3');
if ('missing' in found) console.warn(`These tests are skipped: ${found.missing}`);
const python = 'python' in found ? found.python : '';

/** Runs the client. @returns what it printed */
async function client(environment: Record<string, string>, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(python, [SCRIPT, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    timeout: 60_000,
  });
  return stdout;
}

const UPSTREAM = `{ dataset(by: {key: {name: "s3://lake/model.onnx", digest: "3"}}) { upstream(depth: 10) {
  isComplete nodes { depth kind node { ... on Dataset { name digest } ... on Run { name status } } } } } }`;

(python ? describe : describe.skip)('the OpenLineage client of Python', () => {
  let database: FreshDatabase;
  let registry: TestRegistry;
  let folder: string;
  beforeAll(async () => {
    await buildProgram();
    folder = await mkdtemp(join(tmpdir(), 'modelgraph-openlineage-'));
    database = await freshDatabase();
    registry = await startRegistry({ sharedDatabase: database });
  }, 60_000);
  afterAll(async () => {
    await registry.stop();
    await database.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const exported = async (format: string, ...options: string[]): Promise<string> => {
    const file = join(folder, `lineage.${format}`);
    const { ended } = runProgram(['export', format, '--out', file, ...options], { DATABASE_URL: database.url });
    expect(await ended).toMatchObject({ code: 0, stdout: '' });
    return file;
  };

  it('sends a pipeline with a token, through failures, and the graph is the pipeline', async () => {
    const proxy = new FlakyProxy(registry.url, ['REFUSE', 'PASS', 'LOSE_ANSWER']);
    try {
      await client({ OPENLINEAGE_URL: await proxy.start(), OPENLINEAGE_API_KEY: 'secret' }, 'pipeline');
      expect(proxy.requests).toHaveLength(8);
      expect(proxy.requests[0]).toMatchObject({ authorization: 'Bearer secret', 'content-type': 'application/json' });
    } finally {
      await proxy.stop();
    }
    const { dataset } = await registry.ask(UPSTREAM);
    expect(dataset.upstream).toEqual({
      isComplete: true,
      nodes: [
        { depth: 0, kind: 'DATASET', node: { name: 's3://lake/model.onnx', digest: '3' } },
        { depth: 1, kind: 'RUN', node: { name: 'train', status: 'FINISHED' } },
        { depth: 2, kind: 'DATASET', node: { name: 's3://lake/clean.parquet', digest: '2' } },
        { depth: 3, kind: 'RUN', node: { name: 'clean', status: 'FINISHED' } },
        { depth: 4, kind: 'DATASET', node: { name: 's3://lake/raw.csv', digest: '1' } },
      ],
    });
    const { runs } = await registry.ask(
      '{ runs { nodes { name startedAt endedAt parent { name } experiment { name } source { gitCommit } tags { key } } } }',
    );
    expect(runs.nodes.find((run: { name: string }) => run.name === 'train')).toEqual({
      name: 'train',
      startedAt: '2026-05-01T03:00:03.000Z',
      endedAt: '2026-05-01T03:00:04.000Z',
      parent: { name: 'nightly' },
      experiment: { name: 'pipeline/train' },
      source: { gitCommit: 'c0ffee' },
      tags: [{ key: 'openlineage_client_version' }],
    });
  }, 90_000);

  it('sends it compressed as well, which changes nothing of what is there', async () => {
    const before = await graphOf(registry);
    const proxy = new FlakyProxy(registry.url);
    try {
      const transport = { type: 'http', url: await proxy.start(), compression: 'gzip' };
      await client({ OPENLINEAGE__TRANSPORT: JSON.stringify(transport) }, 'pipeline');
      expect(proxy.requests.map((headers) => headers['content-encoding'])).toEqual(Array(6).fill('gzip'));
    } finally {
      await proxy.stop();
    }
    expect(await graphOf(registry)).toEqual(before);
  }, 90_000);

  it('is told at once what is wrong with an event, and does not try again', async () => {
    const proxy = new FlakyProxy(registry.url);
    try {
      const printed = await client({ OPENLINEAGE_URL: await proxy.start() }, 'invalid');
      expect(JSON.parse(printed)).toEqual({
        status: 422,
        body: {
          errors: [
            {
              message: expect.stringContaining('/job cannot be stored: The name has more than 500 characters.'),
              extensions: { code: 'BAD_USER_INPUT', pointer: '/job' },
            },
          ],
        },
      });
      expect(proxy.requests).toHaveLength(1);
    } finally {
      await proxy.stop();
    }
  }, 90_000);

  it('takes what is exported for its own events, and makes the same graph of it elsewhere', async () => {
    const file = await exported('openlineage');
    const other = await startRegistry();
    try {
      await client({ OPENLINEAGE_URL: other.url }, 'resend', file);
      expect(await graphOf(other)).toEqual(await graphOf(registry));
    } finally {
      await other.stop();
    }
  }, 90_000);

  it('is joined by prov, which reads what is exported as PROV-JSON', async () => {
    const file = await exported('prov', '--experiment', 'pipeline/train');
    expect(JSON.parse(await client({}, 'prov', file))).toEqual({
      Entity: 2,
      Activity: 1,
      Agent: 1,
      Usage: 1,
      Generation: 1,
      Association: 1,
    });
  }, 90_000);

  it('is given no export of what is not there', async () => {
    const { ended } = runProgram(['export', 'prov', '--model', 'none'], { DATABASE_URL: database.url });
    expect(await ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('no model named "none"'),
    });
  });
});
