// Measures what it takes to give events to many subscribers, beside a server that only writes the same bytes to as many
// sockets, and what subscribers that read nothing cost: `npm run load:subscribers -- --subscribers 1000,10000`.

import { parseArgs } from 'node:util';
import { median, quantile, table } from './fan-out/figures.ts';
import { type Broadcast, Rig } from './fan-out/rig.ts';

const WARM_UP = 5;
/** Committed for those that read nothing: 24 kB each, together more than the system keeps for a socket. */
const FLOOD = 150;
/** How long those that read on may be given nothing, milliseconds. */
const PATIENCE_MS = 10_000;
const MOST_GROWTH_BYTES = 50e6;
const MEGABYTE = 1e6;

const { values } = parseArgs({
  options: { subscribers: { type: 'string', default: '1000,10000' }, events: { type: 'string', default: '20' } },
});
const counts = values.subscribers.split(',').map(Number);
const events = Number(values.events);
if (
  ![...counts, events].every((count) => Number.isInteger(count) && count >= 1) ||
  counts.some((count) => count < 20)
) {
  throw new Error('--subscribers takes whole numbers from 20 on, separated by commas, and --events one from 1 on');
}

/** The registry's, and the bare server's right after it. */
type Pair = readonly [Broadcast, Broadcast];

const heads = ['last delivery, ms: median', 'p99', 'CPU µs each', 'idle, kB each'];
const fanOut: string[][] = [];
const stalls: string[][] = [];
const problems: string[] = [];

async function measure(subscribers: number): Promise<void> {
  const rig = await Rig.start(subscribers);
  try {
    const memory = await rig.connect();
    for (let count = 0; count < WARM_UP; count++) await both(rig);
    const pairs: Pair[] = [];
    for (let count = 0; count < events; count++) pairs.push(await both(rig));
    const registry = pairs.map(([one]) => one);
    const bare = pairs.map(([, one]) => one);
    const row = (name: string, broadcasts: Broadcast[], bytes: number) => [
      `${subscribers} ${name}`,
      quantileOf(broadcasts, 0.5).toFixed(1),
      quantileOf(broadcasts, 0.99).toFixed(1),
      cpuOf(broadcasts).toFixed(1),
      (bytes / 1_000).toFixed(1),
    ];
    const ratio = (a: number, b: number) => `${(a / b).toFixed(2)} ×`;
    fanOut.push(row('registry', registry, memory.registry), row('bare ws', bare, memory.bare), [
      `${subscribers} ratio`,
      ratio(quantileOf(registry, 0.5), quantileOf(bare, 0.5)),
      ratio(quantileOf(registry, 0.99), quantileOf(bare, 0.99)),
      ratio(cpuOf(registry), cpuOf(bare)),
      '',
    ]);
    await measureStall(rig, subscribers, pairs);
    problems.push(...(await rig.closings()).slice(0, 3));
  } finally {
    await rig.stop();
  }
}

async function measureStall(rig: Rig, subscribers: number, before: readonly Pair[]): Promise<void> {
  const memory = await rig.memory();
  await rig.stall();
  await rig.flood(FLOOD);
  const meanwhile: Pair[] = [];
  for (let count = 0; count < events; count++) meanwhile.push(await both(rig));
  const growth = (await rig.memory()) - memory;
  if (growth > MOST_GROWTH_BYTES) problems.push(`${subscribers}: the memory grew by ${growth / MEGABYTE} MB`);
  const read = await rig.resume(rig.committed, PATIENCE_MS);
  const short = read.filter((count) => count !== rig.committed);
  if (short.length > 0)
    problems.push(`${subscribers}: ${short.length} that stalled were given ${short[0]} of ${rig.committed} events`);
  stalls.push([
    String(subscribers),
    String(rig.stalled),
    (growth / MEGABYTE).toFixed(1),
    ...[before, meanwhile].flatMap((pairs) => {
      const [registry, bare] = [p99Of(pairs.map(([one]) => one)), p99Of(pairs.map(([, one]) => one))];
      return [registry.toFixed(1), `${(registry / bare).toFixed(2)} ×`];
    }),
  ]);
}

/** An event of the registry and then the same bytes from the bare server, so that both meet the same disturbances. */
async function both(rig: Rig): Promise<Pair> {
  return [await rig.promote(), await rig.broadcast()];
}

const quantileOf = (broadcasts: readonly Broadcast[], part: number) =>
  quantile(
    broadcasts.map(({ lastMs }) => lastMs),
    part,
  );
const cpuOf = (broadcasts: readonly Broadcast[]) => median(broadcasts.map(({ cpuUs }) => cpuUs));
/** Of every delivery to every subscriber that reads. */
const p99Of = (broadcasts: readonly Broadcast[]) =>
  quantile(
    broadcasts.flatMap(({ latencies }) => [...latencies]),
    0.99,
  );

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
for (const count of counts) await measure(count);
console.log(`${events} promotions, each to all subscribers over loopback\n`);
console.log(table(['subscribers', ...heads], fanOut));
console.log(`\n5 % read nothing while ${FLOOD} events of 24 kB are committed for them\n`);
const p99Heads = ['p99 of the others before, ms', 'of bare ws', 'p99 meanwhile, ms', 'of bare ws'];
console.log(table(['subscribers', 'stalled', 'growth, MB', ...p99Heads], stalls));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
