// The artifacts of a repository into the registry.

import { Stage } from '../../../features/models/stage.types.ts';
import type { ImportSession } from '../../import/import-session.ts';
import type { ImportReport } from '../../import/report.ts';
import { aliasProblem } from '../../import/text.ts';
import type { DvcStore } from '../dvc-store.ts';
import type { Repository } from '../repository/open-repository.ts';
import type { Snapshot } from '../snapshot.ts';
import { type ArtifactHistory, replay } from './artifact-history.ts';
import { ArtifactImport, type ReadArtifact } from './artifact-import.ts';
import { artifactIn, gtoNameOf, modelRecord, versionRecord } from './artifact-records.ts';
import type { GtoEvent } from './gto-events.ts';
import { type StageMap, stageOf } from './stage-map.ts';
import { aliasOfStage } from './tag-name.ts';

/** What artifacts are made of. */
export interface ArtifactSources {
  readonly repository: Repository;
  readonly store: DvcStore;
  /** Oldest first. */
  readonly events: readonly GtoEvent[];
  /** What is checked out. */
  readonly current: Snapshot;
  /** By commit: those that have versions. */
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  readonly stageMap: StageMap;
  /** When a dvc.yaml was first committed, by its folder. */
  readonly declaredAt: (folder: string) => Promise<number>;
}

/** Reads all artifacts that are declared or have tags. What cannot be imported is reported. */
export async function readArtifacts(sources: ArtifactSources, report: ImportReport): Promise<ReadArtifact[]> {
  const eventsOf = Map.groupBy(sources.events, (event) => event.artifact);
  const names = new Set([...sources.current.artifacts.map(gtoNameOf), ...eventsOf.keys()]);
  const artifacts: ReadArtifact[] = [];
  for (const name of [...names].sort()) {
    const artifact = await readArtifact(name, eventsOf.get(name) ?? [], sources, report);
    if (artifact) artifacts.push(artifact);
  }
  return artifacts;
}

/** Imports each artifact with its whole history in one transaction. */
export async function importArtifacts(session: ImportSession, artifacts: readonly ReadArtifact[]): Promise<void> {
  for (const artifact of artifacts) await new ArtifactImport(session, artifact).run();
}

async function readArtifact(
  name: string,
  events: readonly GtoEvent[],
  sources: ArtifactSources,
  report: ImportReport,
): Promise<ReadArtifact | undefined> {
  const { current, repository, stageMap } = sources;
  const declared = artifactIn(current, name);
  const times = declared ? [await sources.declaredAt(declared.folder)] : [];
  if (events[0]) times.push(events[0].at);
  const model = modelRecord(name, declared, Math.min(...times), repository, report);
  if ('problem' in model) {
    report.addUnreadable(`artifacts: ${name}`, model.problem);
    return undefined;
  }
  const history = replay(events, (stage) => stageOf(stage, stageMap) ?? Stage.NONE);
  reportHistory(name, history, stageMap, report);
  const versions = history.versions.map((version) => {
    const snapshot = sources.snapshots.get(version.begin.commit);
    return { version, record: versionRecord(model, name, version, { ...sources, snapshot }, report) };
  });
  const aliases = history.aliases.flatMap((alias) => {
    const name = aliasOfStage(alias.stage);
    // What was moved on within the second in which it was set never stood.
    return alias.end?.at === alias.begin.at || aliasProblem(name) ? [] : { ...alias, name };
  });
  report.count('stageChanges', history.changes.length);
  report.count('aliases', aliases.length);
  return { model, versions, aliases, changes: history.changes, deprecation: history.deprecation };
}

function reportHistory(name: string, history: ArtifactHistory, stageMap: StageMap, report: ImportReport): void {
  const stages = new Set(history.changes.flatMap(({ event }) => event.stage ?? []));
  for (const stage of stages) {
    if (stageOf(stage, stageMap) !== undefined) continue;
    report.addNote('A stage of GTO counts as NONE; --stage name=STAGE says otherwise', `${name}#${stage}`);
  }
  for (const { ref } of history.ambiguous) {
    report.addNote('A tag is on a commit with several versions, and counts for the newest of them', ref);
  }
  for (const { ref } of history.redundant) {
    report.addNote('A tag registers or deregisters what was so already, and changes nothing', ref);
  }
}
