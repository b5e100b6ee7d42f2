// The program by its command line: what it explains, what it refuses, and how it says why it cannot start.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildProgram, runProgram } from '../support/program.ts';

beforeAll(() => buildProgram(), 120_000);

describe('the command line', () => {
  it.each(['', 'serve', 'migrate', 'schema'])('explains itself: modelgraph %s --help', async (command) => {
    const { code, stdout, stderr } = await runProgram([command, '--help'].filter(Boolean)).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: modelgraph/);
    if (command !== '') expect(stdout).toContain('Examples:');
  });

  it.each([
    ['no command', [], {}, /Usage: modelgraph/],
    ['an unknown command', ['sevre'], {}, /unknown command 'sevre'/],
    ['an unknown flag', ['serve', '--prot', '1'], {}, /unknown option '--prot'/],
    ['an argument too many', ['serve', 'here'], {}, /too many arguments/],
    ['a variable that is wrong', ['serve'], { PORT: 'x' }, /^Wrong configuration: PORT: must be a whole number/],
    ['a flag that is wrong', ['serve', '--port', 'x'], {}, /^Wrong configuration: PORT: must be a whole number/],
    [
      'a database that is wrong',
      ['migrate', '--database-url', 'x:'],
      {},
      /^Wrong configuration: DATABASE_URL: expected/,
    ],
  ])('refuses %s with the exit code 64', async (_what, argv, environment, message) => {
    const { code, stderr } = await runProgram(argv, environment).ended;
    expect(code).toBe(64);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([['schema'], ['serve', '--help']])(
    'says nothing of a reader that has enough before the end: %s',
    async (...argv) => {
      const { child, ended } = runProgram(argv);
      child.stdout.destroy();
      expect(await ended).toMatchObject({ code: 0, stderr: '' });
    },
  );

  it('prints the schema that is committed', async () => {
    expect((await runProgram(['schema', '--check', 'schema.graphql']).ended).code).toBe(0);
    const { code, stderr } = await runProgram(['schema', '--check', 'README-that-is-not-there']).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('renew it with')]);
  });
});

describe('a start that cannot be', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelgraph-process-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([
    [
      'a data folder that is a file',
      (path: string) => ({ MODELGRAPH_DATA_DIR: join(path, 'file') }),
      /cannot be used|Not permitted/,
    ],
    [
      'a database that is no SQLite file',
      (path: string) => ({ DATABASE_URL: `sqlite:${join(path, 'file')}` }),
      /SQLite file cannot be used.*SQLITE_NOTADB/,
    ],
    [
      'a database that is a folder',
      (path: string) => ({ DATABASE_URL: `sqlite:${join(path, 'folder')}` }),
      /SQLite file cannot be used/,
    ],
    [
      'an address that is not of this machine',
      (path: string) => ({ MODELGRAPH_DATA_DIR: path, HOST: '192.0.2.1', MODELGRAPH_ALLOW_UNAUTHENTICATED: 'true' }),
      /Choose another with HOST/,
    ],
    [
      'a database server that is not there',
      () => ({ DATABASE_URL: 'mysql://127.0.0.1:1/x', DATABASE_WAIT_SECONDS: '0' }),
      /cannot be reached \(ECONNREFUSED\)/,
    ],
  ])('because of %s ends with the exit code 1 and one line', async (_what, environmentFor, message) => {
    await writeFile(join(folder, 'file'), 'This is no database, and long enough to be seen as none.'.repeat(20));
    await mkdir(join(folder, 'folder'));
    const { code, stderr } = await runProgram(['serve'], { PORT: '0', LOG_LEVEL: 'silent', ...environmentFor(folder) })
      .ended;
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(1);
  });

  it('because the port is taken says how to choose another', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { code, stderr } = await runProgram(['serve'], {
      PORT: String(port),
      MODELGRAPH_DATA_DIR: folder,
      LOG_LEVEL: 'silent',
    }).ended;
    other.close();
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^The port is taken .*Choose another with PORT or --port/),
    ]);
  });
});
