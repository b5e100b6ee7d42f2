// Work on the database that is done again where it failed for no fault of its own: it lost a race, or its connection.

import type { Clock } from '../core/clock.ts';
import { Unavailable } from '../core/errors.ts';
import type { Telemetry } from '../core/telemetry.ts';
import { type Dialect, driverError } from './dialect.ts';
import { Failed } from './failed.ts';

export interface RetryLimits {
  /** How often one transaction is tried. */
  readonly attempts: number;
  /** How long it may take over all tries, milliseconds. */
  readonly totalMs: number;
}

interface AttemptOptions {
  readonly errors: Dialect['errors'];
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Turns to another host after a lost connection. */
  readonly onConnectionLoss: (() => void) | undefined;
  readonly limits: RetryLimits | undefined;
}

const LIMITS: RetryLimits = { attempts: 60, totalMs: 15_000 };
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 200;
const CONNECTION_ATTEMPTS = 3;
const DUPLICATE_ATTEMPTS = 5;

/** The outcome of a command became known while it ran: another run gives it. */
export class KnownMeanwhile extends Error {}

export class Attempts {
  constructor(private readonly options: AttemptOptions) {}

  /** Tries a read as often as it takes. @throws Unavailable */
  async read<T>(attempt: () => Promise<T>): Promise<T> {
    const { errors, onConnectionLoss } = this.options;
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        // A read waits for no lock, but for a node of a cluster to catch up; another host may be further.
        if (!errors.isConnectionLoss(error) && !errors.isLostRace(error)) throw error;
        onConnectionLoss?.();
        if (tries >= CONNECTION_ATTEMPTS) throw unavailable(error);
      }
    }
  }

  /**
   * Tries a transaction as often as it takes.
   * @param mayRepeat whether it is tried again also where it may have been committed
   * @throws Unavailable
   */
  async write<T>(mayRepeat: boolean, attempt: () => Promise<T>): Promise<T> {
    const { errors, clock, telemetry, onConnectionLoss, limits = LIMITS } = this.options;
    const deadline = clock.now() + limits.totalMs;
    let lostConnections = 0;
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (failure) {
        const { cause: error, isOutcomeUnknown } =
          failure instanceof Failed ? failure : { cause: failure, isOutcomeUnknown: false };
        const isLost = errors.isConnectionLoss(error);
        // Services look before they insert: a key that is taken all the same was taken in between, and a second run sees it.
        const isTaken = errors.isDuplicate(error) && tries <= DUPLICATE_ATTEMPTS;
        const isRace = errors.isLostRace(error) || error instanceof KnownMeanwhile || isTaken;
        if (!isLost && !isRace) throw error;
        if (isLost) {
          onConnectionLoss?.();
          if (isOutcomeUnknown && !mayRepeat) throw unavailable(error, 'whether the change was made is not known');
          if (++lostConnections >= CONNECTION_ATTEMPTS) throw unavailable(error);
        }
        if (tries >= limits.attempts || clock.now() > deadline) {
          throw unavailable(error, 'too many others are changing the same; try again');
        }
        telemetry.count('transactionRetried');
        await pause(tries);
      }
    }
  }
}

function unavailable(error: unknown, because?: string): Unavailable {
  const { code, errno } = driverError(error);
  const reason = because ?? `the database cannot be reached (${code || errno || 'no connection'})`;
  return new Unavailable(`The registry cannot answer now: ${reason}.`);
}

function pause(attempt: number): Promise<void> {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10));
  return new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
}
