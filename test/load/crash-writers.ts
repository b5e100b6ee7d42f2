// Clients that promote, register, alias, tag, delete and log at once, and know what became of each mutation they sent.

import type { SeededRandom } from '../../src/cli/demo/training/seeded-random.ts';

const KEYS_PER_BATCH = 3;
const STEPS_PER_BATCH = 4;
export const POINTS_PER_BATCH = KEYS_PER_BATCH * STEPS_PER_BATCH;

/** Two models take most of the changes, so that promotions meet. */
const BUSY_MODELS = 2;
const RECENT_VERSIONS = 8;
const ALIASES = ['champion', 'challenger', 'baseline'];
const STAGES = ['NONE', 'STAGING', 'PRODUCTION', 'PRODUCTION', 'PRODUCTION', 'ARCHIVED'];

/** One mutation, named by its idempotency key. It is sent until an answer came. */
export interface Mutation {
  readonly key: string;
  readonly name: string;
  readonly document: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What is known of the registry from answers alone. */
export interface Known {
  /** Models with how many versions they have at least. */
  readonly models: { readonly name: string; versions: number }[];
  /** Ids of runs. */
  readonly runs: string[];
}

export interface Outcome {
  readonly mutation: Mutation;
  /** The mutation's field of the answer; undefined where it was refused. */
  readonly payload: Record<string, unknown> | undefined;
  readonly refusal: string | undefined;
}

/** Refusals that a writer may meet, as another came before it. */
const EXPECTED_REFUSALS = /^(NOT_FOUND|CONFLICT)$/;

const SELECTIONS: Readonly<Record<string, string>> = {
  registerModel: 'model { name }',
  registerVersion: 'version { number model { name } }',
  updateVersion: 'version { number }',
  deleteVersion: 'deletedId',
  promoteVersion: '... on VersionPromoted { change { to } archived { to } }',
  setAlias: 'alias { alias }',
  removeAlias: 'model { name }',
  startRun: 'run { id }',
  logBatch: 'run { id }',
};

/** Sends a mutation. @returns what became of it, or undefined where no whole answer came */
export async function send(url: string, mutation: Mutation): Promise<Outcome | undefined> {
  let answer: { data?: Record<string, Record<string, unknown>> | null; errors?: { extensions: { code: string } }[] };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: mutation.document, variables: { input: mutation.input } }),
    });
    answer = (await response.json()) as typeof answer;
  } catch {
    return undefined;
  }
  const refusal = answer.errors?.[0]?.extensions.code;
  if (refusal !== undefined && !EXPECTED_REFUSALS.test(refusal)) {
    throw new Error(`${mutation.name} ${JSON.stringify(mutation.input)}: ${JSON.stringify(answer.errors)}`);
  }
  return { mutation, payload: answer.data?.[mutation.name], refusal };
}

/** Makes the mutations of one cycle, by a random choice that the seed decides. */
export class MutationMaker {
  private readonly random: SeededRandom;
  private readonly known: Known;
  private readonly prefix: string;
  private made = 0;

  /** @param prefix what the keys of this cycle begin with */
  constructor(random: SeededRandom, known: Known, prefix: string) {
    this.random = random;
    this.known = known;
    this.prefix = prefix;
  }

  next(): Mutation {
    const { models, runs } = this.known;
    const key = `${this.prefix}-${++this.made}`;
    const model = this.pick(models.slice(-BUSY_MODELS));
    if (!model) return this.model(key);
    const chance = this.random.uniform();
    if (chance < 0.01) return this.model(key);
    if (chance < 0.03) return make('startRun', key, { experiment: { name: 'crash' }, createExperiment: true });
    if (model.versions === 0 || chance < 0.18) return this.version(key, model.name);
    if (chance < 0.28 && runs.length > 0) return this.batch(key, this.pick(runs.slice(-3)) as string);
    const number = Math.max(1, model.versions - Math.floor(this.random.uniform() * RECENT_VERSIONS));
    const version = { uri: `models:/${model.name}/${number}` };
    const alias = this.pick(ALIASES) as string;
    if (chance < 0.38) return make('setAlias', key, { model: { name: model.name }, alias, number });
    if (chance < 0.41) return make('removeAlias', key, { model: { name: model.name }, alias });
    if (chance < 0.47) return make('updateVersion', key, { version, setTags: [{ key: 'checked', value: key }] });
    if (chance < 0.5) return make('deleteVersion', key, { version });
    const archiveExisting = this.random.uniform() < 0.9;
    return make('promoteVersion', key, { version, to: this.pick(STAGES), archiveExisting });
  }

  private model(key: string): Mutation {
    const exclusiveStages = this.random.uniform() < 0.5 ? ['PRODUCTION'] : ['STAGING', 'PRODUCTION'];
    return make('registerModel', key, { name: `model-${key}`, exclusiveStages });
  }

  private version(key: string, name: string): Mutation {
    const isOfNewModel = this.random.uniform() < 0.03;
    return make('registerVersion', key, {
      model: { name: isOfNewModel ? `model-${key}` : name },
      createModel: isOfNewModel,
      ...(this.random.uniform() < 0.3 && { alias: this.pick(ALIASES) }),
      ...(this.random.uniform() < 0.3 && { run: this.pick(this.known.runs.slice(-3)) }),
      tags: [{ key: 'registered', value: key }],
    });
  }

  /** Points that come in no order of steps, and with values that are no numbers among them. */
  private batch(key: string, run: string): Mutation {
    const step = Math.floor(this.random.uniform() * 2 ** 40);
    const metrics = Array.from({ length: POINTS_PER_BATCH }, (_, index) => ({
      key: `metric-${index % KEYS_PER_BATCH}`,
      step,
      at: new Date(1_700_000_000_000 + Math.floor(index / KEYS_PER_BATCH)).toISOString(),
      ...(this.random.uniform() < 0.1 ? { special: 'NAN' } : { value: this.random.normal() }),
    }));
    return make('logBatch', key, { run, metrics, params: [{ key, value: '1' }] });
  }

  private pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.random.uniform() * items.length)];
  }
}

/** Adds what an answer tells. */
export function learn(known: Known, { mutation, payload }: Outcome): void {
  if (!payload) return;
  if (mutation.name === 'registerModel')
    known.models.push({ name: (payload.model as { name: string }).name, versions: 0 });
  if (mutation.name === 'startRun') known.runs.push((payload.run as { id: string }).id);
  if (mutation.name !== 'registerVersion') return;
  const { number, model } = payload.version as { number: number; model: { name: string } };
  const registered = known.models.find(({ name }) => name === model.name);
  if (registered) registered.versions = Math.max(registered.versions, number);
  else known.models.push({ name: model.name, versions: number });
}

/** The mutations whose key is also kept as a description. */
const DESCRIBED = new Set(['registerModel', 'registerVersion', 'startRun']);
/** The mutations without a comment. */
const UNCOMMENTED = new Set(['startRun', 'logBatch']);

function make(name: string, key: string, input: Record<string, unknown>): Mutation {
  const type = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Input`;
  return {
    key,
    name,
    document: `mutation ($input: ${type}!) { ${name}(input: $input) { ${SELECTIONS[name]} } }`,
    input: {
      ...input,
      ...(DESCRIBED.has(name) && { description: key }),
      ...(!UNCOMMENTED.has(name) && { comment: key }),
      idempotencyKey: key,
    },
  };
}
