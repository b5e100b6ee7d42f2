// A stage of a lock file as a run: it is what was executed, so the same command on the same data is the same run.

import { createHash } from 'node:crypto';
import { type RawEntry, readableEntries } from '../import/readable-entries.ts';
import type { ImportedRun } from '../import/records.ts';
import type { ImportReport } from '../import/report.ts';
import { MAX_ENTRIES, nameProblem, textProblem } from '../import/text.ts';
import type { DatasetKey } from './dataset-names.ts';
import type { Recording } from './recorded-by.ts';
import type { Repository } from './repository/open-repository.ts';
import type { ReadStage } from './snapshot.ts';

const RUN_ID_DIGITS = 32;

/** The stage's datasets, by their keys. */
export interface StageData {
  readonly inputs: readonly DatasetKey[];
  readonly outputs: readonly DatasetKey[];
}

/**
 * The id of a run, from what was executed: repository, file, stage, command, params, and the states of dependencies and
 * outputs. A later commit with the same entry has the same run.
 */
export function runIdOf({ identity }: Pick<Repository, 'identity'>, stage: ReadStage): string {
  const states = (entries: ReadStage['deps']) => entries.map(({ path, digest }) => [path, digest]).sort(byText);
  const executed = [
    identity,
    stage.file,
    stage.name,
    stage.command,
    states(stage.deps),
    [...stage.params].sort(byText),
    states(stage.outs),
  ];
  return createHash('sha256').update(JSON.stringify(executed)).digest('hex').slice(0, RUN_ID_DIGITS);
}

export function stageRun(
  repository: Repository,
  stage: ReadStage,
  recording: Recording,
  data: StageData,
  experimentId: string,
  report: ImportReport,
): ImportedRun {
  const place = `${stage.file}: ${stage.name}`;
  const { commit } = recording;
  const params = [...stage.params].map(([key, value]) => ({ key, value }));
  const problem = nameProblem(stage.name, 'runName');
  if (problem) report.addUnreadable(place, `${problem}; the run gets another name`);
  report.count('runs');
  return {
    runId: runIdOf(repository, stage),
    experimentId,
    name: problem ? null : stage.name,
    description: fitting(stage.description, 'description', `${place}: desc`, report),
    status: 'FINISHED',
    startedAt: recording.at,
    endedAt: recording.at,
    deletedAt: null,
    deletedWithExperiment: false,
    createdBy: commit && textProblem(commit.author, 'actor') === null ? commit.author || null : null,
    source: {
      gitCommit: commit?.hash ?? null,
      gitRepository: repository.address?.url ?? null,
      entryPoint: textProblem(stage.command, 'codePath') === null ? stage.command : null,
      notebook: null,
    },
    artifactUri: null,
    parentRunId: null,
    params: readableEntries(params, 'params', (key) => `${place}: params.${key}`, place, report),
    tags: readableEntries(tagsOf(stage, recording), 'tags', (key) => `${place}: ${key}`, place, report),
    inputs: bounded(data.inputs, 'inputs', place, report).map((key) => ({ ...key, context: null })),
    outputs: bounded(data.outputs, 'outputs', place, report),
  };
}

function tagsOf(stage: ReadStage, { isCommitted }: Recording): RawEntry[] {
  const tags = [
    { key: 'dvc.cmd', value: stage.command },
    { key: 'dvc.file', value: stage.file },
    { key: 'dvc.stage', value: stage.name },
  ];
  return isCommitted === false ? [...tags, { key: 'dvc.uncommitted', value: 'true' }] : tags;
}

function bounded(
  keys: readonly DatasetKey[],
  kind: 'inputs' | 'outputs',
  place: string,
  report: ImportReport,
): readonly DatasetKey[] {
  const most = MAX_ENTRIES.toLocaleString('en');
  if (keys.length > MAX_ENTRIES) report.addUnreadable(place, `has more than ${most} ${kind}; the rest is left out`);
  const kept = keys.slice(0, MAX_ENTRIES);
  report.count(kind, kept.length);
  return kept;
}

function fitting(text: string | null, kind: 'description', place: string, report: ImportReport): string | null {
  const problem = text === null ? null : textProblem(text, kind);
  if (problem) report.addUnreadable(place, problem);
  return problem ? null : text;
}

function byText(a: readonly unknown[], b: readonly unknown[]): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
