// A database that is not up yet is waited for, within a limit and with a word in the log.

import type { Logger } from 'pino';
import { Unavailable } from '../core/errors.ts';
import { driverError } from './dialect.ts';
import { mysql } from './mysql.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;

/** @throws Unavailable after the limit; any error that waiting will not mend, at once */
export async function waitForDatabase<T>(
  open: () => Promise<T>,
  { limitMs, log, address }: { readonly limitMs: number; readonly log: Logger; readonly address: string },
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    try {
      return await open();
    } catch (error) {
      // A node of a cluster that has to catch up first says that it waited too long for a lock.
      if (!mysql.errors.isConnectionLoss(error) && !mysql.errors.isLostRace(error)) throw error;
      const { code, errno } = driverError(error);
      const reason = code || String(errno);
      if (Date.now() + pauseMs > deadline) {
        throw new Unavailable(
          `The database at ${address} cannot be reached (${reason}); gave up after ${Math.round(limitMs / 1000)} s.`,
        );
      }
      log.warn({ address, reason }, 'the database is not there yet; trying again');
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
