// The gates that writers add and remove, and whether a version meets one: the rules once more, plainly.

import type { Stage } from './operation.ts';
import { holdersOf, type ModelState, type VersionState } from './reference.ts';

interface GateOfKind {
  /** As the mutation takes it. */
  readonly input: Readonly<Record<string, unknown>>;
  /** As events and answers describe it. */
  describe(stage: Stage): string;
  isMet(version: VersionState, state: ModelState, stage: Stage): boolean;
}

const LEAST_ACCURACY = 0.5;
/** What versions that were looked at carry. */
export const CHECKED = { key: 'checked', value: 'yes' };

export const GATES = {
  accurate: {
    input: { metric: { key: 'accuracy', comparison: 'GTE', threshold: LEAST_ACCURACY } },
    describe: () => `accuracy must be at least ${LEAST_ACCURACY}.`,
    isMet: ({ accuracy }) => accuracy !== undefined && accuracy >= LEAST_ACCURACY,
  },
  better: {
    input: { metric: { key: 'accuracy', comparison: 'GT', relativeToCurrent: true } },
    describe: (stage) => `accuracy must be greater than that of the version now in ${stage}.`,
    isMet: ({ accuracy }, state, stage) =>
      accuracy !== undefined &&
      holdersOf(state, stage).every((holder) => {
        const current = state.versions.get(holder)?.accuracy;
        return current !== undefined && accuracy > current;
      }),
  },
  checked: {
    input: { requiredTag: CHECKED },
    describe: () => `The tag "${CHECKED.key}" must be "${CHECKED.value}".`,
    isMet: ({ isChecked }) => isChecked === true,
  },
  staged: {
    input: { requiredPriorStage: 'STAGING' },
    describe: () => 'The version must have been in STAGING before.',
    isMet: ({ stages }) => stages.includes('STAGING'),
  },
} as const satisfies Readonly<Record<string, GateOfKind>>;

export type GateKind = keyof typeof GATES;
export const GATE_KINDS = Object.keys(GATES) as GateKind[];

/** How a gate stands in a state: no stage has two that ask the same. */
export function gateText(stage: Stage, description: string): string {
  return `${stage}: ${description}`;
}

export function gateOf(stage: Stage, kind: GateKind): string {
  return gateText(stage, GATES[kind].describe(stage));
}

/** The gates before a stage that a version does not meet. */
export function failingGates(state: ModelState, version: VersionState, to: Stage): string[] {
  return GATE_KINDS.filter((kind) => state.gates.has(gateOf(to, kind)) && !GATES[kind].isMet(version, state, to)).map(
    (kind) => gateOf(to, kind),
  );
}
