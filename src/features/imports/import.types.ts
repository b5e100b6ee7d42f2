// What the bulk writes of an import have in common: who does it, and what became of each record.

import type { ActorIdentity } from '../../core/context.ts';

/** Who the facts of an import are recorded by, and who made what its source names nobody for. */
export const IMPORT_ACTOR: ActorIdentity = { name: 'import', isVerified: true };

/** Where a record is now: in a row that was made for it, or in one that was there already and stays as it is. */
export interface ImportedRow {
  readonly pk: number;
  readonly isNew: boolean;
  /** Whether it only has the name of what was to be imported: it was made at another time. */
  readonly isNamesake: boolean;
}
