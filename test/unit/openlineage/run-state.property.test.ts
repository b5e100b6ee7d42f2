// What the events of a run say together does not depend on their order, nor on how often they come.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkEvent } from '../../../src/adapters/openlineage/check-event.ts';
import { RunState } from '../../../src/adapters/openlineage/run-state.ts';
import { anyRunEvents } from '../../support/openlineage-events.ts';

const RUN = '11111111-1111-4111-8111-111111111111';

function stateOf(events: readonly unknown[]): string {
  let kept = '';
  for (const event of events) {
    const checked = checkEvent(event);
    if (checked.kind !== 'run') throw new Error('These are events of a run.');
    // As between two deliveries: what is known lies in the text.
    const state = RunState.from(kept);
    state.add(checked);
    kept = state.toString();
  }
  return kept;
}

describe('what the events of a run say together', () => {
  const eventsAndOrders = anyRunEvents([RUN]).chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray([...events.keys(), ...events.keys()], { minLength: events.length * 2 }),
    ),
  );

  it('is the same in every order, however often they come', () => {
    fc.assert(
      fc.property(eventsAndOrders, ([events, order]) => {
        expect(stateOf(order.map((index) => events[index]))).toBe(stateOf(events));
      }),
      { numRuns: 300 },
    );
  });
});
