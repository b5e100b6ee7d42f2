// The `at:` argument: a moment that has come.

import type { Clock } from './clock.ts';
import { Invalid } from './errors.ts';

/** @throws Invalid where the moment lies in the future, which has no history yet */
export function pastMoment(clock: Clock, at: number | null | undefined): number | null {
  if (at === null || at === undefined) return null;
  if (at > clock.now()) {
    throw new Invalid('at', `\`at\` lies in the future: ${new Date(at).toISOString()}. History is known up to now.`);
  }
  return at;
}
