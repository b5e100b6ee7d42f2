// Everything that one measurement runs: the registry and the bare server, and the same number of clients for each.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BareServer } from './bare-server.ts';
import type { Clients } from './clients.ts';
import { CommandedProcess } from './commands.ts';
import type { Work } from './probe.ts';
import type { RegistryServer } from './registry-server.ts';

const QUERY = `subscription($models: [String!]) { stageChanged(models: $models) {
  position cursor at modelName number comment actor { name } change { from to } } }`;
const REGISTER = `mutation($name: String!) {
  registerVersion(input: { model: { name: $name }, createModel: true }) { version { id } } }`;
const PROMOTE = `mutation($input: PromoteVersionInput!) { promoteVersion(input: $input) { __typename } }`;
/** Every subscriber is given what happens to this model. */
const MODEL = 'churn';
/** What happens to this one is given only to those that will stall. */
const FLOODED = 'flood';
/** The longest comment that is allowed, three bytes a character. */
const LONG_COMMENT = '長'.repeat(8_000);
const STALLED = 0.05;
/** Files and sockets that a process has open beside its subscribers. */
const OTHER_FILES = 200;
/** Between two events, milliseconds. */
const REST_MS = 20;
const SETTLE_MS = 1_000;

/** What it took to give one event to everyone. */
export interface Broadcast {
  /** From the commit until it came, for each subscriber that reads, milliseconds. */
  readonly latencies: Float64Array;
  readonly lastMs: number;
  /** Processor time of the server for each subscriber, microseconds. */
  readonly cpuUs: number;
}

export class Rig {
  readonly stalled: number;
  private readonly registry: CommandedProcess<RegistryServer>;
  private readonly bare = new CommandedProcess<BareServer>(fileOf('bare-server.ts'));
  private readonly readers = new CommandedProcess<Clients>(fileOf('clients.ts'));
  private readonly bareReaders = new CommandedProcess<Clients>(fileOf('clients.ts'));
  private readonly subscribers: number;
  private readonly folder: string;
  private url = '';
  private promotions = 0;

  private constructor(subscribers: number, folder: string) {
    this.subscribers = subscribers;
    // However this process ends: the others end with it.
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    this.folder = folder;
    this.stalled = Math.round(subscribers * STALLED);
    this.registry = new CommandedProcess<RegistryServer>(fileOf('registry-server.ts'), [folder]);
  }

  /** Starts the servers, and has a model registered. @throws where the system allows too few open files */
  static async start(subscribers: number): Promise<Rig> {
    const allowed = openFilesAllowed();
    const needed = subscribers + OTHER_FILES;
    if (allowed < needed) {
      throw new Error(
        `${subscribers} subscribers need ${needed} open files a process, and ${allowed} are allowed: run ulimit -n ${needed} first.`,
      );
    }
    const rig = new Rig(subscribers, mkdtempSync(join(tmpdir(), 'modelgraph-load-')));
    rig.url = await rig.registry.ask('url');
    for (const name of [MODEL, FLOODED]) await rig.mutate(REGISTER, { name });
    return rig;
  }

  /** Connects everyone. @returns the memory that each takes up in the registry's server and in the bare one, bytes */
  async connect(): Promise<{ readonly registry: number; readonly bare: number }> {
    const memory = async () => ({ registry: await this.registry.ask('memory'), bare: await this.bare.ask('memory') });
    const before = await memory();
    const bareUrl = await this.bare.ask('url');
    for (const [clients, url] of [
      [this.readers, this.url],
      [this.bareReaders, bareUrl],
    ] as const) {
      const some = { url, query: QUERY };
      await clients.ask('connect', { ...some, count: this.stalled, variables: {}, isCounted: false });
      const counted = this.subscribers - this.stalled;
      await clients.ask('connect', { ...some, count: counted, variables: { models: [MODEL] }, isCounted: true });
    }
    await pause(SETTLE_MS);
    const after = await memory();
    const each = (which: 'registry' | 'bare') => (after[which] - before[which]) / this.subscribers;
    return { registry: each('registry'), bare: each('bare') };
  }

  /** Commits a promotion, and waits until everyone who reads has its event. */
  async promote(): Promise<Broadcast> {
    await this.readers.ask('expect', this.subscribers - this.stalled);
    await this.registry.ask('awaitCommit');
    await this.change(MODEL, null);
    return this.finish(this.readers, () => this.registry.ask('work'));
  }

  /** Gives the bytes of the last event to as many from the bare server. */
  async broadcast(): Promise<Broadcast> {
    await this.bareReaders.ask('expect', this.subscribers - this.stalled);
    await this.bare.ask('broadcast', await this.readers.ask('lastText'));
    return this.finish(this.bareReaders, () => this.bare.ask('work'));
  }

  /** From now on the twentieth part reads nothing. */
  async stall(): Promise<void> {
    await this.readers.ask('pause');
  }

  /** Commits promotions with long comments, of which only those that stalled are told. */
  async flood(events: number): Promise<void> {
    for (let count = 0; count < events; count++) await this.change(FLOODED, LONG_COMMENT);
  }

  memory(): Promise<number> {
    return this.registry.ask('memory');
  }

  /**
   * Has those that stalled read on: of ten thousand they are given gigabytes.
   * @returns how many events each has been given when all have had so many, or when nothing came for so long
   */
  async resume(events: number, patienceMs: number): Promise<readonly number[]> {
    await this.readers.ask('resume');
    let total = 0;
    let progressAt = Date.now();
    for (;;) {
      const read = await this.readers.ask('messagesRead');
      const before = total;
      total = read.reduce((sum, count) => sum + count, 0);
      if (total > before) progressAt = Date.now();
      if (read.every((count) => count >= events) || Date.now() > progressAt + patienceMs) return read;
      await pause(SETTLE_MS);
    }
  }

  /** How sockets closed that should not have. */
  async closings(): Promise<readonly string[]> {
    return [...(await this.readers.ask('closings')), ...(await this.bareReaders.ask('closings'))];
  }

  get committed(): number {
    return this.promotions;
  }

  /** Ends every process, and removes the database. */
  async stop(): Promise<void> {
    await Promise.all([this.readers, this.bareReaders, this.registry, this.bare].map((one) => one.end()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async finish(clients: CommandedProcess<Clients>, ask: () => Promise<Work>): Promise<Broadcast> {
    const times = await clients.ask('deliveries');
    const { begunAt, cpuUs } = await ask();
    await pause(REST_MS);
    const latencies = times.map((time) => time - begunAt);
    return { latencies, lastMs: latencies.at(-1) ?? 0, cpuUs: cpuUs / this.subscribers };
  }

  private async change(model: string, comment: string | null): Promise<void> {
    const to = this.promotions++ % 2 === 0 ? 'PRODUCTION' : 'STAGING';
    await this.mutate(PROMOTE, { input: { version: { uri: `models:/${model}/1` }, to, comment } });
  }

  private async mutate(query: string, variables: Record<string, unknown>): Promise<void> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { errors } = (await response.json()) as { errors?: unknown };
    if (errors) throw new Error(`The registry refused: ${JSON.stringify(errors)}`);
  }
}

function fileOf(name: string): string {
  return join(import.meta.dirname, name);
}

/** What `ulimit -n` says; without a limit where the system does not tell. */
function openFilesAllowed(): number {
  try {
    const soft = /Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft ? Number(soft) : Infinity;
  } catch {
    return Infinity;
  }
}
