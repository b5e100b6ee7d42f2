// The log itself: dense, in an order that everybody can have seen, and never with two versions in an exclusive stage.

import { tell } from './check-operations.ts';
import type { LoggedEvent } from './event.ts';
import type { Findings } from './findings.ts';
import type { ModelHistory } from './history.ts';
import type { Operation } from './operation.ts';
import { applied, factOf, holdersOf, type ModelState } from './reference.ts';

const DENSE = 'positions follow one another';
const TIMES = "a model's changes never go back in time";
const NUMBERS = "a model's versions are 1, 2, 3…";
const REAL_TIME = 'acknowledged before another began comes before it';
const EXCLUSIVE = 'an exclusive stage holds one version at most';

/** @param before how many events there were before the first of the log */
export function checkLog(
  log: readonly LoggedEvent[],
  operations: ReadonlyMap<string, Operation>,
  histories: ReadonlyMap<string, ModelHistory>,
  findings: Findings,
  before = 0,
): void {
  checkDense(log, findings, before);
  checkRealTime(log, operations, findings);
  for (const history of histories.values()) {
    checkModel(
      history.model,
      history.groups.flatMap(({ events }) => events),
      findings,
    );
    checkExclusive(history, findings);
  }
}

function checkDense(log: readonly LoggedEvent[], findings: Findings, before: number): void {
  for (const [index, { position }] of log.entries()) {
    findings.expect(
      DENSE,
      position === before + index + 1,
      () => `the event in place ${index + 1} has the position ${position}`,
    );
  }
}

function checkModel(model: string, events: readonly LoggedEvent[], findings: Findings): void {
  const subjects = new Set(events.map(({ subject }) => subject));
  findings.expect(TIMES, subjects.size === 1, () => `${model} was registered as several models`);
  let lastAt = '';
  let lastNumber = 0;
  for (const { at, type, number, position } of events) {
    findings.expect(TIMES, at >= lastAt, () => `${model}: ${at} at position ${position} comes after ${lastAt}`);
    lastAt = at;
    if (type !== 'VERSION_REGISTERED') continue;
    lastNumber += 1;
    findings.expect(NUMBERS, number === lastNumber, () => `${model}: ${number} at position ${position}`);
  }
}

/** Goes back through the log: nothing further on may have been acknowledged before what stands here was asked for. */
function checkRealTime(
  log: readonly LoggedEvent[],
  operations: ReadonlyMap<string, Operation>,
  findings: Findings,
): void {
  let soonest: { operation: Operation; position: number } | undefined;
  for (const { comment, position } of log.toReversed()) {
    const operation = comment === null ? undefined : operations.get(comment);
    if (!operation) continue;
    const later = soonest;
    findings.expect(
      REAL_TIME,
      !later || later.operation.settledAt >= operation.invokedAt,
      () =>
        `position ${position}, ${tell(operation)}, stands before ${later?.position}, ${later && tell(later.operation)}`,
    );
    const isSooner = !soonest || operation.settledAt < soonest.operation.settledAt;
    if (operation.outcome === 'acknowledged' && isSooner) soonest = { operation, position };
  }
}

/** After every single event, not only after every change. */
function checkExclusive({ model, groups }: ModelHistory, findings: Findings): void {
  let state: ModelState | undefined;
  for (const { operation, events } of groups) {
    for (const event of events) {
      const fact = factOf(event);
      if (!fact) continue;
      state = applied(state, fact, operation?.request);
      if (fact.type !== 'STAGE_CHANGED') continue;
      for (const stage of state.exclusiveStages) {
        const holders = holdersOf(state, stage);
        findings.expect(
          EXCLUSIVE,
          holders.length <= 1,
          () => `${model}: ${stage} holds ${holders.join(', ')} after position ${event.position}`,
        );
      }
    }
  }
}
