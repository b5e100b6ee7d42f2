// A clock that stands still until a test moves it.

import type { Clock } from '../../src/core/clock.ts';

export class ManualClock implements Clock {
  constructor(public time = Date.parse('2026-05-01T12:00:00.000Z')) {}

  now(): number {
    return this.time;
  }

  /** Moves on. @returns the new time, as the schema writes it */
  advance(milliseconds = 1_000): string {
    this.time += milliseconds;
    return this.text;
  }

  get text(): string {
    return new Date(this.time).toISOString();
  }
}
