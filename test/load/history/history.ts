// The log, model by model: which events each operation recorded together, and the state after each of them.

import type { LoggedEvent } from './event.ts';
import type { Operation } from './operation.ts';
import { applied, factOf, type ModelState } from './reference.ts';

/** The events of a model that follow one another and come from one operation. */
export interface Group {
  readonly operation: Operation | undefined;
  readonly events: readonly LoggedEvent[];
}

export interface ModelHistory {
  readonly model: string;
  readonly groups: readonly Group[];
  /** The state before the first group, then after each. */
  readonly states: readonly (ModelState | undefined)[];
}

export function historiesOf(
  log: readonly LoggedEvent[],
  operations: ReadonlyMap<string, Operation>,
): ReadonlyMap<string, ModelHistory> {
  const histories = new Map<string, ModelHistory>();
  for (const [model, events] of Map.groupBy(log, ({ modelName }) => modelName)) {
    const groups = groupsOf(events, operations);
    const states: (ModelState | undefined)[] = [undefined];
    for (const { operation, events: own } of groups) {
      let state = states.at(-1);
      for (const event of own) {
        const fact = factOf(event);
        if (fact) state = applied(state, fact, operation?.request);
      }
      states.push(state);
    }
    histories.set(model, { model, groups, states });
  }
  return histories;
}

function groupsOf(events: readonly LoggedEvent[], operations: ReadonlyMap<string, Operation>): Group[] {
  const groups: { operation: Operation | undefined; events: LoggedEvent[] }[] = [];
  // A model that a registration of a version creates has no comment; it belongs to what follows.
  let nameless: LoggedEvent[] = [];
  for (const event of events) {
    if (event.comment === null) {
      nameless.push(event);
      continue;
    }
    const last = groups.at(-1);
    if (nameless.length === 0 && last?.operation?.id === event.comment) last.events.push(event);
    else groups.push({ operation: operations.get(event.comment), events: [...nameless, event] });
    nameless = [];
  }
  if (nameless.length > 0) groups.push({ operation: undefined, events: nameless });
  return groups;
}

/** Something that was asked about a model, and when. */
export interface Asked {
  readonly invokedAt: number;
  readonly settledAt: number;
}

/**
 * The states that a model may have been in when it was asked, by what everybody knows of the order: at least as new as
 * what was acknowledged before, and without what was asked for only afterwards.
 */
export function possibleStates({ groups, states }: ModelHistory, { invokedAt, settledAt }: Asked): Possible {
  let first = 0;
  let last = groups.length;
  for (const [index, { operation }] of groups.entries()) {
    if (!operation) continue;
    if (operation.outcome === 'acknowledged' && operation.settledAt < invokedAt) first = index + 1;
    if (operation.invokedAt > settledAt) last = Math.min(last, index);
  }
  return { first, last, states: states.slice(first, last + 1) };
}

export interface Possible {
  /** Indices into the states of the history. */
  readonly first: number;
  readonly last: number;
  readonly states: readonly (ModelState | undefined)[];
}
