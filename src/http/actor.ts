// Who a request says it comes from. Nobody proves it yet, so it is marked as unverified.

import { type ActorIdentity, ANONYMOUS } from '../core/context.ts';
import { Invalid } from '../core/errors.ts';
import { checkName } from '../core/text.ts';

export const ACTOR_HEADER = 'x-actor';

/** @throws Invalid where the name cannot be stored */
export function actorFromHeader(header: string | readonly string[] | undefined): ActorIdentity {
  if (typeof header !== 'string' || header === '') return ANONYMOUS;
  // Header values arrive as Latin-1; a name beyond it was sent as UTF-8.
  const bytes = Buffer.from(header, 'latin1');
  const decoded = bytes.toString('utf8');
  return actorNamed(Buffer.from(decoded, 'utf8').equals(bytes) ? decoded : header, 'X-Actor');
}

/**
 * @param field where the name was given, for the error
 * @throws Invalid where it is no name, or cannot be stored
 */
export function actorNamed(claimed: unknown, field: string): ActorIdentity {
  if (typeof claimed !== 'string') throw new Invalid(field, `${field} must be a text.`);
  return { name: checkName(claimed.trim(), field, 'actor'), isVerified: false };
}
