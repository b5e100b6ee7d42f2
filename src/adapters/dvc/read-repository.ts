// A repository that uses DVC and GTO, read whole: what is checked out, and the commits that have versions.

import type { ImportReport } from '../import/report.ts';
import { DvcStore } from './dvc-store.ts';
import type { ReadArtifact } from './gto/artifact-import.ts';
import { gtoNameOf } from './gto/artifact-records.ts';
import { type GtoEvent, readGtoEvents } from './gto/gto-events.ts';
import { readArtifacts } from './gto/import-artifacts.ts';
import type { StageMap } from './gto/stage-map.ts';
import { type Commit, commitsOf, NoRepository, openRepository, type Repository } from './repository/open-repository.ts';
import { CommitTree } from './repository/repository-tree.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

export interface ReadOptions {
  /** The name of the experiment; the repository's own where it is left out. */
  readonly experiment?: string;
  readonly stageMap: StageMap;
}

/** What a repository holds, ready to be imported. */
export interface DvcSource {
  readonly store: DvcStore;
  readonly artifacts: readonly ReadArtifact[];
}

const SHOWN_HASH_DIGITS = 7;

/**
 * Reads a repository. What cannot be read is reported, and the rest is read.
 * @throws NoRepository saying what would be right
 */
export async function readRepository(path: string, options: ReadOptions, report: ImportReport): Promise<DvcSource> {
  const repository = await openRepository(path, report);
  try {
    const events = repository.git ? await readGtoEvents(repository.git, report) : [];
    const older = await readOlderSnapshots(repository, events, report);
    const current = await readSnapshot(repository.tree, repository.head, report);
    const name = options.experiment ?? repository.name;
    const snapshots = [...older.values(), current];
    const store = await DvcStore.of(repository, snapshots, name, report, countsOf(current, events));
    const artifacts = await readArtifacts(
      {
        repository,
        store,
        events,
        current,
        snapshots: older,
        stageMap: options.stageMap,
        declaredAt: (folder) => declaredAt(repository, folder),
      },
      report,
    );
    refuseNothing(repository, report);
    return { store, artifacts };
  } finally {
    repository.git?.close();
  }
}

/** The commits that events are on, oldest first. */
async function readOlderSnapshots(
  repository: Repository,
  events: readonly GtoEvent[],
  report: ImportReport,
): Promise<Map<string, Snapshot>> {
  const snapshots = new Map<string, Snapshot>();
  const { git } = repository;
  if (!git) return snapshots;
  const hashes = [...new Set(events.filter(({ action }) => action !== 'deprecate').map(({ commit }) => commit))];
  const commits = await commitsOf(git, hashes);
  for (const hash of hashes.filter((one) => !commits.has(one))) {
    report.addNote('The commit of a tag is not in this clone, so that its files are not known', hash);
  }
  for (const commit of [...commits.values()].sort((a, b) => a.at - b.at)) {
    const tree = new CommitTree(git, commit.hash, report);
    snapshots.set(commit.hash, await readSnapshot(tree, commit, report, originOf(commit)));
  }
  return snapshots;
}

function originOf({ hash }: Commit): string {
  return `${hash.slice(0, SHOWN_HASH_DIGITS)}:`;
}

/** When a folder's dvc.yaml was first committed; where it was not, when it was written. */
async function declaredAt({ git, head, tree }: Repository, folder: string): Promise<number> {
  const file = folder === '' ? 'dvc.yaml' : `${folder}/dvc.yaml`;
  if (git && head) {
    const first = (await git.text('rev-list', head.hash, '--', `:(top,literal)${file}`)).split('\n').at(-1);
    const commit = first ? (await commitsOf(git, [first])).get(first) : undefined;
    if (commit) return commit.at;
  }
  return (await tree.writtenAt(file)) ?? head?.at ?? Date.now();
}

function countsOf({ artifacts }: Snapshot, events: readonly GtoEvent[]): { models: number; versions: number } {
  const names = new Set([...artifacts.map(gtoNameOf), ...events.map(({ artifact }) => artifact)]);
  return { models: names.size, versions: events.filter(({ action }) => action === 'register').length };
}

function refuseNothing({ path, git }: Repository, report: ImportReport): void {
  const isEmpty = Object.values(report.read).every((count) => count === 0);
  if (!isEmpty || report.unreadableCount > 0) return;
  const tags = git ? ', or git tags of GTO such as name@v1.0.0' : '';
  throw new NoRepository(
    `${path} holds nothing of DVC: expected a dvc.lock with stages, .dvc files, artifacts in a dvc.yaml${tags}.`,
  );
}
