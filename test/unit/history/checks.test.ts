// The history checker itself: it finds nothing wrong with a right history, and each kind of fault in a wrong one.

import { describe, expect, it } from '@jest/globals';
import { checkLog } from '../../load/history/check-log.ts';
import { checkOperations } from '../../load/history/check-operations.ts';
import type { LoggedEvent } from '../../load/history/event.ts';
import { Findings } from '../../load/history/findings.ts';
import { historiesOf } from '../../load/history/history.ts';
import type { Operation, Request } from '../../load/history/operation.ts';
import { checkLooks } from '../../load/history/readers.ts';
import { checkStream, type Subscriber } from '../../load/history/subscribers.ts';

const model = 'churn';
const START = 'start';
const register: Request = { kind: 'registerVersion', model, createModel: false };
const promote = (number: number): Request => ({
  kind: 'promoteVersion',
  model,
  number,
  to: 'PRODUCTION',
  archiveExisting: true,
});

/** Operations one after the other, each settled before the next is asked for. */
function operationsOf(requests: readonly Request[]): Operation[] {
  return requests.map((request, index) => ({
    id: `op-${index + 1}`,
    request,
    hasKey: false,
    invokedAt: index * 10 + 1,
    settledAt: index * 10 + 5,
    outcome: 'acknowledged',
    attempts: 1,
    results: [],
    reason: '',
    blockings: [],
  }));
}

type Recorded = Pick<LoggedEvent, 'type' | 'number' | 'change' | 'stage' | 'description' | 'added'> & {
  readonly by: number;
};

function logOf(recorded: readonly Recorded[]): LoggedEvent[] {
  return recorded.map(({ by, ...event }, index) => ({
    ...event,
    cursor: `cursor ${index + 1}`,
    position: index + 1,
    at: `2026-01-01T00:00:00.00${by}Z`,
    comment: `op-${by}`,
    subject: 'subject',
    modelName: model,
  }));
}

const stageChange = (by: number, number: number, from: string, to: string): Recorded => ({
  by,
  type: 'STAGE_CHANGED',
  number,
  change: { id: `${by} ${number}`, from, to },
});
/** Two versions are registered and promoted one after the other. */
const REQUESTS: readonly Request[] = [
  { kind: 'registerModel', model, exclusiveStages: ['PRODUCTION'] },
  register,
  register,
  promote(1),
  promote(2),
];
const RECORDED: readonly Recorded[] = [
  { by: 1, type: 'MODEL_REGISTERED' },
  { by: 2, type: 'VERSION_REGISTERED', number: 1 },
  { by: 3, type: 'VERSION_REGISTERED', number: 2 },
  stageChange(4, 1, 'NONE', 'PRODUCTION'),
  stageChange(5, 1, 'PRODUCTION', 'ARCHIVED'),
  stageChange(5, 2, 'NONE', 'PRODUCTION'),
];

function check(recorded: readonly Recorded[], operations = operationsOf(REQUESTS), log = logOf(recorded)): string {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const histories = historiesOf(log, byId);
  const findings = new Findings();
  checkLog(log, byId, histories, findings);
  checkOperations(operations, histories, findings);
  return findings.violations === 0 ? 'nothing' : findings.report();
}

const without = (index: number) => RECORDED.toSpliced(index, 1);
const settled = (index: number, change: Partial<Operation>) =>
  operationsOf(REQUESTS).map((operation, at) => (at === index ? { ...operation, ...change } : operation));

describe('the history checker', () => {
  it('finds nothing wrong with a right history', () => {
    expect(check(RECORDED)).toBe('nothing');
  });

  it('finds an acknowledged mutation that is missing, and allows one of unknown outcome to be', () => {
    expect(check(without(3).slice(0, 3))).toContain('op-4');
    expect(check(RECORDED.slice(0, 4), settled(4, { outcome: 'unknown' }))).toBe('nothing');
    expect(check(RECORDED, settled(4, { outcome: 'unknown' }))).toBe('nothing');
  });

  it('finds half a promotion, whether it was acknowledged or not', () => {
    for (const outcome of ['acknowledged', 'unknown'] as const) {
      expect(check(without(4), settled(4, { outcome }))).toContain('recorded [{"type":"STAGE_CHANGED","number":2');
      expect(check(without(5), settled(4, { outcome }))).toContain('recorded [{"type":"STAGE_CHANGED","number":1');
    }
  });

  it('finds two versions in an exclusive stage', () => {
    expect(check(without(4))).toContain('PRODUCTION holds 1, 2');
    // In the right order only, even inside one change.
    expect(check([...RECORDED.slice(0, 4), RECORDED[5] as Recorded, RECORDED[4] as Recorded])).toContain('holds 1, 2');
  });

  it('finds what was done twice, done though refused, or done for nobody', () => {
    expect(check([...RECORDED, stageChange(4, 1, 'ARCHIVED', 'PRODUCTION')])).toContain('2 times');
    expect(check(RECORDED, settled(3, { outcome: 'refused' }))).toContain('was refused');
    expect(check([...RECORDED, stageChange(9, 1, 'ARCHIVED', 'NONE')])).toContain('nobody asked');
  });

  it('finds refusals and empty answers that no moment explains', () => {
    const again = [...operationsOf([...REQUESTS, promote(2)])];
    expect(check(RECORDED, again)).toBe('nothing');
    const refused = again.map((operation, index) =>
      index === 5 ? { ...operation, outcome: 'refused' as const } : operation,
    );
    expect(check(RECORDED, refused)).toContain('refused for no reason');
  });

  it('finds a promotion past a gate, and one that was blocked without one or told of another', () => {
    const gate: Request = { kind: 'addGate', model, stage: 'PRODUCTION', gate: 'accurate' };
    const description = 'accuracy must be at least 0.5.';
    const made = (accuracy: number): Request => ({ ...register, run: { id: 'run', accuracy } }) as Request;
    const changed = (by: number, added: boolean): Recorded => ({
      by,
      type: 'PROMOTION_GATE_CHANGED',
      stage: 'PRODUCTION',
      description,
      added,
    });
    const before: Recorded[] = [...RECORDED.slice(0, 2), changed(3, true)];
    const requests = (accuracy: number) => [REQUESTS[0] as Request, made(accuracy), gate, promote(1)];
    const promoted = [...before, stageChange(4, 1, 'NONE', 'PRODUCTION')];
    expect(check(promoted, operationsOf(requests(0.6)))).toBe('nothing');
    expect(check(promoted, operationsOf(requests(0.4)))).toContain('should be refused');
    const blocked = (accuracy: number, told = `PRODUCTION: ${description}`) =>
      operationsOf(requests(accuracy)).map((operation, index) =>
        index === 3 ? { ...operation, outcome: 'refused' as const, blockings: [[told]] } : operation,
      );
    expect(check(before, blocked(0.4))).toBe('nothing');
    expect(check(before, blocked(0.4, 'another'))).toContain('was told of another');
    expect(check(before, blocked(0.6))).toContain('refused for no reason');
    expect(check(promoted, blocked(0.6))).toContain('was refused');
    const removal: Request = { ...gate, kind: 'removeGate', id: 'gate' } as Request;
    const afterwards = [...before, changed(4, false), stageChange(5, 1, 'NONE', 'PRODUCTION')];
    const withRemoval = [...requests(0.4).slice(0, 3), removal, promote(1)];
    expect(check(afterwards, operationsOf(withRemoval))).toBe('nothing');
  });

  it('finds gaps between positions and versions, and times that go back', () => {
    const log = logOf(RECORDED);
    const shifted = log.map((event) => (event.position > 3 ? { ...event, position: event.position + 1 } : event));
    expect(check(RECORDED, undefined, shifted)).toContain('has the position 5');
    expect(check(RECORDED.with(2, { by: 3, type: 'VERSION_REGISTERED', number: 3 }))).toContain('churn: 3 at position');
    const late = log.map((event) => (event.position === 2 ? { ...event, at: '2027-01-01T00:00:00.000Z' } : event));
    expect(check(RECORDED, undefined, late)).toContain('comes after 2027');
  });

  it('finds an order that somebody knows to be another', () => {
    const other: Request = { kind: 'registerModel', model: 'fraud', exclusiveStages: [] };
    const log = logOf([{ by: 2, type: 'MODEL_REGISTERED' }, RECORDED[0] as Recorded]);
    const ofTwo = log.map((event, index) => (index === 0 ? { ...event, modelName: 'fraud', subject: 'other' } : event));
    const operations = operationsOf([REQUESTS[0] as Request, other]);
    expect(check([], operations, ofTwo)).toContain('stands before 2');
    const overlapping = operations.map((operation) => ({ ...operation, invokedAt: 0, settledAt: 9 }));
    expect(check([], overlapping, ofTwo)).toBe('nothing');
  });

  it('finds answers that say something else than the log', () => {
    expect(check(RECORDED, settled(1, { results: [{ number: 2 }] }))).toContain('was answered');
    const changes = ['5 1', '5 2'];
    expect(check(RECORDED, settled(4, { results: [{ number: 2, changes }] }))).toBe('nothing');
    expect(check(RECORDED, settled(4, { results: [{ number: 2, changes: ['5 2'] }] }))).toContain('was answered');
  });

  it('finds reads that are older than what was acknowledged', () => {
    const log = logOf(RECORDED);
    const operations = operationsOf(REQUESTS);
    const histories = historiesOf(log, new Map(operations.map((operation) => [operation.id, operation])));
    const seen = { model, head: START, server: '', revision: 1, lastNumber: 1 };
    const violations = (look: Partial<Parameters<typeof checkLooks>[0][number]>) => {
      const findings = new Findings();
      checkLooks([{ ...seen, invokedAt: 16, settledAt: 17, ...look }], log, histories, findings);
      return findings.violations;
    };
    expect(violations({})).toBe(0);
    expect(violations({ lastNumber: 0 })).toBe(1);
    expect(violations({ invokedAt: 26, settledAt: 27 })).toBe(1);
    expect(violations({ settledAt: 27, head: 'cursor 3' })).toBe(1);
  });
});

describe('the check of a stream', () => {
  const log = logOf(RECORDED);
  const violations = (...segments: Subscriber['segments']) => {
    const findings = new Findings();
    checkStream({ name: 'one', transport: 'socket', selection: {}, segments }, START, log, findings);
    return findings.violations;
  };

  it('accepts what is repeated at a resume', () => {
    expect(violations({ after: START, received: log })).toBe(0);
    expect(violations({ after: START, received: log.slice(0, 4) }, { after: 'cursor 2', received: log.slice(2) })).toBe(
      0,
    );
  });

  it('finds what is missing, doubled, swapped, changed or never came', () => {
    const [first, second, ...rest] = log as [LoggedEvent, LoggedEvent, ...LoggedEvent[]];
    const wrong: LoggedEvent[][] = [
      [first, ...rest],
      [first, first, second, ...rest],
      [second, first, ...rest],
      [{ ...first, comment: 'another' }, second, ...rest],
      log.slice(0, -1),
    ];
    for (const received of wrong) expect(violations({ after: START, received })).toBeGreaterThan(0);
    expect(
      violations({ after: START, received: [first] }, { after: 'cursor 2', received: rest.slice(1) }),
    ).toBeGreaterThan(0);
  });
});
