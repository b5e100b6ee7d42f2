// Which commit recorded a lock file as it stands in a snapshot: the one that a stage's run is tied to.

import { type Commit, commitsOf, type Repository } from './repository/open-repository.ts';
import type { RepositoryTree } from './repository/repository-tree.ts';

/** The commit and time of what a file says. */
export interface Recording {
  /** The last commit that changed the file; for one that is not committed, the commit that is checked out. */
  readonly commit: Commit | null;
  readonly at: number;
  /** Null where there is no git to tell. */
  readonly isCommitted: boolean | null;
}

/** Of a lock file, for comparing it with what is committed. */
const MAX_BYTES = 32 * 1024 * 1024;

export class Recordings {
  private readonly known = new Map<string, Promise<Recording>>();

  constructor(private readonly repository: Repository) {}

  /** @param commit the commit of the snapshot; what is checked out where it is the one at HEAD */
  of(file: string, commit: Commit | null, tree: RepositoryTree): Promise<Recording> {
    const key = `${commit?.hash}:${file}`;
    const recording = this.known.get(key) ?? this.find(file, commit, tree);
    this.known.set(key, recording);
    return recording;
  }

  private async find(file: string, commit: Commit | null, tree: RepositoryTree): Promise<Recording> {
    const { git } = this.repository;
    if (git && commit && (await this.isCommitted(file, commit, tree))) {
      const hash = await git.text('rev-list', '-1', commit.hash, '--', `:(top,literal)${file}`);
      const recorded = (await commitsOf(git, [hash])).get(hash) ?? commit;
      return { commit: recorded, at: recorded.at, isCommitted: true };
    }
    const at = (await tree.writtenAt(file)) ?? commit?.at ?? Date.now();
    return { commit, at, isCommitted: git ? false : null };
  }

  private async isCommitted(file: string, commit: Commit, tree: RepositoryTree): Promise<boolean> {
    const committed = await this.repository.git?.blob(commit.hash, file, MAX_BYTES);
    const current = await tree.read(file);
    if (!committed || !current) return false;
    // A checkout may write the line ends of Windows.
    return committed.equals(current) || withoutReturns(committed) === withoutReturns(current);
  }
}

function withoutReturns(content: Buffer): string {
  return content.toString('latin1').replaceAll('\r\n', '\n');
}
