// Optimistic concurrency: a change that names the revision it was decided on.

import { Conflict } from './errors.ts';

/** @throws Conflict with the current revision in its details, where it is not the expected one */
export function checkRevision(what: string, current: number, expected: number | null | undefined): void {
  if (expected === null || expected === undefined || expected === current) return;
  throw new Conflict(
    `${what} is at revision ${current}, not ${expected}: somebody changed it in between.`,
    { currentRevision: current, expectedRevision: expected },
    'input.expectedRevision',
  );
}
