// `modelgraph import mlflow` as it is typed: what it prints, and how it exits.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ProgressLine } from '../../../src/cli/progress-line.ts';
import { whileInterruptible } from '../../../src/cli/until-signal.ts';
import { importing } from '../../support/import-command.ts';
import { DATABASE_FIXTURE, FILES_FIXTURE, inCopy } from './fixtures.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('modelgraph import mlflow', () => {
  it('prints what it read, and on a second run that nothing was new', async () => {
    const [first, second] = await importing('mlflow', [DATABASE_FIXTURE], [DATABASE_FIXTURE]);
    expect(first).toMatchObject({ exitCode: 0, err: '' });
    expect(first?.out).toMatch(/^Read .*mlflow\.db\n {2}4 experiments\n {2}10 runs\n/);
    expect(first?.out).toMatch(/Counted only, since the graph has no place for them\n(.*\n)* {2}1 logged models\n/);
    expect(second).toMatchObject({ exitCode: 0, err: '' });
    expect(second?.out).toContain('  10 runs, 0 of them new\n');
  });

  it('prints the report for a program with --json', async () => {
    const [first, second] = await importing('mlflow', [FILES_FIXTURE, '--json'], [FILES_FIXTURE, '--json']);
    expect(first?.err).toBe('');
    const report = JSON.parse(first?.out ?? '');
    expect(report).toMatchObject({
      store: { kind: 'files' },
      read: { runs: 10 },
      imported: { runs: 10 },
      stopped: null,
      unreadable: [],
      exitCode: 0,
    });
    expect(report.notKept).toContainEqual({ kind: 'loggedModels', count: 1 });
    expect(JSON.parse(second?.out ?? '')).toMatchObject({ read: { runs: 10 }, imported: { runs: 0, points: 0 } });
  });

  it('exits with 2 where a part cannot be read, tells its place, and imports the rest', async () => {
    await inCopy(FILES_FIXTURE, async (folder) => {
      writeFileSync(join(folder, 'mlruns/models/no versions yet/meta.yaml'), 'name: [');
      const [ended] = await importing('mlflow', [folder]);
      expect(ended?.exitCode).toBe(2);
      expect(ended?.out).toMatch(/ {2}10 runs\n/);
      expect(ended?.out).toMatch(/Could not be read: 1\n {2}models\/no versions yet\/meta\.yaml: /);
    });
  });

  it('exits with 1 where there is no store, or nothing in it', async () => {
    await inCopy(null, async (folder) => {
      mkdirSync(join(folder, 'mlruns'));
      mkdirSync(join(folder, 'other'));
      const nowhere = join(folder, 'nowhere');
      const [missing, other, empty, json] = await importing(
        'mlflow',
        [nowhere],
        [join(folder, 'other')],
        [join(folder, 'mlruns')],
        [nowhere, '--json'],
      );
      expect(missing).toEqual({ exitCode: 1, out: '', err: `There is nothing at ${nowhere}.\n` });
      expect(other).toMatchObject({ exitCode: 1, out: '' });
      expect(other?.err).toMatch(/is no MLflow store: expected an mlruns folder/);
      expect(empty).toMatchObject({ exitCode: 1 });
      expect(empty?.out).toMatch(/ {2}nothing\n$/);
      expect(JSON.parse(json?.out ?? '')).toMatchObject({ exitCode: 1, stopped: `There is nothing at ${nowhere}.` });
    });
  });

  it('asks for the path', async () => {
    const [ended] = await importing('mlflow', []);
    expect(ended?.exitCode).toBe(64);
    expect(ended?.err).toMatch(/missing required argument 'path'/);
  });
});

describe('work that can be interrupted', () => {
  it('is told by the first signal, and by none after its end', async () => {
    const isAborted = await whileInterruptible(async (signal) => {
      process.emit('SIGINT');
      return signal.aborted;
    });
    expect(isAborted).toBe(true);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});

describe('a line of progress', () => {
  const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY, columns: 20 }) as unknown as WriteStream;
  const textOf = (written: WriteStream) => String((written as unknown as PassThrough).read() ?? '');

  it('is rewritten on a terminal, cut to its width and gone at the end', () => {
    const terminal = stream(true);
    const line = new ProgressLine(terminal);
    line.show('Importing runs: 1,000 of 2,000');
    line.show('left out, since it comes at once');
    line.end();
    expect(textOf(terminal)).toBe('\r\u001b[KImporting runs: 1,0\r\u001b[K');
  });

  it('is a line every few seconds elsewhere', () => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(0);
    const pipe = stream(false);
    const line = new ProgressLine(pipe);
    for (const at of [100, 5_000, 5_100, 10_000]) {
      now.mockReturnValue(at);
      line.show(`at ${at}`);
    }
    line.end();
    expect(textOf(pipe)).toBe('at 5000\nat 10000\n');
  });
});
