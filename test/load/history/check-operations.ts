// What was acknowledged is there once, what was not is there whole or not at all, and every change follows the rules.

import type { Findings } from './findings.ts';
import { type Group, type ModelHistory, possibleStates } from './history.ts';
import type { Operation } from './operation.ts';
import { blockedBy, effectsOf, factOf } from './reference.ts';

const PRESENT = 'acknowledged mutations are present, once';
const WHOLE = 'changes are whole, and by the rules';
const NOTHING = 'what was refused or changed nothing left nothing';
const GATED = 'a blocked promotion names just the gates that it does not meet';
const SAME = 'answers say what was recorded, each time the same';

export function checkOperations(
  operations: readonly Operation[],
  histories: ReadonlyMap<string, ModelHistory>,
  findings: Findings,
): void {
  const groupsByOperation = new Map<Operation, Group[]>();
  for (const history of histories.values()) {
    for (const [index, group] of history.groups.entries()) {
      checkGroup(history, index, group, findings);
      if (!group.operation) continue;
      const known = groupsByOperation.get(group.operation);
      if (known) known.push(group);
      else groupsByOperation.set(group.operation, [group]);
    }
  }
  for (const operation of operations) {
    const groups = groupsByOperation.get(operation) ?? [];
    if (groups.length > 1) findings.violation(PRESENT, `${tell(operation)} is in the log ${groups.length} times`);
    else if (groups[0]) checkPresent(operation, groups[0], findings);
    else checkAbsent(operation, histories.get(operation.request.model), findings);
  }
}

/** A group is just what its request does to the state before it. */
function checkGroup({ model, states }: ModelHistory, index: number, group: Group, findings: Findings): void {
  const { operation, events } = group;
  const recorded = JSON.stringify(events.map(factOf));
  const where = `${model}, positions ${events.map(({ position }) => position).join(', ')}`;
  if (!operation) {
    findings.violation(WHOLE, `nobody asked for ${recorded} (${where})`);
    return;
  }
  const expected = effectsOf(operation.request, states[index]);
  const shouldBe = expected ? JSON.stringify(expected) : 'refused';
  findings.expect(
    WHOLE,
    recorded === shouldBe,
    () => `${tell(operation)} recorded ${recorded}, should be ${shouldBe} (${where})`,
  );
  findings.expect(
    WHOLE,
    new Set(events.map(({ at }) => at)).size === 1,
    () => `${tell(operation)} has events of several times (${where})`,
  );
}

function checkPresent(operation: Operation, { events }: Group, findings: Findings): void {
  if (operation.outcome === 'refused') {
    findings.violation(NOTHING, `${tell(operation)} was refused (${operation.reason}), and is in the log`);
  }
  if (operation.outcome !== 'acknowledged') return;
  findings.checked(PRESENT);
  const changes = events.flatMap(({ change }) => (change ? [change.id] : []));
  const { kind } = operation.request;
  const [{ gate } = {}] = operation.results;
  for (const result of operation.results) {
    findings.expect(SAME, result.gate === gate, () => `${tell(operation)} was told of ${gate} and ${result.gate}`);
    const isTrue =
      kind === 'registerVersion'
        ? events.some((event) => event.type === 'VERSION_REGISTERED' && event.number === result.number)
        : kind !== 'promoteVersion' || JSON.stringify(result.changes) === JSON.stringify(changes);
    findings.expect(
      SAME,
      isTrue,
      () => `${tell(operation)} was answered ${JSON.stringify(result)}, recorded is ${JSON.stringify(events)}`,
    );
  }
}

/** Nothing is recorded: there was a moment when that was right. */
function checkAbsent(operation: Operation, history: ModelHistory | undefined, findings: Findings): void {
  const { outcome, request, results } = operation;
  if (outcome === 'unknown') return;
  const states = history ? possibleStates(history, operation).states : [undefined];
  if (outcome === 'refused') {
    const isRight = states.some((state) => effectsOf(request, state) === undefined);
    findings.expect(NOTHING, isRight, () => `${tell(operation)} was refused for no reason: ${operation.reason}`);
    for (const told of operation.blockings) {
      const isTold = states.some(
        (state) => JSON.stringify(blockedBy(request, state)?.toSorted()) === JSON.stringify(told),
      );
      findings.expect(GATED, isTold, () => `${tell(operation)} was told of ${told.join(' ')}`);
    }
    return;
  }
  const isRight = states.some((state) => effectsOf(request, state)?.length === 0);
  findings.expect(PRESENT, isRight, () => `${tell(operation)} was acknowledged, and is not in the log`);
  for (const result of results) {
    findings.expect(
      SAME,
      (result.changes ?? []).length === 0,
      () => `${tell(operation)} was answered ${JSON.stringify(result)}, and nothing is recorded`,
    );
  }
}

export function tell({ id, request, hasKey, outcome, attempts, invokedAt, settledAt, reason }: Operation): string {
  const how = `${hasKey ? 'with' : 'without'} a key, ${attempts} attempts, ${outcome}${reason && `: ${reason}`}`;
  return `${id} ${JSON.stringify(request)} (${how}, ${Math.round(invokedAt)}–${Math.round(settledAt)} ms)`;
}
