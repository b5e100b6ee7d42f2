// Measures the registry against its limits and against a peer, and writes down what came out:
// `npm run bench`, or a part of it anew with `npm run bench -- --only page,log-batch`; `--quick` writes nothing down.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROWS } from './rows/index.ts';
import { describeMachine, load, moveToClientCore } from './support/machine.ts';
import { findMysql } from './support/mysql.ts';
import { findPython } from './support/python.ts';
import { type Finding, keep, show } from './support/results.ts';
import type { Bench, Measurement, Row, Sampling } from './support/row.ts';

/** Many short ones: a machine whose cores are shared is slower for seconds on end. */
const SAMPLING = { rounds: 9, sampleMs: 500 };
const QUICK = { rounds: 1, sampleMs: 300 };

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    'mysql-url': { type: 'string' },
    python: { type: 'string' },
    runs: { type: 'string' },
  },
});

function chosenRows(): readonly Row[] {
  const names = flags.only?.split(',');
  if (!names) return ROWS;
  const unknown = names.find((name) => !ROWS.some((row) => row.name === name));
  if (unknown !== undefined) {
    const known = ROWS.map((row) => row.name).join(', ');
    throw new Error(`There is no row "${unknown}"; there are ${known}.`);
  }
  return ROWS.filter((row) => names.includes(row.name));
}

/** Measures the rows one after the other. One that fails is told, and the others go on. */
async function measure(
  rows: readonly Row[],
  bench: Omit<Bench, keyof Sampling>,
): Promise<{ findings: Finding[]; failures: number }> {
  const findings: Finding[] = [];
  let failures = 0;
  for (const { name, table, sampling = SAMPLING, measure: measureRow } of rows) {
    const sampled = bench.isQuick ? QUICK : sampling;
    try {
      for (const measurement of await measureRow({ ...bench, ...sampled })) {
        const about = { row: name, table, machine: describeMachine(), ...sampled, load: load() };
        findings.push({ ...measurement, ...about, measuredAt: new Date().toISOString() });
        bench.say(`${measurement.isReached ? 'reached' : 'MISSED '}  ${inWords(measurement)}`);
      }
    } catch (error) {
      failures++;
      bench.say(`FAILED ${name}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  return { findings, failures };
}

function inWords({ work, ours, theirs, ratio, target }: Measurement): string {
  const against = theirs === '' ? '' : ` against ${theirs}`;
  return `${work}: ${ours}${against}${ratio === undefined ? '' : `, ratio ${ratio.toPrecision(3)}`} (${target})`;
}

const rows = chosenRows();
moveToClientCore();
const folder = mkdtempSync(join(tmpdir(), 'modelgraph-bench-'));
// A database server that runs as a user of its own has to pass through.
chmodSync(folder, 0o755);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const startedAt = performance.now();
const seconds = () => ((performance.now() - startedAt) / 1_000).toFixed(0);
const say = (text: string) => process.stderr.write(`[${seconds()} s] ${text}\n`);
const mysql = await findMysql(flags['mysql-url'], join(folder, 'mysql'));
// An exit ends the servers that run, with all they started; a signal alone would leave them behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void (mysql?.stop() ?? Promise.resolve()).finally(() => process.exit(1)));
}
try {
  const { findings, failures } = await measure(rows, {
    folder,
    isQuick: flags.quick,
    mysql,
    runs: flags.runs === undefined ? undefined : Number(flags.runs),
    python: findPython(flags.python, say),
    say,
  });
  process.stdout.write(show(findings));
  if (!flags.quick) {
    const order = ROWS.map(({ name }) => name);
    keep(findings, order);
  }
  process.exitCode = failures > 0 ? 1 : 0;
} finally {
  await mysql?.stop();
}
