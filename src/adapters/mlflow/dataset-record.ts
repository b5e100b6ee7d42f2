// The datasets of a store as records, each name and digest once, and found again by the ids that runs refer to.

import type { ImportedDataset } from '../import/records.ts';
import type { ImportReport } from '../import/report.ts';
import { nameProblem, textProblem } from '../import/text.ts';
import { RawFields } from './raw-fields.ts';

/** The tag of an input that says what the run used the dataset for. */
export const CONTEXT_TAG = 'mlflow.data.context';

export interface RawDataset {
  /** What the inputs of runs call it. */
  readonly id: string;
  readonly place: string;
  /** name, digest, source_type, source, schema, profile */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface DatasetKey {
  readonly name: string;
  readonly digest: string;
}

export class DatasetRecords {
  private readonly recorded = new Set<string>();
  private readonly keys = new Map<string, DatasetKey | null>();

  constructor(private readonly report: ImportReport) {}

  /** The dataset where it is new; undefined where another experiment had it before, or where it cannot be read. */
  record(raw: RawDataset): ImportedDataset | undefined {
    const fields = new RawFields(raw.place, raw.fields, this.report);
    const key = { name: fields.rawText('name') ?? '', digest: fields.rawText('digest') ?? '' };
    const problem = nameProblem(key.name, 'datasetName') ?? digestProblem(key.digest);
    if (problem) {
      this.leaveOut(raw.id);
      this.report.addUnreadable(raw.place, `${problem}; the dataset and the inputs that name it are left out`);
      return undefined;
    }
    this.keys.set(raw.id, key);
    const identity = `${key.name}\0${key.digest}`;
    if (this.recorded.has(identity)) return undefined;
    this.recorded.add(identity);
    this.report.count('datasets');
    return {
      ...key,
      sourceType: fields.filled('source_type', 'datasetSourceType'),
      source: fields.filled('source', 'document'),
      schema: fields.filled('schema', 'document'),
      profile: fields.filled('profile', 'document'),
    };
  }

  /** Remembers a dataset that has been reported, so that its inputs are not reported again. */
  leaveOut(id: string): void {
    this.keys.set(id, null);
  }

  /** Null for a dataset that is left out, undefined for one that is not in the store. */
  keyOf(id: string): DatasetKey | null | undefined {
    return this.keys.get(id);
  }
}

/** What a run used the dataset for; null where it says nothing, or nothing that can be stored, which is reported. */
export function contextOf(raw: unknown, place: string, report: ImportReport): string | null {
  return new RawFields(place, { [CONTEXT_TAG]: raw }, report).filled(CONTEXT_TAG, 'inputContext');
}

function digestProblem(digest: string): string | null {
  if (digest === '') return 'there is no digest';
  const problem = textProblem(digest, 'datasetDigest');
  return problem && `the digest ${problem}`;
}
