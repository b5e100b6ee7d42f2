// Reading the raw fields of one object of the source, with every problem reported at its place.

import type { TextKind } from '../../core/text.ts';
import type { ImportReport } from '../import/report.ts';
import { quoted, textProblem } from '../import/text.ts';
import { timeOf } from './values.ts';

export class RawFields {
  constructor(
    /** Where the object lies in the store. */
    readonly place: string,
    /** By MLflow's own names of its columns. */
    private readonly fields: Readonly<Record<string, unknown>>,
    readonly report: ImportReport,
  ) {}

  /** The field as text, null where it is absent or cannot be stored; the latter is reported. */
  text(field: string, kind: TextKind): string | null {
    const text = this.rawText(field);
    const problem = text === null ? null : textProblem(text, kind);
    if (problem) this.problem(field, problem);
    return problem ? null : text;
  }

  /** As {@link text}, with an empty text taken as absent. */
  filled(field: string, kind: TextKind): string | null {
    return this.text(field, kind) || null;
  }

  /** The field as text, whatever it holds, for a check of its own. */
  rawText(field: string): string | null {
    const raw = this.fields[field];
    if (raw === null || raw === undefined) return null;
    if (typeof raw === 'string') return raw;
    if (typeof raw === 'number') return String(raw);
    this.problem(field, 'is not a text');
    return null;
  }

  /** The field as a time in epoch milliseconds, null where it is absent or none; the latter is reported. */
  time(field: string): number | null {
    const raw = this.fields[field];
    if (raw === null || raw === undefined || raw === '') return null;
    const time = timeOf(raw);
    if (time === undefined) this.problem(field, `${quoted(String(raw))} is no time in milliseconds`);
    return time ?? null;
  }

  /** True where its tracker marked it as deleted. */
  isDeleted(): boolean {
    const stage = this.rawText('lifecycle_stage') ?? 'active';
    if (stage !== 'active' && stage !== 'deleted') {
      this.problem('lifecycle_stage', `${quoted(stage)} is neither "active" nor "deleted"; taken as active`);
    }
    return stage === 'deleted';
  }

  problem(field: string, reason: string): void {
    this.report.addUnreadable(`${this.place}: ${field}`, reason);
  }
}
