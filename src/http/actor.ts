// Who a request says it comes from. Nobody proves it yet, so it is marked as unverified.

import { type ActorIdentity, ANONYMOUS } from '../core/context.ts';
import { checkName } from '../core/text.ts';

export const ACTOR_HEADER = 'x-actor';

/** @throws Invalid where the name cannot be stored */
export function actorFrom(claimed: unknown): ActorIdentity {
  if (typeof claimed !== 'string' || claimed === '') return ANONYMOUS;
  // Header values arrive as Latin-1; a name beyond it was sent as UTF-8.
  const bytes = Buffer.from(claimed, 'latin1');
  const decoded = bytes.toString('utf8');
  const name = Buffer.from(decoded, 'utf8').equals(bytes) ? decoded : claimed;
  return { name: checkName(name.trim(), 'X-Actor', 'actor'), isVerified: false };
}
