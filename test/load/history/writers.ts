// Writers that change a few models at the same time, each through whichever server it picks, and remember what they were told.

import type { Random } from '../../support/random.ts';
import { type Answer, ask, type Data, insist } from './client.ts';
import { GATE_KINDS, type GateKind, gateText } from './gates.ts';
import {
  DOCUMENTS,
  inputOf,
  type Operation,
  type OperationResult,
  type Request,
  STAGES,
  type Stage,
} from './operation.ts';
import { pause } from './pause.ts';

/** Models that are there from the start. Few, so that writers meet. */
const MODELS: readonly { readonly name: string; readonly exclusiveStages: readonly Stage[] }[] = [
  { name: 'churn', exclusiveStages: ['PRODUCTION'] },
  { name: 'fraud', exclusiveStages: ['PRODUCTION'] },
  { name: 'prices', exclusiveStages: ['STAGING', 'PRODUCTION'] },
  { name: 'ranking', exclusiveStages: ['STAGING'] },
  { name: 'vision', exclusiveStages: [] },
];
const ALIASES = ['champion', 'challenger', 'shadow'];
const TAGS = ['owner', 'note'];
/** What the runs that versions come from have logged. */
const ACCURACIES = [0.2, 0.4, 0.6, 0.7, 0.8, 0.9];
const START_RUN = `mutation { startRun(input: {experiment: {name: "history"}, createExperiment: true}) { run { id } } }`;
const LOG_ACCURACY = `mutation($run: ID!, $accuracy: Float!) {
  logBatch(input: {run: $run, metrics: [{key: "accuracy", value: $accuracy, step: 0}]}) { run { id } } }`;
/** How long an operation with a key is tried again. */
const RETRY_LIMIT_MS = 30_000;
/** How much of what is done to gates takes one away, where there is one. */
const REMOVED = 0.7;
/** A new model every so often, which several writers register at once. */
const NEW_MODEL_MS = 3_000;
const REVISIONS = `query($name: String!, $uri: String!) {
  model(by: {name: $name}) { revision } modelVersion(by: {uri: $uri}) { revision } }`;

export class Writers {
  readonly operations = new Map<string, Operation>();
  private readonly urls: readonly string[];
  /** The highest number of each model that somebody was told of. */
  private readonly known = new Map<string, number>();
  /** Gates that somebody was told of and nobody has asked to remove, by id, and those that somebody has. */
  private readonly gates = new Map<string, Extract<Request, { kind: 'removeGate' }>>();
  private readonly gatesToGo = new Set<string>();
  private runs: readonly { readonly id: string; readonly accuracy: number }[] = [];
  private readonly startedAt = performance.now();

  constructor(urls: readonly string[]) {
    this.urls = urls;
  }

  get models(): readonly string[] {
    return [...this.known.keys()];
  }

  /** Makes the runs that versions come from, as long as nothing disturbs that. */
  async makeRuns(): Promise<void> {
    const runs: { id: string; accuracy: number }[] = [];
    for (const accuracy of ACCURACIES) {
      const { id } = (await insist(this.urls, START_RUN)).startRun.run;
      await insist(this.urls, LOG_ACCURACY, { run: id, accuracy });
      runs.push({ id, accuracy });
    }
    this.runs = runs;
  }

  /** Registers the models to begin with. */
  async prepare(random: Random): Promise<void> {
    for (const { name, exclusiveStages } of MODELS) {
      const request: Request = { kind: 'registerModel', model: name, exclusiveStages };
      await this.perform(request, random, new AbortController().signal);
      this.known.set(name, 0);
      await this.perform(
        { kind: 'registerVersion', model: name, createModel: false },
        random,
        new AbortController().signal,
      );
    }
  }

  /** Writes until it is told to stop, then finishes what is under way. */
  async write(random: Random, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.perform(await this.draw(random), random, stop);
      if (random.chance(0.2)) await pause(random.between(1, 30), stop);
    }
  }

  private async draw(random: Random): Promise<Request> {
    if (random.chance(0.02)) {
      const model = `new-${Math.floor((performance.now() - this.startedAt) / NEW_MODEL_MS)}`;
      return { kind: 'registerVersion', model, createModel: true, alias: random.pick(ALIASES) };
    }
    const model = random.pick(this.models);
    const newest = this.known.get(model) ?? 0;
    // Mostly one of the newest, and now and then one that may not be there.
    const number = Math.max(1, random.between(newest - 4, newest + (random.chance(0.02) ? 3 : 0)));
    switch (
      random.pick(['promote', 'promote', 'promote', 'promote', 'register', 'register', 'alias', 'alias', 'tag', 'gate'])
    ) {
      case 'promote': {
        const expectedRevision = random.chance(0.2) ? await this.revision(model, number, 'modelVersion', random) : {};
        const to = random.pick(random.chance(0.7) ? (['STAGING', 'PRODUCTION'] as const) : STAGES);
        return { kind: 'promoteVersion', model, number, to, archiveExisting: random.chance(0.8), ...expectedRevision };
      }
      case 'register':
        return {
          kind: 'registerVersion',
          model,
          createModel: false,
          ...(random.chance(0.3) && { alias: random.pick(ALIASES) }),
          ...(random.chance(0.8) && { run: random.pick(this.runs) }),
          isChecked: random.chance(0.6),
        };
      case 'gate': {
        const removable = [...this.gates.values()].filter((gate) => gate.model === model);
        if (removable.length > 0 && random.chance(REMOVED)) return this.removalOf(random.pick(removable));
        const stage = random.pick(['STAGING', 'PRODUCTION'] as const);
        return { kind: 'addGate', model, stage, gate: random.pick<GateKind>(GATE_KINDS) };
      }
      case 'alias': {
        const alias = random.pick(ALIASES);
        return random.chance(0.2) ? { kind: 'removeAlias', model, alias } : { kind: 'setAlias', model, alias, number };
      }
      default: {
        const tag = { key: random.pick(TAGS), value: `value ${this.operations.size}` };
        const expectedRevision = random.chance(0.4) ? await this.revision(model, 1, 'model', random) : {};
        return { kind: 'updateModel', model, tag, ...expectedRevision };
      }
    }
  }

  /** Each gate is removed once at most, so that its removal is never refused. */
  private removalOf(request: Extract<Request, { kind: 'removeGate' }>): Request {
    this.gates.delete(request.id);
    this.gatesToGo.add(request.id);
    return request;
  }

  /** What somebody who decides on it first reads. */
  private async revision(
    model: string,
    number: number,
    of: 'model' | 'modelVersion',
    random: Random,
  ): Promise<{ expectedRevision?: number }> {
    const answer = await ask(random.pick(this.urls), REVISIONS, { name: model, uri: `models:/${model}/${number}` });
    const revision = answer.is === 'done' ? answer.data[of]?.revision : undefined;
    return revision === undefined ? {} : { expectedRevision: revision };
  }

  /** Sends one mutation until it is known what became of it, where that is safe, and remembers all of it. */
  private async perform(request: Request, random: Random, stop: AbortSignal): Promise<void> {
    const id = `op-${this.operations.size + 1}`;
    const hasKey = random.chance(0.6) || request.kind === 'registerModel';
    const operation: Operation = {
      id,
      request,
      hasKey,
      invokedAt: performance.now(),
      settledAt: Number.POSITIVE_INFINITY,
      outcome: 'unknown',
      attempts: 0,
      results: [],
      reason: '',
      blockings: [],
    };
    this.operations.set(id, operation);
    const input = { ...inputOf(request), comment: id, ...(hasKey && { idempotencyKey: id }) };
    const isImpatient = hasKey && random.chance(0.1);
    const answers: Answer[] = [];
    const deadline = performance.now() + RETRY_LIMIT_MS;
    for (;;) {
      // An impatient one asks two servers at once.
      const urls = [random.pick(this.urls), ...(isImpatient ? [random.pick(this.urls)] : [])];
      const received = await Promise.all(urls.map((url) => ask(url, DOCUMENTS[request.kind], { input })));
      operation.attempts += urls.length;
      answers.push(...received.filter(({ is }) => is !== 'unsent').map((answer) => this.notBlocked(operation, answer)));
      const isSettled = answers.some(({ is }) => is === 'done' || is === 'refused');
      const mayRepeat = hasKey || answers.length === 0;
      if (isSettled || !mayRepeat || performance.now() > deadline) break;
      await pause(random.between(20, 300), stop);
    }
    this.settle(operation, answers);
  }

  /** A promotion that was blocked was not done. */
  private notBlocked({ blockings }: Operation, answer: Answer): Answer {
    if (answer.is !== 'done' || answer.data.answer.__typename !== 'PromotionBlocked') return answer;
    const { failures } = answer.data.answer;
    blockings.push(failures.map(({ gate }: Data) => gateText(gate.stage, gate.description)).sort());
    return { is: 'refused', code: 'BLOCKED', message: failures.map(({ message }: Data) => message).join(', ') };
  }

  private settle(operation: Operation, answers: readonly Answer[]): void {
    const { request } = operation;
    const isAllRefused = answers.length > 0 && answers.every(({ is }) => is === 'refused');
    const done = answers.filter((answer) => answer.is === 'done');
    operation.results = done.map(({ data }) => resultOf(request, data.answer));
    operation.outcome = done.length > 0 ? 'acknowledged' : isAllRefused || answers.length === 0 ? 'refused' : 'unknown';
    operation.reason = answers
      .map((answer) => (answer.is === 'refused' ? answer.message : answer.is === 'unknown' ? answer.why : ''))
      .filter(Boolean)
      .join('; ');
    operation.settledAt = performance.now();
    if (operation.outcome !== 'acknowledged') return;
    const id = operation.results[0]?.gate;
    if (request.kind === 'addGate' && id !== undefined && !this.gatesToGo.has(id)) {
      this.gates.set(id, { ...request, kind: 'removeGate', id });
    }
    if (request.kind !== 'registerVersion') return;
    const newest = Math.max(this.known.get(request.model) ?? 0, ...operation.results.map(({ number }) => number ?? 0));
    this.known.set(request.model, newest);
  }
}

function resultOf({ kind }: Request, answer: Data): OperationResult {
  if (kind === 'registerVersion') return { number: answer.version.number };
  if (kind === 'addGate') return { gate: answer.gate.id };
  if (kind !== 'promoteVersion') return {};
  const changes = [...answer.archived, ...(answer.change ? [answer.change] : [])];
  return { number: answer.version.number, changes: changes.map(({ id }) => id) };
}
