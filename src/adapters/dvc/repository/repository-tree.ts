// The files of a repository as they stand on the disk or in a commit, seen through one interface.

import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { ImportReport } from '../../import/report.ts';
import { tooLarge } from './blob-reader.ts';
import type { Git } from './git.ts';

/** Of a file of DVC or of metrics; both are written by hand or by a program for people to read. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** Folders that hold no pipeline of the repository's own. */
const LEFT_OUT = new Set([
  '.git',
  '.hg',
  '.dvc',
  '.venv',
  'venv',
  '.tox',
  'node_modules',
  '__pycache__',
  'site-packages',
]);

export interface RepositoryTree {
  /** Paths of all `dvc.yaml`, `dvc.lock` and `.dvc` files from the root, with `/`, in order. */
  pipelineFiles(): Promise<string[]>;
  /**
   * A file by its path from the root; null where there is none.
   * @throws Error with a reason to report
   */
  read(path: string): Promise<Buffer | null>;
  /** When a file was last written, in epoch milliseconds; null where only its commit tells. */
  writtenAt(path: string): Promise<number | null>;
}

/** A commit, whether it is checked out or not. */
export class CommitTree implements RepositoryTree {
  constructor(
    private readonly git: Git,
    private readonly commit: string,
    private readonly report: ImportReport,
  ) {}

  async pipelineFiles(): Promise<string[]> {
    const listing = await this.git.run('ls-tree', '-r', '-z', '--name-only', '--full-tree', this.commit);
    return pipelineFilesOf(listing, this.report);
  }

  read(path: string): Promise<Buffer | null> {
    return this.git.blob(this.commit, path, MAX_FILE_BYTES);
  }

  async writtenAt(): Promise<null> {
    return null;
  }
}

/** What is checked out, with what is not committed yet. */
export class WorkingTree implements RepositoryTree {
  /** @param git lists the files without walking through what is ignored; null where there is none */
  constructor(
    private readonly root: string,
    private readonly git: Git | null,
    private readonly report: ImportReport,
  ) {}

  async pipelineFiles(): Promise<string[]> {
    if (!this.git) return (await this.walk('')).sort();
    const patterns = ['dvc.yaml', 'dvc.lock', '*.dvc'].map((name) => `:(top,glob)**/${name}`);
    const listing = await this.git.run('ls-files', '-z', '-c', '-o', '--exclude-standard', '--', ...patterns);
    return pipelineFilesOf(listing, this.report);
  }

  async read(path: string): Promise<Buffer | null> {
    let real: string;
    try {
      real = await realpath(join(this.root, path));
      const fromRoot = relative(await realpath(this.root), real);
      if (fromRoot === '..' || fromRoot.startsWith(`..${sep}`) || isAbsolute(fromRoot)) {
        throw new Error('leads out of the repository');
      }
      const { size } = await stat(real);
      if (size > MAX_FILE_BYTES) throw new Error(tooLarge(MAX_FILE_BYTES));
      return await readFile(real);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      if (code === undefined) throw error;
      throw new Error(`cannot be read (${code})`);
    }
  }

  async writtenAt(path: string): Promise<number> {
    return Math.floor((await stat(join(this.root, path))).mtimeMs);
  }

  private async walk(folder: string): Promise<string[]> {
    const found: string[] = [];
    let entries: Awaited<ReturnType<typeof this.entriesOf>>;
    try {
      entries = await this.entriesOf(folder);
    } catch (error) {
      this.report.addUnreadable(folder, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
      return found;
    }
    for (const entry of entries) {
      const path = pathOf(entry.name, folder, this.report);
      if (path === null) continue;
      if (!entry.isDirectory()) {
        if (isPipelineFile(path)) found.push(path);
      } else if (!LEFT_OUT.has(path.split('/').at(-1) ?? '')) found.push(...(await this.walk(path)));
    }
    return found;
  }

  private entriesOf(folder: string) {
    return readdir(join(this.root, folder), { withFileTypes: true, encoding: 'buffer' });
  }
}

/** @param listing paths from the root, each ended by NUL */
function pipelineFilesOf(listing: Buffer, report: ImportReport): string[] {
  const paths: string[] = [];
  let start = 0;
  for (let end = listing.indexOf(0); end >= 0; end = listing.indexOf(0, start)) {
    const name = listing.subarray(start, end);
    start = end + 1;
    // Names are compared as bytes first: a tree has far more other files.
    const isDvc =
      name.subarray(-4).toString('latin1') === '.dvc' || /(^|\/)dvc\.(yaml|lock)$/.test(name.toString('latin1'));
    if (!isDvc) continue;
    const path = pathOf(name, '', report);
    if (path !== null && isPipelineFile(path)) paths.push(path);
  }
  return [...new Set(paths)].sort();
}

function pathOf(name: Buffer, folder: string, report: ImportReport): string | null {
  const text = name.toString('utf8');
  const path = folder === '' ? text : `${folder}/${text}`;
  if (Buffer.from(text, 'utf8').equals(name)) return path;
  report.addUnreadable(path, 'has a name that is not UTF-8');
  return null;
}

function isPipelineFile(path: string): boolean {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  const isNamed = name === 'dvc.yaml' || name === 'dvc.lock' || (name.endsWith('.dvc') && name !== '.dvc');
  return isNamed && !parts.some((part) => LEFT_OUT.has(part));
}
