// Polling: at once when woken, never two looks at a time, and further apart while looks fail.

import { describe, expect, it } from '@jest/globals';
import { Polling } from '../../src/core/polling.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks that end, or fail, when the test says so. */
function controlled(pauseMs: number | undefined) {
  const ends: { readonly succeed: () => void; readonly fail: () => void }[] = [];
  const startedAt: number[] = [];
  const polling = new Polling(
    () =>
      new Promise((resolve, reject) => {
        startedAt.push(performance.now());
        ends.push({ succeed: resolve, fail: () => reject(new Error('out of reach')) });
      }),
    () => pauseMs,
  );
  return { polling, ends, startedAt };
}

describe('polling', () => {
  it('looks once more for any number of wake-ups during a look, and never twice at a time', async () => {
    const { polling, ends } = controlled(undefined);
    for (let count = 0; count < 5; count++) polling.now();
    expect(ends).toHaveLength(1);
    for (let count = 0; count < 5; count++) polling.now();
    expect(ends).toHaveLength(1);
    ends[0]?.succeed();
    await pause(0);
    expect(ends).toHaveLength(2);
    ends[1]?.succeed();
    await pause(20);
    expect(ends).toHaveLength(2);
  });

  it('forgets no wake-up that comes just when a look ends', async () => {
    for (let turns = 0; turns < 6; turns++) {
      const { polling, ends } = controlled(undefined);
      polling.now();
      ends[0]?.succeed();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      polling.now();
      await pause(0);
      expect([turns, ends.length]).toEqual([turns, 2]);
      ends[1]?.succeed();
    }
  });

  it('looks further and further apart while looks fail, within a second, and as usual afterwards', async () => {
    const { polling, ends, startedAt } = controlled(20);
    polling.now();
    for (let count = 0; count < 8; count++) {
      while (ends.length <= count) await pause(1);
      ends[count]?.fail();
    }
    while (ends.length <= 8) await pause(1);
    ends[8]?.succeed();
    while (ends.length <= 9) await pause(1);
    const gaps = startedAt.slice(1).map((at, index) => at - (startedAt[index] ?? 0));
    // Timers never come early by more than a millisecond; how late they come is the machine's affair.
    const least = [40, 80, 160, 320, 640, 800, 800, 800, 20];
    expect(gaps.map((gap, index) => gap >= (least[index] ?? 0) - 2)).toEqual(least.map(() => true));
    expect(gaps[8]).toBeLessThan(800);
    const stopped = polling.stop();
    ends[9]?.succeed();
    await stopped;
  });

  it('waits for the look under way when it is stopped, and looks no more', async () => {
    const { polling, ends } = controlled(1);
    polling.now();
    let isStopped = false;
    const stopped = polling.stop().then(() => {
      isStopped = true;
    });
    await pause(5);
    expect(isStopped).toBe(false);
    ends[0]?.succeed();
    await stopped;
    polling.now();
    polling.soon();
    await pause(20);
    expect(ends).toHaveLength(1);
  });
});
