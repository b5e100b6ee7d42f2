// What DVC knows of a repository at one moment: the stages as they were last run, and the data it tracks.

import type { ImportReport } from '../import/report.ts';
import { type ArtifactDeclaration, type DvcYaml, definitionOf, dvcYaml } from './files/dvc-yaml.ts';
import { entriesIn, type LockedStage, lockedStage, stagesOfLock } from './files/locked-stages.ts';
import { folderOf, fromRoot } from './files/paths.ts';
import type { TrackedEntry } from './files/tracked-entry.ts';
import { fieldsOf, parseYaml, textValue, type YamlFields } from './files/yaml-values.ts';
import type { Commit } from './repository/open-repository.ts';
import type { RepositoryTree } from './repository/repository-tree.ts';

/** A stage as a lock file has it, with what its definition adds. */
export interface ReadStage extends LockedStage {
  /** The lock file, or the old .dvc file. */
  readonly file: string;
  readonly description: string | null;
  /** Which of its outputs, or of the files in them, hold metrics. */
  readonly metricsFiles: readonly string[];
}

/** What a .dvc file tracks, and where that came from. */
export interface TrackedData {
  readonly file: string;
  readonly outs: readonly TrackedEntry[];
  readonly deps: readonly TrackedEntry[];
}

export interface Artifact extends ArtifactDeclaration {
  /** The folder of its dvc.yaml; empty for the root. */
  readonly folder: string;
}

export interface Snapshot {
  readonly tree: RepositoryTree;
  /** The commit it is of, or that was checked out; null without git. */
  readonly commit: Commit | null;
  readonly stages: readonly ReadStage[];
  readonly tracked: readonly TrackedData[];
  readonly artifacts: readonly Artifact[];
}

/**
 * Reads all files of DVC. What cannot be read is reported, and the rest is read.
 * @param origin begins the places of an older commit: `1a2b3c4:`
 */
export async function readSnapshot(
  tree: RepositoryTree,
  commit: Commit | null,
  report: ImportReport,
  origin = '',
): Promise<Snapshot> {
  const reader = new SnapshotReader(tree, report, origin);
  for (const path of await tree.pipelineFiles()) await reader.take(path);
  return { tree, commit, ...reader.finish() };
}

class SnapshotReader {
  private readonly definitions = new Map<string, DvcYaml>();
  private readonly locks: { readonly path: string; readonly stages: YamlFields }[] = [];
  private readonly stages: ReadStage[] = [];
  private readonly tracked: TrackedData[] = [];

  constructor(
    private readonly tree: RepositoryTree,
    private readonly report: ImportReport,
    private readonly origin: string,
  ) {}

  async take(path: string): Promise<void> {
    await this.attempt(path, async () => {
      const content = await this.tree.read(path);
      // Listed by git, and removed from the disk since.
      if (content === null) return;
      const fields = parseYaml(content);
      if (path.endsWith('.dvc')) this.takeDvcFile(path, fields);
      else if (path.endsWith('dvc.lock')) this.locks.push({ path, stages: stagesOfLock(fields) });
      else this.definitions.set(folderOf(path), dvcYaml(path, fields, this.problemsOf(path)));
    });
  }

  finish(): Pick<Snapshot, 'stages' | 'tracked' | 'artifacts'> {
    for (const { path, stages } of this.locks) {
      for (const [name, fields] of Object.entries(stages)) this.takeStage(path, name, fieldsOf(fields));
    }
    const artifacts = [...this.definitions.values()].flatMap(({ folder, artifacts }) =>
      artifacts.map((artifact) => ({ ...artifact, folder })),
    );
    return { stages: this.stages, tracked: this.tracked, artifacts };
  }

  private takeStage(path: string, name: string, fields: YamlFields): void {
    const place = `${this.origin}${path}: ${name}`;
    const project = this.definitions.get(folderOf(path));
    const definition = project && definitionOf(project, name);
    if (!definition)
      this.report.addNote('A stage of a lock file is in no dvc.yaml, which would say its wdir and metrics', place);
    if (definition?.folder === null) {
      this.report.addUnreadable(place, 'has a wdir with a template, so that its paths are not known; it is left out');
      return;
    }
    try {
      const folder = definition?.folder ?? folderOf(path);
      const stage = lockedStage(name, fields, folder, this.problemsOf(`${path}: ${name}`));
      const isMetrics = (out: TrackedEntry) => out.isMetric || definition?.isMetrics(out.path);
      const own = stage.outs.filter(isMetrics).map((out) => out.path);
      const ofProject = this.projectMetrics().filter((file) => stage.outs.some((out) => isWithin(file, out.path)));
      const metricsFiles = [...new Set([...own, ...ofProject])];
      this.stages.push({ ...stage, file: path, description: definition?.description ?? null, metricsFiles });
    } catch (error) {
      this.report.addUnreadable(place, (error as Error).message);
    }
  }

  private takeDvcFile(path: string, fields: YamlFields): void {
    const folder = fromRoot(folderOf(path), textValue(fields.wdir) ?? '.');
    const onProblem = this.problemsOf(path);
    if (fields.cmd !== undefined && fields.cmd !== null) {
      const stage = lockedStage(path, fields, folder, onProblem);
      const metricsFiles = stage.outs.filter((out) => out.isMetric).map((out) => out.path);
      this.stages.push({ ...stage, file: path, description: textValue(fields.desc), metricsFiles });
      return;
    }
    const entries = (list: 'deps' | 'outs') => entriesIn(fields, list, folder, onProblem).map(({ entry }) => entry);
    this.tracked.push({ file: path, outs: entries('outs'), deps: entries('deps') });
  }

  /** Those that any dvc.yaml lists for itself, beside the ones of its stages. */
  private projectMetrics(): string[] {
    return [...this.definitions.values()].flatMap(({ metrics }) => metrics);
  }

  private problemsOf(place: string): (part: string, reason: string) => void {
    return (part, reason) => this.report.addUnreadable(`${this.origin}${place}: ${part}`, reason);
  }

  private async attempt(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.report.addUnreadable(`${this.origin}${path}`, (error as Error).message);
    }
  }
}

/** Whether a path is another one, or lies in the folder that the other one is. */
export function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}/`);
}
