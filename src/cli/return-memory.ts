// Gives the system back what starting took: V8 keeps it, and an idle server would never collect it.

import { Session } from 'node:inspector/promises';

/** After the first requests of whoever waited for the server, milliseconds. */
const DELAY_MS = 1_000;

/** Collects once, a moment from now, as a debugger would have it done. Takes about a tenth of a second. */
export function returnMemorySoon(): void {
  setTimeout(() => void collect(), DELAY_MS).unref();
}

async function collect(): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
}
