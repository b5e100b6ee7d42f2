// What happens to the log and to its cursors when old events are removed.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../support/manual-clock.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { headOf, Subscriber } from '../support/subscriber.ts';

const HOUR = 3_600_000;

describe('the retention of events', () => {
  const clock = new ManualClock();
  let registry: TestRegistry;
  let start: string;
  const cursors: string[] = [];
  beforeAll(async () => {
    registry = await startRegistry({ clock });
    start = await headOf(registry);
    for (let index = 1; index <= 6; index++) {
      await registry.ask('mutation($name: String!) { registerModel(input: {name: $name}) { model { id } } }', {
        name: `m${index}`,
      });
      cursors.push(await headOf(registry));
      clock.advance(HOUR);
    }
    await registry.app.events.removeBefore(clock.now() - 3 * HOUR - 1);
  });
  afterAll(() => registry.stop());

  const positions = async (after?: string) => {
    const query = 'query($after: String) { events(after: $after) { nodes { position } } }';
    const { data, errors } = await registry.send(query, { after });
    return errors ? errors[0]?.extensions : data.events.nodes.map((node: { position: number }) => node.position);
  };

  it('keeps the positions of what is left, and goes on counting', async () => {
    expect(await positions()).toEqual([4, 5, 6]);
    await registry.ask('mutation { registerModel(input: {name: "m7"}) { model { id } } }');
    expect(await positions()).toEqual([4, 5, 6, 7]);
  });

  it('tells who comes with a cursor that is too old what to do', async () => {
    expect(await positions(start)).toMatchObject({ code: 'CURSOR_EXPIRED', field: 'after' });
    expect(await positions(cursors[1])).toMatchObject({ code: 'CURSOR_EXPIRED' });
    const { errors } = await registry.send('query($after: String) { events(after: $after) { nodes { position } } }', {
      after: start,
    });
    expect(errors?.[0]?.message).toContain('eventHead');
    for (const after of [start, cursors[0]]) {
      const subscriber = new Subscriber(
        registry,
        'subscription($after: String) { events(after: $after) { position } }',
        {
          after,
        },
      );
      await subscriber.done();
      expect(subscriber.errors).toMatchObject([{ extensions: { code: 'CURSOR_EXPIRED', field: 'after' } }]);
      expect(subscriber.received).toEqual([]);
      subscriber.stop();
    }
  });

  it('takes a cursor after which everything is kept, though its own event is not', async () => {
    expect(await positions(cursors[2])).toEqual([4, 5, 6, 7]);
  });

  it('goes on from the head after everything was removed', async () => {
    await registry.app.events.removeBefore(clock.now() + 1);
    expect(await positions()).toEqual([]);
    const head = await headOf(registry);
    expect(await positions(head)).toEqual([]);
    expect(await positions(cursors[5])).toMatchObject({ code: 'CURSOR_EXPIRED' });
    await registry.ask('mutation { registerModel(input: {name: "m8"}) { model { id } } }');
    expect(await positions(head)).toEqual([8]);
  });
});
