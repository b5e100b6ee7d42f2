// `modelgraph import dvc` as it is typed: what it prints, and how it exits.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { importing } from '../../support/import-command.ts';
import { inCopy } from '../mlflow/fixtures.ts';

const CNN = resolve(import.meta.dirname, '../../fixtures/dvc/cnn');

describe('modelgraph import dvc', () => {
  it('prints what it read, and on a second run that nothing was new', async () => {
    const [first, second] = await importing('dvc', [CNN], [CNN]);
    expect(first).toMatchObject({ exitCode: 0, err: '' });
    expect(first?.out).toMatch(/^Read .*cnn\n {2}1 experiments\n {2}4 runs\n/);
    expect(second?.out).toContain('  4 runs, 0 of them new\n');
  });

  it('prints the report for a program with --json', async () => {
    const [ended] = await importing('dvc', [CNN, '--json', '--experiment', 'chest scans']);
    expect(JSON.parse(ended?.out ?? '')).toMatchObject({
      store: { kind: 'dvc', path: CNN },
      imported: { experiments: 1, runs: 4, datasets: 9, inputs: 12, outputs: 4 },
      exitCode: 0,
    });
  });

  it('exits with 2 where a part cannot be read', async () => {
    await inCopy(CNN, async (folder) => {
      writeFileSync(join(folder, 'more.dvc'), 'outs: [');
      const [ended] = await importing('dvc', [folder]);
      expect(ended?.exitCode).toBe(2);
      expect(ended?.out).toMatch(/Could not be read: 1\n {2}more\.dvc: is not valid YAML: /);
    });
  });

  it('exits with 1 where there is nothing to import, and says what would be right', async () => {
    await inCopy(null, async (folder) => {
      mkdirSync(join(folder, 'empty'));
      writeFileSync(join(folder, 'file'), '');
      const nowhere = join(folder, 'nowhere');
      const [missing, file, empty] = await importing('dvc', [nowhere], [join(folder, 'file')], [join(folder, 'empty')]);
      expect(missing).toEqual({ exitCode: 1, out: '', err: `There is nothing at ${nowhere}.\n` });
      expect(file?.err).toMatch(/is a file; expected the folder of a repository/);
      expect(empty).toMatchObject({ exitCode: 1, out: '' });
      expect(empty?.err).toMatch(/holds nothing of DVC: expected a dvc\.lock with stages/);
    });
  });

  it('refuses options that it cannot follow', async () => {
    const [stage, experiment, path] = await importing(
      'dvc',
      [CNN, '--stage', 'prod=LIVE'],
      [CNN, '--experiment', ''],
      [],
    );
    expect(stage?.exitCode).toBe(64);
    expect(stage?.err).toMatch(/"prod=LIVE" is not of the form name=STAGE, with one of NONE, STAGING/);
    expect(experiment).toMatchObject({ exitCode: 64, err: expect.stringMatching(/--experiment is empty/) });
    expect(path).toMatchObject({ exitCode: 64, err: expect.stringMatching(/missing required argument 'repository'/) });
  });
});
