// The built program as a process of its own: what a user starts.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/main.js');
const START_LIMIT_MS = 60_000;

/** Builds the server where its sources are newer than what was built; one test process at a time. */
export async function buildProgram(): Promise<void> {
  const lock = join(ROOT, 'node_modules/.cache/modelgraph-build');
  mkdirSync(join(lock, '..'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    if (newestOf(join(ROOT, 'src')) < builtAt()) return;
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', 'src/tsconfig.build.json'], { cwd: ROOT });
    if (status !== 0) throw new Error(`The program does not build:\n${stdout}`);
  } finally {
    rmdirSync(lock);
  }
}

function builtAt(): number {
  return statSync(MAIN, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Math.max(
    ...files.filter((file) => file.isFile()).map((file) => statSync(join(file.parentPath, file.name)).mtimeMs),
  );
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ending>;
}

/** Starts the program; nothing of this process's environment reaches it but the path. */
export function runProgram(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningProgram {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes) => {
    stdout += bytes;
  });
  child.stderr.on('data', (bytes) => {
    stderr += bytes;
  });
  const ended = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

export interface ServingProgram extends RunningProgram {
  readonly url: string;
  /** Sends a signal. @returns how the program ended, and how long it took, milliseconds */
  end(signal: NodeJS.Signals): Promise<Ending & { readonly tookMs: number }>;
}

/** Starts `serve` on a free port and waits until it says where it is. */
export async function serveProgram(environment: Readonly<Record<string, string>>): Promise<ServingProgram> {
  const program = runProgram(['serve'], { PORT: '0', ...environment });
  const url = await new Promise<string>((resolve, reject) => {
    const limit = setTimeout(() => {
      program.child.kill('SIGKILL');
      reject(new Error('The server does not start.'));
    }, START_LIMIT_MS);
    let text = '';
    program.child.stdout.on('data', (bytes) => {
      text += bytes;
      const found = /GraphQL\s+(\S+)\/graphql/.exec(text)?.[1];
      if (found) resolve(found);
    });
    void program.ended.then(({ stderr }) => reject(new Error(`The server ended: ${stderr}`)));
    void program.ended.finally(() => clearTimeout(limit));
  });
  return {
    ...program,
    url,
    end: async (signal) => {
      const startedAt = performance.now();
      program.child.kill(signal);
      return { ...(await program.ended), tookMs: performance.now() - startedAt };
    },
  };
}
