// An experiment of the source as a record, and what its runs need to know of it.

import { MAX_CHARACTERS } from '../../core/text.ts';
import { type RawEntry, readableEntries } from '../import/readable-entries.ts';
import type { ImportedExperiment } from '../import/records.ts';
import type { ImportReport } from '../import/report.ts';
import { nameProblem, textProblem } from '../import/text.ts';
import { RawFields } from './raw-fields.ts';
import type { UniqueNames } from './unique-names.ts';

/** The tag under which MLflow keeps the description of a run or an experiment. */
export const NOTE_TAG = 'mlflow.note.content';

export interface RawExperiment {
  readonly place: string;
  readonly sourceId: string;
  /** name, artifact_location, lifecycle_stage, creation_time, last_update_time */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly tags: readonly RawEntry[];
  readonly placeOfTag: (key: string) => string;
  /** Tells two experiments of one name apart: its workspace, or its id. */
  readonly qualifier: string;
  /** Deleted by where it lies, whatever its own mark says. */
  readonly isInTrash: boolean;
  /** For stores older than creation times: the earliest time known of it. */
  readonly earliestTime: () => number;
}

/** The experiment, or the reason why there is none. */
export function experimentRecord(
  raw: RawExperiment,
  names: UniqueNames,
  report: ImportReport,
): ImportedExperiment | { readonly problem: string } {
  const fields = new RawFields(raw.place, raw.fields, report);
  const name = fields.rawText('name');
  if (name === null) return { problem: 'has no name' };
  const problem = nameProblem(name, 'experimentName');
  if (problem) return { problem };

  const lastUpdate = fields.time('last_update_time');
  let createdAt = fields.time('creation_time') ?? lastUpdate;
  if (createdAt === null) {
    createdAt = raw.earliestTime();
    report.addNote('An experiment without a creation time has the earliest time known of it', raw.place);
  }
  const updatedAt = lastUpdate ?? createdAt;
  const { description, tags } = noteAndTags(raw.tags, raw.place, raw.placeOfTag, report);
  report.count('experiments');
  return {
    sourceId: raw.sourceId,
    name: names.claim(name, raw.qualifier, raw.place),
    description,
    artifactLocation: fields.filled('artifact_location', 'uri'),
    tags: readableEntries(tags, 'tags', raw.placeOfTag, raw.place, report),
    createdAt,
    updatedAt,
    deletedAt: fields.isDeleted() || raw.isInTrash ? updatedAt : null,
  };
}

/**
 * The description that MLflow keeps as a tag, and the tags. A note may be longer than a tag; one that is comes as the
 * description only.
 */
export function noteAndTags(
  tags: readonly RawEntry[],
  place: string,
  placeOfTag: (key: string) => string,
  report: ImportReport,
): { description: string | null; tags: readonly RawEntry[] } {
  const note = tags.find((tag) => tag.key === NOTE_TAG)?.value;
  if (typeof note !== 'string') return { description: null, tags };
  // What makes a note unfit as a tag and as a description alike is reported once, as the tag's problem.
  if (textProblem(note, 'value') === null) return { description: note, tags };
  const problem = textProblem(note, 'description');
  if (problem) report.addUnreadable(placeOfTag(NOTE_TAG), `the note ${problem}`);
  else {
    report.addNote(
      `A note of more than ${MAX_CHARACTERS.value.toLocaleString('en')} characters is the description only, not a tag`,
      place,
    );
  }
  return { description: problem ? null : note, tags: tags.filter((tag) => tag.key !== NOTE_TAG) };
}
