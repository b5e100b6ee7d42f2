// Readers that look at a model now and then: what they see must be as new as everybody knows it is.

import type { Random } from '../../support/random.ts';
import { ask } from './client.ts';
import type { LoggedEvent } from './event.ts';
import type { Findings } from './findings.ts';
import { type Asked, type ModelHistory, possibleStates } from './history.ts';
import { pause } from './pause.ts';

export interface Look extends Asked {
  readonly model: string;
  readonly head: string;
  readonly revision: number;
  readonly lastNumber: number;
  readonly server: string;
}

const LOOK = 'query($name: String!) { eventHead model(by: {name: $name}) { revision latestVersion { number } } }';
const CURRENT = 'reads on any server are as new as what was acknowledged, and as eventHead';

/** Looks until it is told to stop. */
export async function look(
  urls: readonly string[],
  models: () => readonly string[],
  random: Random,
  looks: Look[],
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    const model = random.pick(models());
    const server = random.pick(urls);
    const invokedAt = performance.now();
    const answer = await ask(server, LOOK, { name: model });
    const settledAt = performance.now();
    if (answer.is === 'done') {
      const { eventHead, model: seen } = answer.data;
      looks.push({
        model,
        server,
        invokedAt,
        settledAt,
        head: eventHead,
        revision: seen.revision,
        lastNumber: seen.latestVersion?.number ?? 0,
      });
    }
    await pause(random.between(10, 100), stop);
  }
}

export function checkLooks(
  looks: readonly Look[],
  log: readonly LoggedEvent[],
  histories: ReadonlyMap<string, ModelHistory>,
  findings: Findings,
): void {
  const positions = new Map(log.map(({ cursor, position }) => [cursor, position]));
  for (const seen of looks) {
    const history = histories.get(seen.model);
    if (!history) continue;
    const { first, last } = possibleStates(history, seen);
    const head = positions.get(seen.head) ?? 0;
    const told = history.groups.filter(({ events }) => (events.at(-1)?.position ?? 0) <= head).length;
    const states = history.states.slice(Math.max(first, told), last + 1);
    // Fields of one answer may be of different moments.
    const isPossible =
      states.some((state) => state?.revision === seen.revision) &&
      states.some((state) => (state?.lastNumber ?? 0) === seen.lastNumber);
    findings.expect(
      CURRENT,
      isPossible,
      () =>
        `${JSON.stringify(seen)} at position ${head}; possible were ${JSON.stringify(states.map((state) => [state?.revision, state?.lastNumber]))}`,
    );
  }
}
