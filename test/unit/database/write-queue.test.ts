// The queue in front of the writers.

import { describe, expect, it } from '@jest/globals';
import { WriteQueue } from '../../../src/database/write-queue.ts';

function deferred() {
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { done, finish };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a write queue', () => {
  it('runs one at a time, in the order they came', async () => {
    const queue = new WriteQueue(1);
    const order: string[] = [];
    const run = (name: string) =>
      queue.run(async () => {
        order.push(`${name} begins`);
        await settle();
        order.push(`${name} ends`);
      });
    await Promise.all([run('a'), run('b'), run('c')]);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('runs as many at once as it is wide', async () => {
    const queue = new WriteQueue(2);
    const gates = [deferred(), deferred(), deferred()];
    const begun: number[] = [];
    const all = gates.map((gate, index) =>
      queue.run(async () => {
        begun.push(index);
        await gate.done;
      }),
    );
    await settle();
    expect(begun).toEqual([0, 1]);
    gates[1]?.finish();
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    for (const gate of gates) gate.finish();
    await Promise.all(all);
  });

  it('hands its place on after a failure, and gives the failure to who asked', async () => {
    const queue = new WriteQueue(1);
    const failing = queue.run(async () => {
      throw new Error('no');
    });
    const next = queue.run(async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });

  it('lets nobody slip in before the next in line', async () => {
    const queue = new WriteQueue(1);
    const order: string[] = [];
    const first = queue.run(async () => void order.push('first'));
    const second = queue.run(async () => void order.push('second'));
    const third = first.then(() => queue.run(async () => void order.push('third')));
    await Promise.all([second, third]);
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it('is idle once everything in it has run', async () => {
    const queue = new WriteQueue(1);
    await queue.idle();
    let count = 0;
    for (let i = 0; i < 5; i++) {
      void queue.run(async () => {
        await settle();
        count++;
      });
    }
    await queue.idle();
    expect(count).toBe(5);
  });
});
