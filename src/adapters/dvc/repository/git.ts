// Reading a git repository through the `git` command: no shell, no hooks, no filters, no network, nothing written.

import { type ChildProcessByStdio, type ExecFileException, execFile, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { BlobReader } from './blob-reader.ts';

/** Of a listing; that of a tree with a million paths has about this size. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Settings of the repository that name programs are switched off, and so is what would write: a repository that is only
 * read must not be able to run anything.
 */
const SAFE = ['-c', 'core.fsmonitor=', '-c', 'core.hooksPath=/dev/null', '-c', 'core.quotePath=false', '--no-pager'];

/** The command ended with an error, told in git's own words; or there is no such command. */
export class GitFailed extends Error {
  constructor(
    message: string,
    readonly isCommandMissing: boolean,
  ) {
    super(message);
    this.name = 'GitFailed';
  }
}

export class Git {
  private blobs: BlobReader | undefined;

  /** @param path a work tree or a bare repository; folders above it are not looked at */
  constructor(private readonly path: string) {}

  /** What a command prints, as bytes. @throws GitFailed */
  run(...args: string[]): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      execFile(
        'git',
        [...SAFE, ...args],
        { cwd: this.path, env: this.environment(), encoding: 'buffer', maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true },
        (error, stdout, stderr) => {
          if (!error) return resolve(stdout);
          reject(failureOf(error, stderr));
        },
      );
    });
  }

  /** What a command prints, as text without the line break at its end. @throws GitFailed */
  async text(...args: string[]): Promise<string> {
    return (await this.run(...args)).toString('utf8').replace(/\n$/, '');
  }

  /** As {@link text}, null where the command says that there is no such thing. */
  async textOrNull(...args: string[]): Promise<string | null> {
    try {
      return await this.text(...args);
    } catch (error) {
      if (error instanceof GitFailed && !error.isCommandMissing) return null;
      throw error;
    }
  }

  /**
   * A file of a commit; null where it has none at that path.
   * @throws Error with a reason to report, where it is too large or no file
   */
  async blob(commit: string, path: string, maxBytes: number): Promise<Buffer | null> {
    if (path.includes('\n')) return null;
    this.blobs ??= new BlobReader(this.startBatch());
    return this.blobs.read(`${commit}:${path}`, maxBytes);
  }

  /** Ends the process that reads files, if there is one. */
  close(): void {
    this.blobs?.close();
    this.blobs = undefined;
  }

  private startBatch(): ChildProcessByStdio<Writable, Readable, null> {
    return spawn('git', [...SAFE, 'cat-file', '--batch'], {
      cwd: this.path,
      env: this.environment(),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
  }

  /** Without what a surrounding git command may have set: the repository is the one that was named. */
  private environment(): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(([key]) => !key.startsWith('GIT_'));
    return {
      ...Object.fromEntries(own),
      LC_ALL: 'C',
      GIT_CEILING_DIRECTORIES: dirname(this.path),
      GIT_OPTIONAL_LOCKS: '0',
      GIT_TERMINAL_PROMPT: '0',
      // A partial clone would fetch what it lacks.
      GIT_NO_LAZY_FETCH: '1',
      GIT_ALLOW_PROTOCOL: 'none',
    };
  }
}

function failureOf(error: ExecFileException, stderr: Buffer): GitFailed {
  if (error.code === 'ENOENT') return new GitFailed('The command git is not there.', true);
  const [firstLine] = stderr.toString('utf8').trim().split('\n');
  return new GitFailed(firstLine || error.message, false);
}
