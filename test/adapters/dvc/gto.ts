// A git repository with tags of the real GTO, and what GTO itself says of it.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { type PythonEnvironment, pythonWith } from '../../support/python.ts';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, 'tag-repository.py');
const GTO = 'gto==1.10.1';

/** A step of tag-repository.py. */
export interface Step {
  readonly do: 'commit' | 'register' | 'deregister' | 'assign' | 'unassign' | 'deprecate';
  /** Seconds. */
  readonly at: number;
  readonly name?: string;
  readonly version?: string;
  readonly stage?: string;
  readonly ref?: string;
  readonly author?: string;
  readonly email?: string;
  readonly message?: string;
  readonly force?: boolean;
  /** Whether the tag goes without a counter. */
  readonly simple?: boolean;
  readonly files?: Readonly<Record<string, string>>;
}

/** A row of `gto history --json`. */
export interface HistoryRow {
  readonly timestamp: string;
  readonly artifact: string;
  readonly event: string;
  readonly version: string | null;
  readonly stage: string | null;
  readonly commit: string;
  readonly author: string;
  readonly author_email: string;
  readonly message: string;
  readonly ref: string;
}

/** An entry of `gto show --json`. */
export interface ShownArtifact {
  readonly version: string | null;
  readonly stage: Readonly<Record<string, string | null>>;
}

export const withGto = (): Promise<PythonEnvironment> => pythonWith(GTO);

export async function initRepository(folder: string, ...options: string[]): Promise<void> {
  await run('git', ['init', '-q', '-b', 'main', ...options, folder]);
}

export async function git(folder: string, ...args: string[]): Promise<string> {
  const who = ['-c', 'user.name=Ada Example', '-c', 'user.email=ada@example.com'];
  return (await run('git', ['-C', folder, ...who, ...args])).stdout.trim();
}

/** Runs steps, each by GTO. @returns what it refused */
export async function runSteps(python: string, folder: string, steps: readonly Step[]): Promise<string[]> {
  const tagger = { author: 'Ada Example', email: 'ada@example.com' };
  const child = spawn(python, [SCRIPT, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  child.stdin.end(JSON.stringify(steps.map((step) => ({ ...tagger, ...step }))));
  const refused = await text(child.stdout);
  const [code] = await closed;
  if (code !== 0) throw new Error(`tag-repository.py ended with ${code}: ${refused}`);
  return refused.split('\n').filter((line) => line !== '');
}

export async function gtoHistory(python: string, folder: string): Promise<HistoryRow[]> {
  return (await gto(python, folder, 'history', '--json')) as HistoryRow[];
}

export async function gtoShow(python: string, folder: string): Promise<Record<string, ShownArtifact>> {
  return (await gto(python, folder, 'show', '--json')) as Record<string, ShownArtifact>;
}

async function gto(python: string, folder: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await run(python, ['-c', 'from gto.cli import app; app()', ...args], { cwd: folder });
  return JSON.parse(stdout);
}
