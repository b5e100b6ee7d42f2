// A repository that the real GTO has tagged, imported: the graph says what GTO says of it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';
import { rowsOf } from '../mlflow/import-store.ts';
import { gtoHistory, gtoShow, type HistoryRow, initRepository, runSteps, type Step, withGto } from './gto.ts';
import { importRepository } from './import-repository.ts';
import { historyInGraph, shownInGraph, tagOf, versionsInGraph } from './registry-of-gto.ts';

const environment = await withGto();
if ('missing' in environment) process.stderr.write(`Skipped: ${environment.missing}\n`);
const python = 'python' in environment ? environment.python : '';
const withPython = 'python' in environment ? describe : describe.skip;

const DVC_YAML = `artifacts:
  churn:
    path: models/churn.pkl
    type: model
    desc: Predicts who leaves.
    labels: [tabular, weekly]
    meta:
      framework: sklearn
`;
const lockFile = (md5: string) => `schema: '2.0'
stages:
  train:
    cmd: python train.py
    deps:
    - {path: data.csv, hash: md5, md5: ${md5}, size: 1}
    outs:
    - {path: models/churn.pkl, hash: md5, md5: ${md5.replaceAll('a', 'b')}, size: 2}
`;
const A = 'a'.repeat(32);
const C = `${'a'.repeat(31)}c`;

const BOB = { author: 'Bob Builder', email: 'bob@example.com' };
const START = 1_700_000_000;
const minutes = (count: number) => START + 60 * count;

const FIRST: readonly Step[] = [
  { do: 'commit', at: minutes(0), files: { 'dvc.yaml': DVC_YAML, 'dvc.lock': lockFile(A) } },
  { do: 'register', at: minutes(1), name: 'churn', version: 'v0.1.0' },
  { do: 'register', at: minutes(2), name: 'vision/detector', version: 'v2.0.0-rc.1' },
  {
    do: 'commit',
    at: minutes(3),
    files: { 'dvc.lock': lockFile(C), 'sub/dvc.yaml': 'artifacts:\n  ranker:\n    path: r.pkl\n' },
  },
  {
    do: 'register',
    at: minutes(4),
    name: 'churn',
    version: 'v0.10.0',
    ...BOB,
    message: 'Trained anew,\nwith more data',
  },
  { do: 'assign', at: minutes(5), name: 'churn', stage: 'prod', version: 'v0.1.0' },
  { do: 'assign', at: minutes(6), name: 'churn', stage: 'dev', version: 'v0.1.0', ...BOB },
  { do: 'assign', at: minutes(7), name: 'churn', stage: 'prod', version: 'v0.10.0', ...BOB },
  { do: 'register', at: minutes(8), name: 'sub:ranker', version: 'v1.0.0' },
  { do: 'assign', at: minutes(9), name: 'sub:ranker', stage: 'eu/canary', version: 'v1.0.0' },
  { do: 'unassign', at: minutes(10), name: 'churn', stage: 'prod', version: 'v0.10.0' },
  { do: 'assign', at: minutes(11), name: 'churn', stage: 'staging', version: 'v0.10.0' },
  { do: 'commit', at: minutes(12), files: {} },
  { do: 'assign', at: minutes(13), name: 'churn', stage: 'dev', ref: 'HEAD' },
  { do: 'deregister', at: minutes(14), name: 'vision/detector', version: 'v2.0.0-rc.1', ...BOB },
  { do: 'register', at: minutes(15), name: 'old-one', version: 'v1.0.0' },
  { do: 'assign', at: minutes(16), name: 'old-one', stage: 'prod', version: 'v1.0.0' },
  { do: 'deprecate', at: minutes(17), name: 'old-one', ...BOB },
];

const LATER: readonly Step[] = [
  { do: 'commit', at: minutes(20), files: { 'dvc.lock': lockFile('d'.repeat(32)) } },
  { do: 'register', at: minutes(21), name: 'churn', version: 'v0.2.0' },
  { do: 'assign', at: minutes(22), name: 'churn', stage: 'prod', version: 'v0.2.0', ...BOB },
  { do: 'deregister', at: minutes(23), name: 'churn', version: 'v0.10.0' },
  {
    do: 'register',
    at: minutes(24),
    name: 'vision/detector',
    version: 'v2.0.0-rc.1',
    ref: 'vision/detector@v2.0.0-rc.1',
    force: true,
    simple: false,
  },
  { do: 'register', at: minutes(24), name: 'churn', ref: 'churn#dev#6', version: 'v0.11.0', force: true },
  { do: 'register', at: minutes(24), name: 'churn', ref: 'HEAD', version: 'v0.2.0', force: true, simple: false },
  { do: 'assign', at: minutes(25), name: 'old-one', stage: 'staging', version: 'v1.0.0', force: true },
];

const comparable = (rows: readonly HistoryRow[]) =>
  rows
    .map(({ timestamp, artifact, event, version, stage, commit, author, author_email, message, ref }) => {
      // A deprecation is of the artifact; the graph tells it of its versions.
      const isOfVersion = event !== 'deprecation';
      const about = { timestamp, artifact, event, version, stage, author, author_email, message, ref };
      return isOfVersion ? { ...about, commit } : about;
    })
    .sort((a, b) => (a.ref < b.ref ? -1 : 1));

/** Stages that no version is in are not told, and GTO's names of stages as aliases have no "/". */
const shownStages = (shown: Awaited<ReturnType<typeof gtoShow>>) =>
  Object.fromEntries(
    Object.entries(shown).map(([name, { version, stage }]) => {
      const held = Object.entries(stage).filter(([, holder]) => holder !== null);
      return [
        name,
        { version, stage: Object.fromEntries(held.map(([key, holder]) => [key.replaceAll('/', '__'), holder])) },
      ];
    }),
  );

withPython('a repository with tags of GTO', () => {
  // Every command of GTO is a start of Python, which takes its time on a busy machine.
  jest.setTimeout(240_000);
  let folder: string;
  let registry: TestRegistry;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelgraph_gto_'));
    await initRepository(folder);
    expect(await runSteps(python, folder, FIRST)).toEqual([]);
    registry = await startRegistry();
  }, 400_000);

  afterAll(async () => {
    await registry?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const expectAgreement = async () => {
    const history = await gtoHistory(python, folder);
    expect(comparable(await historyInGraph(registry))).toEqual(comparable(history));
    expect(await shownInGraph(registry)).toEqual(shownStages(await gtoShow(python, folder)));
    return history;
  };

  it('comes in with every event of gto history, and what gto show says', async () => {
    const report = await importRepository(registry, folder);
    expect(report.unreadable).toEqual([]);
    expect(await expectAgreement()).toHaveLength(FIRST.filter((step) => step.do !== 'commit').length);
    expect(report.toJSON().notes.map(({ message }) => message)).toContain(
      'A stage of GTO counts as NONE; --stage name=STAGE says otherwise',
    );
  });

  it('comes in with the runs that made the versions, and what dvc.yaml says of them', async () => {
    const versions = await versionsInGraph(registry, 'churn');
    const [first, second] = [versions.get('v0.1.0'), versions.get('v0.10.0')];
    expect(first).toMatchObject({ number: 1, run: { name: 'train' }, stage: 'PRODUCTION' });
    expect(second).toMatchObject({ number: 2, run: { name: 'train' }, stage: 'STAGING' });
    expect(second.run.runId).not.toBe(first.run.runId);
    expect(second.description).toBe('Trained anew,\nwith more data');
    expect([tagOf(first, 'dvc.digest'), tagOf(second, 'dvc.digest')]).toEqual([
      `md5:${'b'.repeat(32)}`,
      `md5:${'b'.repeat(31)}c`,
    ]);
    const { model } = await registry.ask(
      '{ model(by: {name: "churn"}) { description exclusiveStages tags { key value } } }',
    );
    expect(model).toMatchObject({ description: 'Predicts who leaves.', exclusiveStages: [] });
    expect(tagOf(model, 'dvc.labels')).toBe('tabular, weekly');
    expect(tagOf(model, 'dvc.meta.framework')).toBe('sklearn');
  });

  it('answers what was where at any time', async () => {
    const at = async (minute: number) => {
      const { versionsInStage, model } = await registry.ask(
        `query ($at: DateTime!) {
          versionsInStage(stage: PRODUCTION, at: $at) { nodes { model { name } number } }
          model(by: {name: "churn"}) { aliases(at: $at) { alias setBy { name } version { number } } }
        }`,
        { at: new Date(minutes(minute) * 1_000).toISOString() },
      );
      return {
        production: versionsInStage.nodes.map((one: { model: { name: string }; number: number }) => [
          one.model.name,
          one.number,
        ]),
        aliases: model.aliases.map((one: { alias: string; version: { number: number }; setBy: { name: string } }) => [
          one.alias,
          one.version.number,
          one.setBy.name,
        ]),
      };
    };
    expect(await at(4)).toEqual({ production: [], aliases: [] });
    expect(await at(6)).toEqual({
      production: [['churn', 1]],
      aliases: [
        ['dev', 1, 'Bob Builder'],
        ['prod', 1, 'Ada Example'],
      ],
    });
    expect(await at(8)).toMatchObject({ production: [['churn', 2]] });
    expect(await at(10)).toMatchObject({ production: [['churn', 1]] });
    expect(await at(16)).toMatchObject({ production: expect.arrayContaining([['old-one', 1]]) });
    expect((await at(17)).production).toEqual([['churn', 1]]);
  });

  it('changes nothing when it is imported again', async () => {
    const before = await rowsOf(registry);
    const report = await importRepository(registry, folder);
    expect(Object.values(report.imported).every((count) => count === 0)).toBe(true);
    const after = await rowsOf(registry);
    // Holding a model raises the order of its events, and holding a run that of its batches.
    const withoutOrder = (rows: string[]) => rows.map((row) => row.replace(/"(sequence|batches)":\d+/g, ''));
    for (const [table, rows] of Object.entries(after)) {
      expect([table, withoutOrder(rows)]).toEqual([table, withoutOrder(before[table] ?? [])]);
    }
  });

  it('adds just what new commits and tags say', async () => {
    const before = await rowsOf(registry);
    expect(await runSteps(python, folder, LATER)).toEqual([]);
    const report = await importRepository(registry, folder);
    expect(report.imported).toMatchObject({ models: 0, runs: 1, versions: 2 });
    await expectAgreement();
    const versions = await versionsInGraph(registry, 'churn');
    expect([...versions.values()].map(({ number }) => number).sort()).toEqual([1, 2, 3, 4]);
    // What was there stays: a change that has an end now is the same but for that.
    const changes = (rows: Record<string, string[]>) =>
      (rows.stage_changes ?? []).map((row) => row.replace(/"until":\d+/, ''));
    expect(changes(await rowsOf(registry))).toEqual(expect.arrayContaining(changes(before)));
  });

  it('says the same when it is imported whole into an empty registry', async () => {
    await registry.stop();
    registry = await startRegistry();
    const report = await importRepository(registry, folder, { stages: ['eu/canary=STAGING'] });
    expect(report.unreadable).toEqual([]);
    await expectAgreement();
    expect((await versionsInGraph(registry, 'sub=ranker')).get('v1.0.0')).toMatchObject({ stage: 'STAGING' });
  });
});
