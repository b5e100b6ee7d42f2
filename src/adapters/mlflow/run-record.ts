// A run of the source as a record: its own fields, and what MLflow keeps of it in tags.

import { type RawEntry, readableEntries } from '../import/readable-entries.ts';
import type { ImportedExperiment, ImportedRun, ImportedRunInput } from '../import/records.ts';
import type { ImportReport } from '../import/report.ts';
import { MAX_ENTRIES, nameProblem, quoted, textProblem } from '../import/text.ts';
import { noteAndTags } from './experiment-record.ts';
import { RawFields } from './raw-fields.ts';
import { runSourceOf } from './run-source.ts';
import { runStatusOf } from './values.ts';

export interface RawRun {
  readonly place: string;
  readonly runId: string;
  /** run_name, status, start_time, end_time, deleted_time, lifecycle_stage, artifact_uri, user_id, source_type, source_name, source_version, entry_point_name */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly params: readonly RawEntry[];
  readonly tags: readonly RawEntry[];
  readonly inputs: readonly ImportedRunInput[];
  readonly placeOf: (kind: 'params' | 'tags', key: string) => string;
}

/** What a run needs to know of its experiment. */
export type ExperimentOfRun = Pick<ImportedExperiment, 'sourceId' | 'createdAt' | 'deletedAt'>;

const RUN_ID = /^[0-9a-f]{32}$/;

export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** The run, or undefined where what is essential cannot be read, which is reported. */
export function runRecord(raw: RawRun, experiment: ExperimentOfRun, report: ImportReport): ImportedRun | undefined {
  const fields = new RawFields(raw.place, raw.fields, report);
  if (!isRunId(raw.runId)) {
    report.addUnreadable(raw.place, `${quoted(raw.runId)} is no run id of 32 hexadecimal digits; the run is left out`);
    return undefined;
  }
  const statusText = fields.rawText('status');
  // MLflow itself takes a run without a status as running.
  const status = statusText === null ? 'RUNNING' : runStatusOf(statusText);
  if (!status) {
    fields.problem('status', `${quoted(statusText ?? '')} is no status of a run; the run is left out`);
    return undefined;
  }

  let startedAt = fields.time('start_time');
  if (startedAt === null) {
    startedAt = experiment.createdAt;
    report.addNote('A run without a start has the time of its experiment', raw.place);
  }
  const endedAt = fields.time('end_time');
  const tagValues = new Map<string, string>();
  for (const { key, value } of raw.tags) if (typeof value === 'string') tagValues.set(key, value);
  const placeOfTag = (key: string) => raw.placeOf('tags', key);
  const { description, tags } = noteAndTags(raw.tags, raw.place, placeOfTag, report);

  report.count('runs');
  return {
    runId: raw.runId,
    experimentId: experiment.sourceId,
    name: nameOf(fields, tagValues),
    description,
    status,
    startedAt,
    endedAt,
    ...deletionOf(fields, experiment, endedAt ?? startedAt),
    createdBy: userOf(fields, tagValues),
    source: runSourceOf(tagValues, fields),
    artifactUri: fields.filled('artifact_uri', 'uri'),
    parentRunId: parentOf(raw, tagValues, report),
    params: readableEntries(raw.params, 'params', (key) => raw.placeOf('params', key), raw.place, report),
    tags: readableEntries(tags, 'tags', placeOfTag, raw.place, report),
    inputs: boundedInputs(raw, report),
    outputs: [],
  };
}

function nameOf(fields: RawFields, tags: ReadonlyMap<string, string>): string | null {
  const name = fields.rawText('run_name') || tags.get('mlflow.runName');
  if (!name) return null;
  const problem = nameProblem(name, 'runName');
  if (problem) fields.problem('run_name', `${problem}; the run gets another name`);
  return problem ? null : name;
}

function userOf(fields: RawFields, tags: ReadonlyMap<string, string>): string | null {
  const user = tags.get('mlflow.user');
  return user && textProblem(user, 'actor') === null ? user : fields.filled('user_id', 'actor');
}

function parentOf(raw: RawRun, tags: ReadonlyMap<string, string>, report: ImportReport): string | null {
  const parent = tags.get('mlflow.parentRunId');
  if (!parent) return null;
  const problem =
    parent === raw.runId ? 'names the run itself' : isRunId(parent) ? null : `${quoted(parent)} is no run id`;
  if (problem) report.addUnreadable(raw.placeOf('tags', 'mlflow.parentRunId'), `${problem}; the run has no parent`);
  return problem ? null : parent;
}

/** @param lastSeenAt stands in where the store has no time of the deletion */
function deletionOf(
  fields: RawFields,
  experiment: ExperimentOfRun,
  lastSeenAt: number,
): Pick<ImportedRun, 'deletedAt' | 'deletedWithExperiment'> {
  const deletedTime = fields.time('deleted_time');
  const isDeleted = fields.isDeleted();
  const experimentDeletedAt = experiment.deletedAt;
  if (experimentDeletedAt === null) {
    return { deletedAt: isDeleted ? (deletedTime ?? lastSeenAt) : null, deletedWithExperiment: false };
  }
  // MLflow deletes the runs of an experiment right after it has stamped the experiment.
  const isOwnDeletion = isDeleted && deletedTime !== null && deletedTime < experimentDeletedAt;
  return { deletedAt: isOwnDeletion ? deletedTime : experimentDeletedAt, deletedWithExperiment: !isOwnDeletion };
}

function boundedInputs(raw: RawRun, report: ImportReport): readonly ImportedRunInput[] {
  const most = MAX_ENTRIES.toLocaleString('en');
  if (raw.inputs.length > MAX_ENTRIES)
    report.addUnreadable(raw.place, `has more than ${most} inputs; the rest is left out`);
  const inputs = raw.inputs.slice(0, MAX_ENTRIES);
  report.count('inputs', inputs.length);
  return inputs;
}
