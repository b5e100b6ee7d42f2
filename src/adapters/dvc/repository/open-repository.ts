// Finding out what a path leads to: a git repository with its work tree, a bare one, or a folder without git.

import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ImportReport } from '../../import/report.ts';
import { Git, GitFailed } from './git.ts';
import { type RepositoryAddress, repositoryAddress } from './repository-address.ts';
import { CommitTree, type RepositoryTree, WorkingTree } from './repository-tree.ts';

/** There is nothing at the path that could be imported, and why. */
export class NoRepository extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoRepository';
  }
}

/** Who committed what, and when, in epoch milliseconds. */
export interface Commit {
  readonly hash: string;
  readonly at: number;
  readonly author: string;
}

export interface Repository {
  readonly path: string;
  /** Of its remote, or of its folder. */
  readonly name: string;
  /** Null where it has no remote. */
  readonly address: RepositoryAddress | null;
  /** What tells it apart from other repositories, wherever it is checked out. */
  readonly identity: string;
  /** Null where it is a plain folder, or git is not to be had. */
  readonly git: Git | null;
  readonly head: Commit | null;
  /** When it began: the time of its first commit; null without any. */
  readonly beganAt: number | null;
  /** What is checked out, or the commit at HEAD of a bare repository. */
  readonly tree: RepositoryTree;
  readonly isBare: boolean;
}

/**
 * Opens a repository for reading. Where git cannot read it, that is reported, and the files on the disk are what there is.
 * @throws NoRepository saying what would be right
 */
export async function openRepository(path: string, report: ImportReport): Promise<Repository> {
  const root = folderAt(path);
  const isBare =
    !existsSync(join(root, '.git')) && ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(root, name)));
  const isGit = isBare || existsSync(join(root, '.git'));
  report.about('dvc', root);
  if (!isGit) {
    report.addNote('A folder without .git is read from its files alone, without commits and tags', root);
    return plainFolder(root, report);
  }
  const git = new Git(root);
  try {
    return await gitRepository(root, git, isBare, report);
  } catch (error) {
    git.close();
    if (!(error instanceof GitFailed)) throw error;
    if (isBare) throw new NoRepository(`The bare repository ${root} cannot be read: ${error.message}`);
    report.addUnreadable('.git', `${error.message} Commits and tags could not be read`);
    return plainFolder(root, report);
  }
}

/** Commits by their names, as far as they are there. */
export async function commitsOf(git: Git, names: readonly string[]): Promise<Map<string, Commit>> {
  const commits = new Map<string, Commit>();
  if (names.length === 0) return commits;
  const text = await git.text('rev-list', '--no-walk', '--ignore-missing', '--format=%H%x00%ct%x00%an', ...names);
  for (const line of text.split('\n')) {
    const [hash = '', seconds = '', author = ''] = line.split('\0');
    if (seconds !== '') commits.set(hash, { hash, at: Number(seconds) * 1_000, author });
  }
  return commits;
}

function folderAt(path: string): string {
  try {
    const root = realpathSync(path);
    if (statSync(root).isDirectory()) return root;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new NoRepository(`There is nothing at ${path}.`);
    throw new NoRepository(`${path} cannot be read (${code}).`);
  }
  throw new NoRepository(`${path} is a file; expected the folder of a repository that uses DVC.`);
}

async function gitRepository(root: string, git: Git, isBare: boolean, report: ImportReport): Promise<Repository> {
  await git.text('rev-parse', '--git-dir');
  const headHash = await git.textOrNull('rev-parse', '--verify', '--quiet', 'HEAD^{commit}');
  if (headHash === null && isBare) throw new NoRepository(`The bare repository ${root} has no commit at HEAD.`);
  const head = headHash === null ? null : ((await commitsOf(git, [headHash])).get(headHash) ?? null);
  const roots = head ? (await git.text('rev-list', '--max-parents=0', head.hash)).split('\n') : [];
  const began = [...(await commitsOf(git, roots)).values()].sort((a, b) => a.at - b.at)[0];
  const remote = await remoteOf(git);
  const address = remote === null ? null : repositoryAddress(remote);
  return {
    path: root,
    name: address?.name ?? basename(root).replace(/\.git$/, ''),
    address,
    identity: address?.identity ?? began?.hash ?? root,
    git,
    head,
    beganAt: began?.at ?? null,
    tree: isBare && head ? new CommitTree(git, head.hash, report) : new WorkingTree(root, git, report),
    isBare,
  };
}

/** The address of `origin`, or of the first other remote. */
async function remoteOf(git: Git): Promise<string | null> {
  const text = await git.textOrNull('config', '--get-regexp', '^remote\\..*\\.url$');
  const remotes = new Map<string, string>();
  for (const line of text?.split('\n') ?? []) {
    const space = line.indexOf(' ');
    const name = line.slice('remote.'.length, space - '.url'.length);
    if (space > 0 && !remotes.has(name)) remotes.set(name, line.slice(space + 1));
  }
  return remotes.get('origin') ?? [...remotes.values()][0] ?? null;
}

function plainFolder(root: string, report: ImportReport): Repository {
  return {
    path: root,
    name: basename(root),
    address: null,
    identity: root,
    git: null,
    head: null,
    beganAt: null,
    tree: new WorkingTree(root, null, report),
    isBare: false,
  };
}
