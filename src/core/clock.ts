// Time as the registry sees it: epoch milliseconds, from a clock that tests can replace.

export interface Clock {
  /** Epoch milliseconds, UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** The latest instant that a DateTime can hold: the last millisecond of the year 9999. */
export const LATEST_INSTANT = 253_402_300_799_999;
