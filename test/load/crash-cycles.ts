// Kills the server with SIGKILL at a random moment while clients write, looks whether the file still holds every promise,
// starts the server on it again, and so on: `npm run check:crash -- --cycles 1000 --seed 7`.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SeededRandom } from '../../src/cli/demo/training/seeded-random.ts';
import { examine, type FileContents, isMigrated } from './crash-promises.ts';
import { ServerProcess } from './crash-server.ts';
import { type Known, learn, type Mutation, MutationMaker, type Outcome, send } from './crash-writers.ts';

const WRITERS = 6;
/** How long clients write at most before the server is killed, milliseconds. */
const LONGEST_LIFE_MS = 800;
/** How many of the kills meet a server that is still starting, and how far it may have come. */
const KILLED_EARLY = 0.05;
const LONGEST_START_MS = 700;
const CYCLES_PER_LINE = 50;
/** After so many a new file is begun: all that a file holds is looked at after each of them. */
const CYCLES_PER_FILE = 100;

class Counts {
  acknowledged = 0;
  refused = 0;
  cut = 0;
  cutPromotions = 0;
  cutButCommitted = 0;
  killedEarly = 0;
  events = 0;
}

class CrashCycles {
  private readonly path: string;
  private readonly known: Known = { models: [], runs: [] };
  private readonly acknowledged = new Set<string>();
  private readonly refused = new Set<string>();
  /** Sent, and no answer came: to be sent again with the same key. */
  private pending: Mutation[] = [];
  private outcomes: Outcome[] = [];
  private readonly folder: string;
  private readonly random: SeededRandom;
  private readonly counts: Counts;
  private events = 0;

  constructor(folder: string, random: SeededRandom, counts: Counts) {
    this.folder = folder;
    this.random = random;
    this.counts = counts;
    this.path = join(folder, 'modelgraph.db');
  }

  /** One life of the server, ended at a random moment. @returns the promises that its file breaks */
  async crash(cycle: number): Promise<readonly string[]> {
    const server = new ServerProcess(this.folder);
    if (this.random.uniform() < KILLED_EARLY) {
      this.counts.killedEarly++;
      await pause(this.random.uniform() * LONGEST_START_MS);
      await server.kill();
    } else {
      const url = await server.url();
      const maker = new MutationMaker(this.random, this.known, `c${cycle}`);
      const retries = this.pending.splice(0);
      const writing = Array.from({ length: WRITERS }, () => this.write(url, () => retries.shift() ?? maker.next()));
      const lifeMs = this.random.uniform() * LONGEST_LIFE_MS;
      await Promise.race([pause(lifeMs), Promise.all(writing)]);
      await server.kill();
      await Promise.all(writing);
      this.pending.push(...retries);
      this.counts.cut += this.pending.length;
      this.counts.cutPromotions += this.pending.filter(({ name }) => name === 'promoteVersion').length;
    }
    return this.judge();
  }

  /** A last life, in which everything pending is answered and the server ends in peace. */
  async finish(): Promise<readonly string[]> {
    const server = new ServerProcess(this.folder);
    const url = await server.url();
    for (const mutation of this.pending.splice(0)) this.note(mutation, await send(url, mutation));
    await server.stop();
    return this.judge();
  }

  /** Sends mutations one after another until one is not answered. */
  private async write(url: string, next: () => Mutation): Promise<void> {
    for (;;) {
      const mutation = next();
      if (!this.note(mutation, await send(url, mutation))) return;
    }
  }

  private note(mutation: Mutation, outcome: Outcome | undefined): boolean {
    if (!outcome) {
      this.pending.push(mutation);
      return false;
    }
    this.outcomes.push(outcome);
    learn(this.known, outcome);
    if (outcome.refusal === undefined) {
      this.acknowledged.add(mutation.key);
      this.counts.acknowledged++;
    } else {
      this.refused.add(mutation.key);
      this.counts.refused++;
    }
    return true;
  }

  /** Compares the file with its own promises, and with what the clients were told. */
  private judge(): readonly string[] {
    if (this.acknowledged.size === 0 && !isMigrated(this.path)) return [];
    const contents = examine(this.path);
    this.counts.events += contents.events - this.events;
    this.events = contents.events;
    this.counts.cutButCommitted += this.pending.filter(({ key }) => contents.committed.has(key)).length;
    const violations = [...contents.violations];
    for (const key of this.acknowledged) {
      if (!contents.committed.has(key)) violations.push(`${key} was acknowledged and is lost`);
    }
    for (const key of this.refused) {
      if (contents.committed.has(key)) violations.push(`${key} was refused and is there`);
    }
    for (const outcome of this.outcomes.splice(0)) violations.push(...compare(outcome, contents));
    return violations;
  }
}

/** What an answer said that the file does not. */
function compare({ mutation, payload }: Outcome, { numberOfVersion }: FileContents): string[] {
  if (!payload || mutation.name !== 'registerVersion') return [];
  const { number } = payload.version as { number: number };
  const stored = numberOfVersion.get(mutation.key);
  return stored === number ? [] : [`${mutation.key} was told the number ${number}, and has ${stored}`];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { cycles: { type: 'string', default: '25' }, seed: { type: 'string', default: String(Date.now() % 1e6) } },
  });
  const [cycles, seed] = [Number(values.cycles), Number(values.seed)];
  if (!Number.isInteger(cycles) || cycles < 1 || !Number.isInteger(seed)) {
    throw new Error('--cycles and --seed take whole numbers.');
  }
  const random = new SeededRandom(seed);
  const counts = new Counts();
  console.log(`${cycles} crash cycles on SQLite, seed ${seed} (it decides what is sent and when; not who comes first)`);
  for (let first = 1; first <= cycles; first += CYCLES_PER_FILE) {
    const folder = mkdtempSync(join(tmpdir(), 'modelgraph-crash-'));
    const run = new CrashCycles(folder, random, counts);
    const last = Math.min(cycles, first + CYCLES_PER_FILE - 1);
    for (let cycle = first; cycle <= last + 1; cycle++) {
      const violations = cycle > last ? await run.finish() : await run.crash(cycle);
      if (violations.length > 0) {
        console.error(
          `FAILED in cycle ${cycle} with seed ${seed}; the file is left in ${folder}\n${violations.join('\n')}`,
        );
        return 1;
      }
      if (cycle <= last && (cycle % CYCLES_PER_LINE === 0 || cycle === cycles)) console.log(describe(cycle, counts));
    }
    rmSync(folder, { recursive: true, force: true });
  }
  console.log('integrity_check and every promise held after each of them');
  return 0;
}

function describe(cycle: number, counts: Counts): string {
  const { acknowledged, refused, cut, cutPromotions, cutButCommitted, killedEarly, events } = counts;
  return `${cycle} cycles, ${killedEarly} of them killed while starting: ${acknowledged} mutations acknowledged, ${refused} refused, ${cut} cut off (${cutPromotions} promotions; ${cutButCommitted} committed all the same), ${events} events`;
}

process.exitCode = await main();
