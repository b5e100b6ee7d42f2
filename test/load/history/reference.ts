// What the registry's rules say of one model, written once more and plainly: what a request does to a state, or that it is refused.

import type { LoggedEvent } from './event.ts';
import { failingGates, gateOf, gateText } from './gates.ts';
import type { Request, Stage } from './operation.ts';

export interface VersionState {
  readonly stage: Stage;
  readonly revision: number;
  /** All that it has been in. */
  readonly stages: readonly Stage[];
  readonly accuracy?: number | undefined;
  readonly isChecked?: boolean | undefined;
}

export interface ModelState {
  readonly exclusiveStages: readonly Stage[];
  readonly revision: number;
  readonly lastNumber: number;
  readonly versions: ReadonlyMap<number, VersionState>;
  readonly aliases: ReadonlyMap<string, number>;
  readonly tags: ReadonlyMap<string, string>;
  /** Those in force, as stage and description. */
  readonly gates: ReadonlySet<string>;
}

/** An event without what only the server can know, such as its time. */
export type Fact =
  | { readonly type: 'MODEL_REGISTERED' }
  | { readonly type: 'MODEL_UPDATED'; readonly field: string; readonly from: string | null; readonly to: string | null }
  | { readonly type: 'VERSION_REGISTERED'; readonly number: number }
  | { readonly type: 'STAGE_CHANGED'; readonly number: number; readonly from: string; readonly to: string }
  | {
      readonly type: 'PROMOTION_GATE_CHANGED';
      readonly gate: string;
      readonly added: boolean;
    }
  | {
      readonly type: 'ALIAS_CHANGED';
      readonly alias: string;
      readonly from: number | null;
      readonly to: number | null;
    };

const MAKING_WAY: readonly Stage[] = ['STAGING', 'PRODUCTION'];
const BY_DEFAULT: readonly Stage[] = ['PRODUCTION'];

/** The facts that a request records on a model in a state, none where it changes nothing; undefined where it is refused. */
export function effectsOf(request: Request, state: ModelState | undefined): readonly Fact[] | undefined {
  if (request.kind === 'registerModel') return state ? undefined : [{ type: 'MODEL_REGISTERED' }];
  if (request.kind === 'registerVersion') return registration(request, state);
  if (!state) return undefined;
  switch (request.kind) {
    case 'promoteVersion':
      return promotion(request, state);
    case 'addGate': {
      const gate = gateOf(request.stage, request.gate);
      return state.gates.has(gate) ? [] : [{ type: 'PROMOTION_GATE_CHANGED', gate, added: true }];
    }
    case 'removeGate': {
      const gate = gateOf(request.stage, request.gate);
      return state.gates.has(gate) ? [{ type: 'PROMOTION_GATE_CHANGED', gate, added: false }] : undefined;
    }
    case 'setAlias':
      if (!state.versions.has(request.number)) return undefined;
      return aliasMoved(state, request.alias, request.number);
    case 'removeAlias':
      return state.aliases.has(request.alias) ? aliasMoved(state, request.alias, null) : undefined;
    case 'updateModel': {
      const { tag, expectedRevision = state.revision } = request;
      if (expectedRevision !== state.revision) return undefined;
      const from = state.tags.get(tag.key) ?? null;
      return from === tag.value ? [] : [{ type: 'MODEL_UPDATED', field: `tags.${tag.key}`, from, to: tag.value }];
    }
  }
}

type RequestOf<K extends Request['kind']> = Extract<Request, { kind: K }>;

function registration(
  { createModel, alias }: RequestOf<'registerVersion'>,
  state: ModelState | undefined,
): readonly Fact[] | undefined {
  if (!state && !createModel) return undefined;
  const number = (state?.lastNumber ?? 0) + 1;
  return [
    ...(state ? [] : [{ type: 'MODEL_REGISTERED' } as const]),
    { type: 'VERSION_REGISTERED', number },
    ...(alias === undefined ? [] : aliasMoved(state, alias, number)),
  ];
}

function promotion(
  { number, to, archiveExisting, expectedRevision }: RequestOf<'promoteVersion'>,
  state: ModelState,
): readonly Fact[] | undefined {
  const version = state.versions.get(number);
  if (!version || (expectedRevision ?? version.revision) !== version.revision) return undefined;
  if (version.stage === to) return [];
  if (failingGates(state, version, to).length > 0) return undefined;
  const holders = MAKING_WAY.includes(to) ? holdersOf(state, to) : [];
  if (!archiveExisting && holders.length > 0 && state.exclusiveStages.includes(to)) return undefined;
  const archived = archiveExisting ? holders : [];
  return [
    ...archived.map((holder) => ({ type: 'STAGE_CHANGED', number: holder, from: to, to: 'ARCHIVED' }) as const),
    { type: 'STAGE_CHANGED', number, from: version.stage, to },
  ];
}

/** The gates that block a promotion in a state; undefined where it does not come to them. */
export function blockedBy(request: Request, state: ModelState | undefined): readonly string[] | undefined {
  if (request.kind !== 'promoteVersion' || !state) return undefined;
  const { number, to, expectedRevision } = request;
  const version = state.versions.get(number);
  if (!version || (expectedRevision ?? version.revision) !== version.revision || version.stage === to) return undefined;
  return failingGates(state, version, to);
}

/** The versions in a stage, by number. */
export function holdersOf(state: ModelState, stage: Stage): number[] {
  return [...state.versions].filter(([, version]) => version.stage === stage).map(([number]) => number);
}

function aliasMoved(state: ModelState | undefined, alias: string, to: number | null): readonly Fact[] {
  const from = state?.aliases.get(alias) ?? null;
  return from === to ? [] : [{ type: 'ALIAS_CHANGED', alias, from, to }];
}

/** The state that a fact leads to. Facts that contradict the state are taken as they are: they have been found by then. */
export function applied(state: ModelState | undefined, fact: Fact, request?: Request): ModelState {
  const before = state ?? {
    exclusiveStages: request?.kind === 'registerModel' ? request.exclusiveStages : BY_DEFAULT,
    revision: 1,
    lastNumber: 0,
    versions: new Map(),
    aliases: new Map(),
    tags: new Map(),
    gates: new Set(),
  };
  switch (fact.type) {
    case 'MODEL_REGISTERED':
      return before;
    case 'MODEL_UPDATED':
      return {
        ...before,
        revision: before.revision + 1,
        tags: withEntry(before.tags, fact.field.replace(/^tags\./, ''), fact.to),
      };
    case 'VERSION_REGISTERED':
      return {
        ...before,
        lastNumber: fact.number,
        versions: withEntry(before.versions, fact.number, {
          stage: 'NONE',
          revision: 1,
          stages: ['NONE'],
          ...(request?.kind === 'registerVersion' && { accuracy: request.run?.accuracy, isChecked: request.isChecked }),
        }),
      };
    case 'PROMOTION_GATE_CHANGED': {
      const gates = new Set(before.gates);
      if (fact.added) gates.add(fact.gate);
      else gates.delete(fact.gate);
      return { ...before, revision: before.revision + 1, gates };
    }
    case 'STAGE_CHANGED': {
      const moved = before.versions.get(fact.number);
      const to = fact.to as Stage;
      const version = {
        ...moved,
        stage: to,
        revision: (moved?.revision ?? 1) + 1,
        stages: [...(moved?.stages ?? []), to],
      };
      return { ...before, versions: withEntry(before.versions, fact.number, version) };
    }
    case 'ALIAS_CHANGED':
      return { ...before, revision: before.revision + 1, aliases: withEntry(before.aliases, fact.alias, fact.to) };
  }
}

/** A copy of a map with one entry set, or removed where it is null. Entries keep their places. */
function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | null): ReadonlyMap<K, V> {
  const copy = new Map(map);
  if (value === null) copy.delete(key);
  else copy.set(key, value);
  return copy;
}

/** What an event says, as a fact; undefined for one that no writer of this check asks for. */
export function factOf(event: LoggedEvent): Fact | undefined {
  switch (event.type) {
    case 'MODEL_REGISTERED':
      return { type: event.type };
    case 'MODEL_UPDATED': {
      const [change, ...more] = event.changes ?? [];
      return change && more.length === 0 ? { type: event.type, ...change } : undefined;
    }
    case 'VERSION_REGISTERED':
      return { type: event.type, number: event.number ?? 0 };
    case 'STAGE_CHANGED':
      return {
        type: event.type,
        number: event.number ?? 0,
        from: event.change?.from ?? '',
        to: event.change?.to ?? '',
      };
    case 'PROMOTION_GATE_CHANGED':
      return {
        type: event.type,
        gate: gateText(event.stage as Stage, event.description ?? ''),
        added: event.added === true,
      };
    case 'ALIAS_CHANGED':
      return {
        type: event.type,
        alias: event.alias ?? '',
        from: event.fromNumber ?? null,
        to: event.toNumber ?? null,
      };
    default:
      return undefined;
  }
}
