// What writers ask for, and what they remember of it.

import { CHECKED, GATES, type GateKind } from './gates.ts';

export type Stage = 'NONE' | 'STAGING' | 'PRODUCTION' | 'ARCHIVED';
export const STAGES: readonly Stage[] = ['NONE', 'STAGING', 'PRODUCTION', 'ARCHIVED'];

/** One mutation as it is asked for. `model` is its subject's name. */
export type Request =
  | { readonly kind: 'registerModel'; readonly model: string; readonly exclusiveStages: readonly Stage[] }
  | {
      readonly kind: 'registerVersion';
      readonly model: string;
      readonly alias?: string;
      readonly createModel: boolean;
      /** The run that made it, with the accuracy it logged. */
      readonly run?: { readonly id: string; readonly accuracy: number };
      readonly isChecked?: boolean;
    }
  | {
      readonly kind: 'promoteVersion';
      readonly model: string;
      readonly number: number;
      readonly to: Stage;
      readonly archiveExisting: boolean;
      readonly expectedRevision?: number;
    }
  | { readonly kind: 'addGate'; readonly model: string; readonly stage: Stage; readonly gate: GateKind }
  | {
      readonly kind: 'removeGate';
      readonly model: string;
      readonly stage: Stage;
      readonly gate: GateKind;
      /** Nobody else asks for the removal of the gate with this id. */
      readonly id: string;
    }
  | { readonly kind: 'setAlias'; readonly model: string; readonly alias: string; readonly number: number }
  | { readonly kind: 'removeAlias'; readonly model: string; readonly alias: string }
  | {
      readonly kind: 'updateModel';
      readonly model: string;
      readonly tag: { readonly key: string; readonly value: string };
      readonly expectedRevision?: number;
    };

/**
 * What became of it. `acknowledged`: it was done, says the answer. `refused`: it was not, says the only answer that came.
 * `unknown`: an attempt got no answer, and none said that it was done.
 */
export type Outcome = 'acknowledged' | 'refused' | 'unknown';

export interface Operation {
  /** Its comment, which its events carry. */
  readonly id: string;
  readonly request: Request;
  readonly hasKey: boolean;
  /** On the one clock of this process, milliseconds: before the first attempt was sent, after the last answer came. */
  readonly invokedAt: number;
  settledAt: number;
  outcome: Outcome;
  attempts: number;
  /** What the answers that acknowledge it say, without what may have changed since: all of them the same. */
  results: OperationResult[];
  /** Why it was refused, or not answered. */
  reason: string;
  /** The gates that each blocked attempt was told of. */
  blockings: (readonly string[])[];
}

/** The parts of an answer that a change brought about once and for all. */
export interface OperationResult {
  readonly number?: number;
  /** Ids of the recorded stage changes, the promotion's own last. */
  readonly changes?: readonly string[];
  /** The id of the gate. */
  readonly gate?: string;
}

/** The mutation that carries a request out. */
export const DOCUMENTS: Readonly<Record<Request['kind'], string>> = {
  registerModel: 'mutation($input: RegisterModelInput!) { answer: registerModel(input: $input) { model { id } } }',
  registerVersion:
    'mutation($input: RegisterVersionInput!) { answer: registerVersion(input: $input) { version { number } } }',
  promoteVersion: `mutation($input: PromoteVersionInput!) { answer: promoteVersion(input: $input) {
    __typename ... on VersionPromoted { version { number } change { id } archived { id } }
    ... on PromotionBlocked { failures { message gate { stage description } } } } }`,
  addGate: 'mutation($input: AddPromotionGateInput!) { answer: addPromotionGate(input: $input) { gate { id } } }',
  removeGate:
    'mutation($input: RemovePromotionGateInput!) { answer: removePromotionGate(input: $input) { model { id } } }',
  setAlias: 'mutation($input: SetAliasInput!) { answer: setAlias(input: $input) { alias { alias } } }',
  removeAlias: 'mutation($input: RemoveAliasInput!) { answer: removeAlias(input: $input) { model { id } } }',
  updateModel: 'mutation($input: UpdateModelInput!) { answer: updateModel(input: $input) { model { id } } }',
};

export function inputOf(request: Request): Record<string, unknown> {
  const model = { name: request.model };
  switch (request.kind) {
    case 'registerModel':
      return { name: request.model, exclusiveStages: request.exclusiveStages };
    case 'registerVersion':
      return {
        model,
        createModel: request.createModel,
        alias: request.alias,
        run: request.run?.id,
        ...(request.isChecked && { tags: [CHECKED] }),
      };
    case 'promoteVersion': {
      const { number, to, archiveExisting, expectedRevision } = request;
      return { version: { uri: `models:/${request.model}/${number}` }, to, archiveExisting, expectedRevision };
    }
    case 'addGate':
      return { model, stage: request.stage, gate: GATES[request.gate].input };
    case 'removeGate':
      return { gate: request.id };
    case 'setAlias':
      return { model, alias: request.alias, number: request.number };
    case 'removeAlias':
      return { model, alias: request.alias };
    case 'updateModel':
      return { model, setTags: [request.tag], expectedRevision: request.expectedRevision };
  }
}
