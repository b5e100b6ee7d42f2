// Cursors of the event log: a position as opaque text. What comes after a cursor has a higher position.

import { CursorExpired, Invalid } from '../core/errors.ts';
import { decodeCursor, encodeCursor } from '../core/pagination.ts';

/** The name of the list that the cursors belong to: pages of `events` and subscriptions take the same ones. */
export const LOG = 'events';

export function cursorAt(position: number): string {
  return encodeCursor(LOG, [position]);
}

/** @throws Invalid naming `argument` where the text is no cursor of the log */
export function positionOf(cursor: string, argument: string): number {
  const [position] = decodeCursor(LOG, 1, cursor, argument);
  if (!Number.isSafeInteger(position) || (position as number) < 0) {
    throw new Invalid(argument, `\`${argument}\` is not a cursor.`);
  }
  return position as number;
}

/** What to say where events after a position were removed. */
export function expired(argument: string): CursorExpired {
  return new CursorExpired(
    'Events after this cursor are no longer kept. Read what there is now together with `eventHead` in one query, and follow from that.',
    argument,
  );
}
