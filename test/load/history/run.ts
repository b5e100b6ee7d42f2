// One run: starts everything, lets it work and suffer, waits until it is quiet, and checks what is left.

import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGalera } from '../../support/galera.ts';
import { type DatabaseServers, startMariaDb } from '../../support/mariadb.ts';
import { Random } from '../../support/random.ts';
import { Chaos } from './chaos.ts';
import { checkLog } from './check-log.ts';
import { checkOperations } from './check-operations.ts';
import { checkMoments, checkState } from './check-state.ts';
import { insist, unexpectedErrors } from './client.ts';
import { EVENTS_PAGE, type EventSelection, type LoggedEvent } from './event.ts';
import { Findings } from './findings.ts';
import { historiesOf } from './history.ts';
import { pause } from './pause.ts';
import { checkLooks, type Look, look } from './readers.ts';
import { CLOCK_ERROR_MS, type ServerProcess, startServers } from './servers.ts';
import { checkStream, hasArrived, type Subscriber, subscribe } from './subscribers.ts';
import { tableOf } from './summary.ts';
import { Writers } from './writers.ts';

export interface RunOptions {
  readonly database: 'mariadb' | 'galera';
  readonly seed: number;
  readonly seconds: number;
  readonly servers: number;
  readonly writers: number;
  readonly subscribers: number;
  /** Nothing ends while they work: all there is to see is who meets whom. */
  readonly isCalm: boolean;
}

export interface RunResult {
  readonly isClean: boolean;
  readonly report: string;
  /** Everything that was asked and recorded. */
  readonly history: object;
}

const READERS = 2;
const EVENTS_PER_PAGE = 500;
/** How long subscribers may take to come to the end of a log that stands still. */
const ARRIVAL_LIMIT_MS = 30_000;
const SELECTIONS: readonly EventSelection[] = [
  {},
  {},
  { models: ['churn', 'prices'] },
  { types: ['STAGE_CHANGED'] },
  { stages: ['PRODUCTION'] },
  {},
  { models: ['fraud'], types: ['VERSION_REGISTERED', 'ALIAS_CHANGED'] },
];
const SAME_LOG = 'every server tells the same log';
const NO_SURPRISE = 'no answer is an unexpected error';

export async function runHistory(options: RunOptions, stop: AbortSignal): Promise<RunResult> {
  const folder = await mkdtemp(join(tmpdir(), 'modelgraph-history-'));
  let database: DatabaseServers | undefined;
  let servers: ServerProcess[] = [];
  try {
    // The database server has a user of its own.
    await chmod(folder, 0o755);
    database = await (options.database === 'galera' ? startGalera(folder) : startMariaDb(folder));
    await database.create('history');
    const random = new Random(options.seed);
    const serversFolder = join(folder, 'servers');
    servers = await startServers(options.servers, { database, name: 'history', folder: serversFolder, random });
    const done = await work(options, database, servers, random, stop);
    const findings = await examine(done, servers, random);
    return await resultOf(options, done, findings, servers);
  } finally {
    await Promise.all(servers.map((server) => server.kill()));
    await database?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What was done, told and delivered. */
interface Work {
  readonly writers: Writers;
  readonly looks: readonly Look[];
  readonly subscribers: readonly Subscriber[];
  readonly chaos: Chaos;
  /** The cursor before the first event. */
  readonly start: string;
  /** How many events there were by then: those of the runs that versions come from. */
  readonly before: number;
  /** The log as each server tells it. */
  readonly logs: readonly LoggedEvent[][];
}

/** Lets all of them work at the same time, and ends when everyone has seen everything. */
async function work(
  options: RunOptions,
  database: DatabaseServers,
  servers: readonly ServerProcess[],
  random: Random,
  interrupted: AbortSignal,
): Promise<Work> {
  const urls = servers.map(({ url }) => url);
  const writers = new Writers(urls);
  await writers.makeRuns();
  const { eventHead: start, events } = await insist(urls, '{ eventHead events(first: 100) { nodes { position } } }');
  await writers.prepare(random.fork());

  const isOver = AbortSignal.any([interrupted, AbortSignal.timeout(options.seconds * 1_000)]);
  const isArrived = new AbortController();
  const chaos = new Chaos();
  const looks: Look[] = [];
  const subscribers = Array.from({ length: options.subscribers }, (_, index) => subscriberNumber(index));
  const following = Promise.all(
    subscribers.map((subscriber) => subscribe(subscriber, urls, start, random.fork(), isArrived.signal)),
  );
  const disturbed = options.isCalm ? [] : servers;
  const returning = options.isCalm ? Promise.resolve() : chaos.disturbDatabase(database.nodes, random.fork(), isOver);
  // What goes wrong there is told when all others have finished.
  for (const background of [following, returning]) background.catch(() => undefined);
  await Promise.all([
    ...Array.from({ length: options.writers }, () => writers.write(random.fork(), isOver)),
    ...Array.from({ length: READERS }, () => look(urls, () => writers.models, random.fork(), looks, isOver)),
    ...inHalves(disturbed).map((half) => chaos.disturbServers(half, random.fork(), isOver)),
  ]);
  await returning;

  const logs = await Promise.all(urls.map((url) => readLog(url, start)));
  const log = logs[0] ?? [];
  const deadline = Date.now() + ARRIVAL_LIMIT_MS;
  while (!subscribers.every((subscriber) => hasArrived(subscriber, log)) && Date.now() < deadline) await pause(50);
  isArrived.abort();
  await following;
  return { writers, looks, subscribers, chaos, start, before: events.nodes.length, logs };
}

/** Compares it with the log, and the log with the rules. */
async function examine(
  { writers, looks, subscribers, start, before, logs }: Work,
  servers: readonly ServerProcess[],
  random: Random,
): Promise<Findings> {
  const findings = new Findings();
  const urls = servers.map(({ url }) => url);
  const operations = [...writers.operations.values()];
  const [log = [], ...others] = logs;
  const histories = historiesOf(log, writers.operations);
  for (const other of others) {
    const isSame = JSON.stringify(other) === JSON.stringify(log);
    findings.expect(SAME_LOG, isSame, () => `${other.length} and ${log.length} events`);
  }
  checkLog(log, writers.operations, histories, findings, before);
  checkOperations(operations, histories, findings);
  await checkState(histories, urls, findings);
  // A change that a fast clock dated lies in the future for a slow one.
  await pause(2 * CLOCK_ERROR_MS);
  await checkMoments(histories, urls, random, findings);
  checkLooks(looks, log, histories, findings);
  for (const subscriber of subscribers) checkStream(subscriber, start, log, findings);
  findings.checked(NO_SURPRISE, operations.length);
  for (const [error, times] of unexpectedErrors) findings.violation(NO_SURPRISE, `${times} × ${error}`);
  return findings;
}

function subscriberNumber(index: number): Subscriber {
  const transport = index % 4 === 3 ? 'pages' : 'socket';
  const selection = SELECTIONS[index % SELECTIONS.length] ?? {};
  const name = `subscriber ${index + 1} (${transport}, ${JSON.stringify(selection)})`;
  return { name, transport, selection, segments: [] };
}

/** Two that end at the same time are never the same. */
function inHalves<T>(items: readonly T[]): readonly T[][] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)].filter(({ length }) => length > 0);
}

async function readLog(url: string, start: string): Promise<LoggedEvent[]> {
  const log: LoggedEvent[] = [];
  for (;;) {
    const after = log.at(-1)?.cursor ?? start;
    const { nodes } = (await insist([url], EVENTS_PAGE, { after, first: EVENTS_PER_PAGE })).events;
    log.push(...nodes);
    if (nodes.length < EVENTS_PER_PAGE) return log;
  }
}

async function resultOf(
  options: RunOptions,
  { writers, looks, subscribers, chaos, logs: [log = []] }: Work,
  findings: Findings,
  servers: readonly ServerProcess[],
): Promise<RunResult> {
  const operations = [...writers.operations.values()];
  const isClean = findings.violations === 0;
  const table = tableOf({ options, operations, chaos: chaos.counts, log, subscribers, looks });
  const serverLogs = isClean ? [] : await Promise.all(servers.map(tailOf));
  return {
    isClean,
    report: [table, findings.report(), ...serverLogs].join('\n\n'),
    history: { options, operations, log, subscribers, looks, diary: chaos.diary },
  };
}

async function tailOf({ name, logFile }: ServerProcess): Promise<string> {
  return `The end of the log of ${name}:\n${(await readFile(logFile, 'utf8')).slice(-2_000)}`;
}
