// Measures the registry against its limits and against a peer, and writes down what came out:
// `npm run bench`, or a part of it with `npm run bench -- --only page,log-batch --quick`.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROWS } from './rows/index.ts';
import { describeMachine, load, moveToClientCore } from './support/machine.ts';
import { findMysql } from './support/mysql.ts';
import { findPython } from './support/python.ts';
import { type Findings, printFindings } from './support/results.ts';
import type { Bench, Row } from './support/row.ts';

const RESULTS = join(import.meta.dirname, 'results.md');
const SAMPLE_MS = 2_000;
const ROUNDS = 5;
const QUICK = { sampleMs: 300, rounds: 1 };

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    'mysql-url': { type: 'string' },
    python: { type: 'string' },
    runs: { type: 'string' },
    out: { type: 'string' },
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
async function measure(rows: readonly Row[], bench: Bench): Promise<Findings> {
  const startedAt = new Date();
  const loadBefore = load();
  const findings: Findings['rows'] = [];
  let failures = 0;
  for (const row of rows) {
    try {
      for (const measurement of await row.measure(bench)) {
        findings.push({ table: row.table, ...measurement });
        const { work, ours, theirs, ratio, target, isReached } = measurement;
        const against = theirs === '' ? '' : ` against ${theirs}`;
        const shown = ratio === undefined ? '' : `, ratio ${ratio.toPrecision(3)}`;
        bench.say(`${isReached ? 'reached' : 'MISSED '}  ${work}: ${ours}${against}${shown} (${target})`);
      }
    } catch (error) {
      failures++;
      bench.say(`FAILED ${row.name}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  const { rounds, sampleMs } = bench;
  return { rows: findings, failures, startedAt, loadBefore, rounds, sampleMs, machine: describeMachine() };
}

const rows = chosenRows();
moveToClientCore();
const folder = mkdtempSync(join(tmpdir(), 'modelgraph-bench-'));
const startedAt = performance.now();
const say = (text: string) =>
  process.stderr.write(`[${((performance.now() - startedAt) / 1_000).toFixed(0)} s] ${text}\n`);
const mysql = await findMysql(flags['mysql-url'], join(folder, 'mysql'));
try {
  const findings = await measure(rows, {
    folder,
    isQuick: flags.quick,
    rounds: ROUNDS,
    sampleMs: SAMPLE_MS,
    ...(flags.quick && QUICK),
    mysql,
    runs: flags.runs === undefined ? undefined : Number(flags.runs),
    python: findPython(flags.python, say),
    say,
  });
  const text = printFindings(findings);
  process.stdout.write(`${text}\n`);
  const out = flags.out ?? (flags.only === undefined && !flags.quick ? RESULTS : undefined);
  if (out !== undefined) writeFileSync(out, text);
  process.exitCode = findings.failures > 0 ? 1 : 0;
} finally {
  await mysql?.stop();
  rmSync(folder, { recursive: true, force: true });
}
