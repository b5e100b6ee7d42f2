// Work that outlives the request that gave rise to it, and is not its doing.

import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs work in the context that the program began in: what it does is not counted for, or traced under, a request. */
export const inBackground: <T>(work: () => T) => T = AsyncLocalStorage.snapshot();
