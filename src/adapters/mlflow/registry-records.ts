// Registered models, their versions and aliases of the source as records.

import { type RawEntry, readableEntries } from '../import/readable-entries.ts';
import type { ImportedAlias, ImportedModel, ImportedStage, ImportedVersion } from '../import/records.ts';
import type { ImportReport } from '../import/report.ts';
import { aliasProblem, modelNameProblem, quoted } from '../import/text.ts';
import { RawFields } from './raw-fields.ts';
import { isRunId } from './run-record.ts';
import type { UniqueNames } from './unique-names.ts';
import { integerOf, stageOf, versionStatusOf } from './values.ts';

const PROMPT_TAG = 'mlflow.prompt.is_prompt';

/** MLflow overwrites what a deleted version pointed to with words that begin so. */
const REDACTED = /^REDACTED-/;

interface RawRegistryObject {
  readonly place: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly tags: readonly RawEntry[];
  readonly placeOfTag: (key: string) => string;
}

export interface RawModel extends RawRegistryObject {
  /** Tells two models of one name apart. */
  readonly qualifier: string;
  readonly earliestTime: () => number;
}

export interface RawVersion extends RawRegistryObject {
  readonly modelName: string;
}

/** Prompts lie among the registered models, marked by a tag. */
export function isPrompt(tags: readonly RawEntry[]): boolean {
  return tags.some((tag) => tag.key === PROMPT_TAG && String(tag.value).toLowerCase() === 'true');
}

/** The model, or the reason why there is none. `fields`: name, description, creation_time, last_updated_time. */
export function modelRecord(
  raw: RawModel,
  names: UniqueNames,
  report: ImportReport,
): ImportedModel | { readonly problem: string } {
  const fields = new RawFields(raw.place, raw.fields, report);
  const name = fields.rawText('name');
  const problem = name === null ? 'has no name' : modelNameProblem(name);
  if (problem || name === null) return { problem: problem ?? 'has no name' };
  const lastUpdate = fields.time('last_updated_time');
  let createdAt = fields.time('creation_time') ?? lastUpdate;
  if (createdAt === null) {
    createdAt = raw.earliestTime();
    report.addNote('A model without a creation time has the earliest time known of it', raw.place);
  }
  report.count('models');
  return {
    name: names.claim(name, raw.qualifier, raw.place),
    description: fields.text('description', 'description'),
    tags: readableEntries(raw.tags, 'tags', raw.placeOfTag, raw.place, report),
    createdAt,
    updatedAt: lastUpdate ?? createdAt,
  };
}

/**
 * The version, or undefined where what is essential cannot be read, which is reported. `fields`: version, current_stage,
 * status, status_message, description, source, run_id, user_id, creation_time, last_updated_time.
 * @param modelCreatedAt stands in for a creation time that the store lacks
 */
export function versionRecord(
  raw: RawVersion,
  modelCreatedAt: number,
  report: ImportReport,
): ImportedVersion | undefined {
  const fields = new RawFields(raw.place, raw.fields, report);
  const numberText = fields.rawText('version') ?? '';
  const number = integerOf(numberText);
  if (number === undefined || number < 1) {
    fields.problem('version', `${quoted(numberText)} is no version number; the version is left out`);
    return undefined;
  }
  const statusText = fields.rawText('status') || 'READY';
  const status = versionStatusOf(statusText);
  if (!status) {
    fields.problem('status', `${quoted(statusText)} is no status of a version; the version is left out`);
    return undefined;
  }
  const { stage, isDeleted } = stageAndDeletion(fields);
  const lastUpdate = fields.time('last_updated_time');
  const createdAt = fields.time('creation_time') ?? lastUpdate ?? modelCreatedAt;
  const updatedAt = lastUpdate ?? createdAt;
  report.count('versions');
  return {
    modelName: raw.modelName,
    number,
    status,
    statusMessage: fields.filled('status_message', 'statusMessage'),
    stage,
    description: fields.text('description', 'description'),
    source: unlessRedacted(fields.filled('source', 'uri'), isDeleted),
    runId: runIdOf(fields, isDeleted),
    createdBy: fields.filled('user_id', 'actor'),
    tags: readableEntries(raw.tags, 'tags', raw.placeOfTag, raw.place, report),
    createdAt,
    updatedAt,
    deletedAt: isDeleted ? updatedAt : null,
  };
}

/**
 * The alias, or undefined where it cannot be read, which is reported.
 * @param hasVersion whether the model has a version of that number that is not deleted
 */
export function aliasRecord(
  raw: { readonly place: string; readonly modelName: string; readonly alias: string; readonly version: unknown },
  hasVersion: (number: number) => boolean,
  report: ImportReport,
): ImportedAlias | undefined {
  const number = integerOf(raw.version);
  let problem = aliasProblem(raw.alias);
  if (number === undefined) problem ??= `${quoted(String(raw.version))} is no version number`;
  else if (!hasVersion(number)) problem ??= `version ${number} is not there`;
  if (problem || number === undefined) {
    report.addUnreadable(raw.place, `${problem}; the alias is left out`);
    return undefined;
  }
  report.count('aliases');
  return { modelName: raw.modelName, alias: raw.alias, number };
}

function stageAndDeletion(fields: RawFields): { stage: ImportedStage; isDeleted: boolean } {
  const text = fields.rawText('current_stage') ?? '';
  const stage = stageOf(text);
  if (stage === 'DELETED') return { stage: 'NONE', isDeleted: true };
  if (!stage) fields.problem('current_stage', `${quoted(text)} is no stage; the version is in none`);
  return { stage: stage ?? 'NONE', isDeleted: false };
}

function unlessRedacted(text: string | null, isDeleted: boolean): string | null {
  return text && isDeleted && REDACTED.test(text) ? null : text;
}

function runIdOf(fields: RawFields, isDeleted: boolean): string | null {
  const runId = unlessRedacted(fields.rawText('run_id'), isDeleted);
  if (!runId) return null;
  if (isRunId(runId)) return runId;
  fields.problem('run_id', `${quoted(runId)} is no run id; the version has no run`);
  return null;
}
