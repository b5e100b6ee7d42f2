// Repositories as they are found: committed or not, bare, cloned, without git, broken in parts, or no repository at all.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';
import { inCopy } from '../mlflow/fixtures.ts';
import { git, initRepository } from './gto.ts';
import { importRepository } from './import-repository.ts';

// biome-ignore lint/suspicious/noExplicitAny: the answer of a query; a test asserts what it reads
type Node = any;

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const LOCK = `schema: '2.0'
stages:
  train:
    cmd: python train.py
    deps:
    - path: data.csv
      md5: ${MD5}
    outs:
    - path: metrics.json
      md5: 1a79a4d60de6718e8e5b326e338ae533
`;
const DVC_YAML = `stages:
  train:
    cmd: python train.py
    desc: Trains it.
    deps: [data.csv]
    metrics: [metrics.json]
`;

describe('importing a repository', () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await startRegistry();
  });
  afterEach(() => registry.stop());

  const write = (folder: string, files: Readonly<Record<string, string>>) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  };
  /** Runs a test in a git repository with these files, committed. */
  const inRepository = (files: Readonly<Record<string, string>>, test: (folder: string) => Promise<void>) =>
    inCopy(null, async (parent) => {
      const folder = join(parent, 'churn');
      await initRepository(folder);
      write(folder, files);
      await git(folder, 'add', '-A', '-f');
      await git(folder, 'commit', '-q', '-m', 'Begin');
      await test(folder);
    });
  const runs = async (): Promise<Node[]> => {
    const { runs } = await registry.ask(
      '{ runs(first: 100) { nodes { runId name description createdBy { name } startedAt source { gitCommit gitRepository } tags { key value } metrics { key } experiment { name } } } }',
    );
    return runs.nodes;
  };

  it('ties runs to the commit that recorded them, without the credentials of the remote', async () => {
    await inRepository({ 'dvc.lock': LOCK, 'dvc.yaml': DVC_YAML }, async (folder) => {
      const commit = await git(folder, 'rev-parse', 'HEAD');
      await git(folder, 'commit', '-q', '--allow-empty', '-m', 'Later');
      await git(folder, 'remote', 'add', 'origin', 'https://ada:secret@example.com/team/retention.git?token=secret');
      const report = await importRepository(registry, folder);
      expect(report.unreadable).toEqual([]);
      const [run] = await runs();
      expect(run).toMatchObject({
        name: 'train',
        description: 'Trains it.',
        createdBy: { name: 'Ada Example' },
        experiment: { name: 'retention' },
        source: { gitCommit: commit, gitRepository: 'https://example.com/team/retention.git' },
      });
      expect(run.tags.map(({ key }: Node) => key)).not.toContain('dvc.uncommitted');
      const rows = JSON.stringify(await registry.app.db.read({ text: 'SELECT * FROM datasets', values: [] }));
      expect(rows).not.toContain('secret');
    });
  });

  it('takes the same entry of a later commit, or of another clone over ssh, as the same run', async () => {
    await inRepository({ 'dvc.lock': LOCK }, async (folder) => {
      await git(folder, 'remote', 'add', 'origin', 'https://example.com/team/churn.git');
      await importRepository(registry, folder);
      write(folder, { 'dvc.lock': `${LOCK}  report: {cmd: python report.py}\n` });
      await git(folder, 'commit', '-q', '-a', '-m', 'More');
      await git(folder, 'remote', 'set-url', 'origin', 'git@example.com:team/churn');
      const report = await importRepository(registry, folder);
      expect(report).toMatchObject({ read: { runs: 2 }, imported: { runs: 1, inputs: 0 } });
      expect((await runs()).map((run) => run.name).sort()).toEqual(['report', 'train']);
    });
  });

  it('marks what is not committed', async () => {
    await inRepository({ 'readme.md': '' }, async (folder) => {
      write(folder, { 'dvc.lock': LOCK });
      const report = await importRepository(registry, folder);
      expect(
        report
          .toJSON()
          .notes.map(({ message }) => message)
          .join(),
      ).toMatch(/not committed as it stands/);
      expect((await runs())[0].tags).toContainEqual({ key: 'dvc.uncommitted', value: 'true' });
    });
  });

  it('reads a bare repository from its commits, metrics included', async () => {
    const metrics = '{"acc": 0.5, "note": "fine", "loss": NaN}';
    const files = { 'dvc.lock': LOCK.replace(/ {6}md5: 1a.*\n/, ''), 'dvc.yaml': DVC_YAML, 'metrics.json': metrics };
    await inRepository(files, async (folder) => {
      const bare = `${folder}.git`;
      await git(folder, 'clone', '-q', '--bare', folder, bare);
      const report = await importRepository(registry, bare);
      expect(report.unreadable).toEqual([
        { place: 'dvc.lock: train: metrics.json', reason: 'has no hash; it is left out' },
      ]);
      expect((await runs())[0]).toMatchObject({ name: 'train', metrics: [{ key: 'acc' }, { key: 'loss' }] });
    });
  });

  it('reads files alone where there is no git', async () => {
    await inCopy(null, async (folder) => {
      write(folder, { 'dvc.lock': LOCK });
      const report = await importRepository(registry, folder, { experiment: 'plain' });
      expect(report.toJSON().notes[0]?.message).toMatch(/without \.git is read from its files alone/);
      expect((await runs())[0]).toMatchObject({ source: { gitCommit: null }, experiment: { name: 'plain' } });
    });
  });

  it('reads files alone, and says why, where git does not understand the repository', async () => {
    await inCopy(null, async (folder) => {
      write(folder, { 'dvc.lock': LOCK, '.git': 'gitdir: /nowhere/at/all' });
      const report = await importRepository(registry, folder);
      expect(report.unreadable).toEqual([
        { place: '.git', reason: expect.stringMatching(/not a git repository.*Commits and tags could not be read/) },
      ]);
      expect(report.read.runs).toBe(1);
    });
  });

  it('reads files alone, and says why, where there is no git command', async () => {
    await inRepository({ 'dvc.lock': LOCK }, async (folder) => {
      const { PATH } = process.env;
      process.env.PATH = folder;
      try {
        const report = await importRepository(registry, folder);
        expect(report.unreadable).toEqual([
          { place: '.git', reason: 'The command git is not there. Commits and tags could not be read' },
        ]);
        expect(report.read.runs).toBe(1);
      } finally {
        process.env.PATH = PATH;
      }
    });
  });

  it('reads the layout before schema 2.0, and a stage that an old .dvc file holds', async () => {
    const old = LOCK.replace("schema: '2.0'\nstages:\n", '').replace(/^ {2}/gm, '');
    const single = `md5: ${MD5}\ncmd: make it\ndeps:\n- {path: a, md5: ${MD5}}\n- {path: p.json, params: {lr: 0.10, net: {depth: 2}}}\nouts:\n- {path: m.toml, cache: false, metric: true}\n`;
    await inCopy(null, async (folder) => {
      write(folder, { 'dvc.lock': old, 'old/make.dvc': single, 'old/m.toml': 'f1 = 0.5\n[deep]\nn = 3\n' });
      await importRepository(registry, folder);
      const { runs: page } = await registry.ask(
        '{ runs(first: 9) { nodes { name params { key value } metrics { key } } } }',
      );
      const byName = new Map(page.nodes.map((run: Node) => [run.name, run]));
      expect([...byName.keys()].sort()).toEqual(['old/make.dvc', 'train']);
      expect(byName.get('old/make.dvc')).toMatchObject({
        params: [
          { key: 'old/p.json:lr', value: '0.10' },
          { key: 'old/p.json:net.depth', value: '2' },
        ],
        metrics: [{ key: 'deep.n' }, { key: 'f1' }],
      });
    });
  });

  it('leaves out metrics that are not those of the lock file', async () => {
    await inCopy(null, async (folder) => {
      write(folder, { 'dvc.lock': LOCK, 'dvc.yaml': DVC_YAML, 'metrics.json': '{"acc": 1}' });
      const report = await importRepository(registry, folder);
      expect(report.toJSON().notes.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/not the one of the lock file/),
      );
      expect(report.read.points).toBe(0);
    });
  });

  it('reports what cannot be read part by part, and imports the rest', async () => {
    const bomb = `a: &a [${'x,'.repeat(50)}x]\n${['b', 'c', 'd', 'e', 'f']
      .map((name, index) => `${name}: &${name} [${`*${'abcde'[index]},`.repeat(40)}x]`)
      .join('\n')}\n`;
    await inCopy(null, async (folder) => {
      write(folder, {
        'dvc.lock': LOCK,
        'broken/dvc.lock': 'stages: [',
        'newer/dvc.lock': "schema: '3.0'\nstages: {}\n",
        'bomb/dvc.yaml': bomb,
        'list/dvc.yaml': '- a\n',
        'no-cmd/dvc.lock': 'train: {deps: []}\n',
        'binary.dvc': '\u0000\u0001',
        'template/dvc.yaml': 'stages:\n  t:\n    cmd: x\n    wdir: $' + '{dir}\n',
        'template/dvc.lock': LOCK.replace('train:', 't:'),
        'node_modules/package/dvc.lock': LOCK,
        '.venv/dvc.lock': LOCK,
        '../outside.lock': LOCK,
      });
      mkdirSync(join(folder, 'link'));
      symlinkSync(join(folder, '../outside.lock'), join(folder, 'link/dvc.lock'));
      const report = await importRepository(registry, folder);
      const reasons = Object.fromEntries(report.unreadable.map(({ place, reason }) => [place, reason]));
      expect(reasons).toMatchObject({
        'broken/dvc.lock': expect.stringMatching(/^is not valid YAML: /),
        'newer/dvc.lock': 'has the schema 3.0; 2.0 is the newest that is known',
        'bomb/dvc.yaml': expect.stringMatching(/Excessive alias count/),
        'list/dvc.yaml': 'is not a YAML mapping',
        'no-cmd/dvc.lock: train': 'has no cmd',
        'binary.dvc': expect.any(String),
        'template/dvc.lock: t': expect.stringMatching(/wdir with a template/),
        'link/dvc.lock': 'leads out of the repository',
      });
      expect(Object.keys(reasons)).toHaveLength(8);
      expect((await runs()).map((run) => run.name)).toEqual(['train']);
    });
  });

  it('reports a name that is not UTF-8', async () => {
    await inRepository({ 'dvc.lock': LOCK }, async (folder) => {
      const name = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.dvc')]);
      writeFileSync(name, 'outs: []\n');
      const report = await importRepository(registry, folder);
      expect(report.unreadable).toEqual([{ place: 'caf\ufffd.dvc', reason: 'has a name that is not UTF-8' }]);
    });
  });

  it('runs nothing that the repository names', async () => {
    await inRepository({ 'dvc.lock': LOCK, '.gitattributes': '* filter=evil\n' }, async (folder) => {
      const mark = join(folder, '..', 'was-here');
      for (const key of ['core.fsmonitor', 'filter.evil.clean', 'filter.evil.smudge', 'core.pager', 'gpg.program']) {
        await git(folder, 'config', key, `touch ${mark};`);
      }
      await git(folder, 'config', 'log.showSignature', 'true');
      write(folder, { 'dvc.lock': `${LOCK}\n` });
      execFileSync('rm', ['-f', mark]);
      const report = await importRepository(registry, folder);
      expect(report.unreadable).toEqual([]);
      expect(existsSync(mark)).toBe(false);
    });
  });

  it('leaves out lightweight tags, as GTO does, and tags that are none of its own', async () => {
    await inRepository({ 'dvc.lock': LOCK }, async (folder) => {
      await git(folder, 'tag', 'churn@v1.0.0');
      await git(folder, 'tag', '-a', '-m', 'x', 'v1.0.0');
      await git(folder, 'tag', '-a', '-m', 'x', 'churn@v1.0');
      await git(folder, 'tag', '-a', '-m', 'x', 'churn@v2.0.0', 'HEAD^{tree}');
      const report = await importRepository(registry, folder);
      expect(report.toJSON().notes).toContainEqual(
        expect.objectContaining({ message: expect.stringMatching(/^A lightweight tag/), places: ['churn@v1.0.0'] }),
      );
      expect(report.unreadable).toEqual([{ place: 'tag churn@v2.0.0', reason: 'is on a tree, not on a commit' }]);
      expect(report.read.versions).toBe(0);
    });
  });
});
