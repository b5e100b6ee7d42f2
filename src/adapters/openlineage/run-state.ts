// What the events of one run say together. Events may be added in any order, and more than once: the outcome is the same.

import { Invalid } from '../../core/errors.ts';
import { MAX_CHARACTERS } from '../../core/text.ts';
import type { ObservedDataset, RunEvent } from './event.types.ts';
import { isObject, type JsonObject } from './json-reader.ts';
import { joinName, type QualifiedName } from './names.ts';
import { isLater, Registers } from './registers.ts';
import { storableText, toRunId } from './values.ts';

export type UseDirection = 'input' | 'output';
type EndStatus = 'FINISHED' | 'FAILED' | 'KILLED';

const ENDS: Readonly<Partial<Record<RunEvent['eventType'], EndStatus>>> = {
  COMPLETE: 'FINISHED',
  FAIL: 'FAILED',
  ABORT: 'KILLED',
};
/** What is kept of one run, as JSON, stays below the largest value that a database takes by default. */
const MOST_CHARACTERS = 4_000_000;

/** A run as its events describe it so far. */
export interface DescribedRun {
  readonly experimentName: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: EndStatus | 'RUNNING' | 'SCHEDULED';
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly gitCommit: string | null;
  readonly gitRepository: string | null;
  readonly entryPoint: string | null;
  readonly notebook: string | null;
  readonly parentRunId: string | null;
  readonly tags: ReadonlyMap<string, string>;
}

interface Told {
  readonly at: number;
  readonly by: string;
}

/** As it is kept. */
interface Said {
  /** Whether the run came here through events, and not in another way before. */
  isOwn?: boolean;
  first?: Told & { readonly job: QualifiedName };
  startAt?: number;
  isAtWork?: boolean;
  end?: Told & { readonly status: EndStatus };
}

export class RunState {
  private said: Said;
  private readonly runFacets: Registers;
  private readonly jobFacets: Registers;
  private readonly runTags: Registers;
  private readonly jobTags: Registers;
  /** Inputs and outputs by direction, name and digest, with the facets of their use. */
  private readonly uses: Map<string, Registers>;

  private constructor(kept: JsonObject) {
    const registers = (key: string) => new Registers(kept[key] as never);
    this.said = (kept.said ?? {}) as Said;
    this.runFacets = registers('runFacets');
    this.jobFacets = registers('jobFacets');
    this.runTags = registers('runTags');
    this.jobTags = registers('jobTags');
    this.uses = new Map(
      ((kept.uses ?? []) as [string, never][]).map(([key, entries]) => [key, new Registers(entries)]),
    );
  }

  /** @param text what {@link toString} gave; empty where nothing was said yet */
  static from(text: string): RunState {
    return new RunState(text === '' ? {} : JSON.parse(text));
  }

  get isOwn(): boolean {
    return this.said.isOwn ?? false;
  }

  markOwn(): void {
    this.said = { ...this.said, isOwn: true };
  }

  /** @throws Invalid where more would have to be kept than is possible */
  toString(): string {
    const { runFacets, jobFacets, runTags, jobTags } = this;
    const { isOwn, first, startAt, isAtWork, end } = this.said;
    const said = { isOwn, first, startAt, isAtWork, end };
    const uses = [...this.uses].sort(([a], [b]) => (a < b ? -1 : 1));
    const text = JSON.stringify({ said, runFacets, jobFacets, runTags, jobTags, uses });
    if (text.length > MOST_CHARACTERS) {
      throw new Invalid(
        '',
        `The facets of this run have more than ${MOST_CHARACTERS.toLocaleString('en')} characters.`,
      );
    }
    return text;
  }

  add(event: RunEvent): void {
    const { at, digest: by, job } = event;
    this.addTimes(event);
    if (!this.said.first || isLater(this.said.first, { at, by })) {
      this.said = { ...this.said, first: { at, by, job: { namespace: job.namespace, name: job.name } } };
    }
    for (const [registers, facets, tags] of [
      [this.runFacets, event.runFacets, this.runTags],
      [this.jobFacets, job.facets, this.jobTags],
    ] as const) {
      for (const [name, value] of Object.entries(facets)) registers.put(name, { at, by, value });
      for (const [key, value] of tagsOf(facets.tags)) tags.put(key, { at, by, value });
    }
    for (const [direction, datasets] of [['input', event.inputs] as const, ['output', event.outputs] as const]) {
      for (const { joinedName, digest, useFacets } of datasets) {
        const key = keyOfUse(direction, joinedName, digest);
        const registers = this.uses.get(key) ?? new Registers();
        for (const [name, value] of Object.entries(useFacets)) registers.put(name, { at, by, value });
        this.uses.set(key, registers);
      }
    }
  }

  /** Whether an event said before that the run used or made a dataset. */
  hasUse(direction: UseDirection, { joinedName, digest }: Pick<ObservedDataset, 'joinedName' | 'digest'>): boolean {
    return this.uses.has(keyOfUse(direction, joinedName, digest));
  }

  /** The facets of the run, its job, and the datasets it used and made, as they came last. */
  get facets() {
    return {
      run: liveFacets(this.runFacets),
      job: liveFacets(this.jobFacets),
      ofUse: (direction: UseDirection, name: string, digest: string) =>
        liveFacets(this.uses.get(keyOfUse(direction, name, digest)) ?? new Registers()),
    };
  }

  /** Undefined as long as nothing was said. */
  describe(): DescribedRun | undefined {
    const { first, startAt, isAtWork, end } = this.said;
    if (!first) return undefined;
    const startedAt = Math.floor(startAt ?? first.at);
    const own = this.facet(this.runFacets, 'modelgraph_run');
    return {
      experimentName: joinName(first.job),
      name: runName(textOf(own.name) ?? first.job.name),
      description: clean(this.facet(this.jobFacets, 'documentation').description, MAX_CHARACTERS.description),
      status: end?.status ?? (isAtWork ? 'RUNNING' : 'SCHEDULED'),
      startedAt,
      endedAt: end ? Math.max(Math.floor(end.at), startedAt) : null,
      ...this.source(own),
      parentRunId: this.parentRunId(),
      tags: this.tags(),
    };
  }

  private addTimes({ at, digest: by, eventType }: RunEvent): void {
    const said = { ...this.said };
    if (eventType === 'START') said.startAt = Math.min(at, said.startAt ?? at);
    if (eventType === 'START' || eventType === 'RUNNING') said.isAtWork = true;
    const status = ENDS[eventType];
    if (status && (!said.end || isLater({ at, by }, said.end))) said.end = { at, by, status };
    this.said = said;
  }

  private source(own: JsonObject) {
    const location = this.facet(this.jobFacets, 'sourceCodeLocation');
    const isGit = /^git$/i.test(textOf(location.type) ?? '');
    return {
      gitCommit: clean(own.gitCommit ?? (isGit ? location.version : null), MAX_CHARACTERS.gitCommit),
      gitRepository: clean(location.repoUrl ?? location.url, MAX_CHARACTERS.codePath),
      entryPoint: clean(own.entryPoint ?? location.path, MAX_CHARACTERS.codePath),
      notebook: clean(own.notebook, MAX_CHARACTERS.codePath),
    };
  }

  private parentRunId(): string | null {
    const { run } = this.facet(this.runFacets, 'parent');
    const runId = isObject(run) ? textOf(run.runId) : null;
    return runId === null ? null : toRunId(runId);
  }

  /** Tags of the job and the run, and what else is worth to be found by. */
  private tags(): Map<string, string> {
    const error = this.facet(this.runFacets, 'errorMessage');
    const engine = this.facet(this.runFacets, 'processing_engine');
    const nominal = this.facet(this.runFacets, 'nominalTime');
    const engineName = [textOf(engine.name), textOf(engine.version)].filter((part) => part !== null).join(' ');
    const derived: [string, unknown][] = [
      ['openlineage.error', error.message],
      ['openlineage.engine', engineName === '' ? null : engineName],
      ['openlineage.nominalStart', nominal.nominalStartTime],
      ['openlineage.nominalEnd', nominal.nominalEndTime],
    ];
    const tags = new Map<string, string>();
    for (const [key, value] of [...this.jobTags.entries(), ...this.runTags.entries(), ...derived]) {
      const cleanValue = clean(value, MAX_CHARACTERS.value);
      if (cleanValue !== null && key !== '') tags.set(storableText(key, MAX_CHARACTERS.key), cleanValue);
    }
    return tags;
  }

  private facet(registers: Registers, name: string): JsonObject {
    const value = registers.get(name);
    return isLive(value) ? value : {};
  }
}

/** Facets without those that were taken back. */
export function liveFacets(registers: Registers): Record<string, JsonObject> {
  return Object.fromEntries(registers.entries().filter((entry): entry is [string, JsonObject] => isLive(entry[1])));
}

function isLive(facet: unknown): facet is JsonObject {
  return isObject(facet) && facet._deleted !== true;
}

function keyOfUse(direction: UseDirection, name: string, digest: string): string {
  return JSON.stringify([direction, name, digest]);
}

function tagsOf(facet: JsonObject | undefined): [string, string][] {
  const tags = isLive(facet) && Array.isArray(facet.tags) ? (facet.tags as JsonObject[]) : [];
  return tags.map(({ key, value }) => [String(key), String(value)]);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function clean(value: unknown, limit: number): string | null {
  const text = textOf(value);
  return text === null ? null : storableText(text, limit);
}

/** A name of a run has no control characters, and is not blank. */
function runName(text: string): string {
  const name = storableText(text, MAX_CHARACTERS.runName).replaceAll(/\p{Cc}/gu, ' ');
  return name.trim() === '' ? 'run' : name;
}
