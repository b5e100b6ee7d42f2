// Gives the system back what starting took: V8 keeps it, and an idle server would never collect it.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** After the first requests of whoever waited for the server, milliseconds. */
const DELAY_MS = 1_000;

interface CollectorOptions {
  readonly type: 'major';
  /** Collects all there is, and makes the heap as small as it can be. */
  readonly flavor: 'last-resort';
}

/** Collects once, a moment from now. Takes about a tenth of a second. */
export function returnMemorySoon(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: CollectorOptions) => void;
    setFlagsFromString('--no-expose-gc');
    collect({ type: 'major', flavor: 'last-resort' });
  }, DELAY_MS).unref();
}
