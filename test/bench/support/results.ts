// What was found, as the tables that the README quotes.

import { load } from './machine.ts';
import type { Measurement, Row } from './row.ts';

export interface Findings {
  readonly rows: ({ readonly table: Row['table'] } & Measurement)[];
  /** Rows that could not be measured. */
  readonly failures: number;
  readonly startedAt: Date;
  readonly loadBefore: string;
  readonly rounds: number;
  readonly sampleMs: number;
  readonly machine: string;
}

const HEADS: Readonly<Record<Row['table'], string>> = {
  limits: '| work | modelgraph | compared with | ratio | target |\n|---|---|---|---|---|',
  peer: '| eight clients, operations per second | modelgraph | MLflow | ratio | target |\n|---|---|---|---|---|',
};

export function printFindings(findings: Findings): string {
  const { rows, machine, rounds, sampleMs, startedAt, loadBefore } = findings;
  const tables = (Object.keys(HEADS) as Row['table'][]).flatMap((table) => {
    const lines = rows.filter((row) => row.table === table).map(line);
    return lines.length === 0 ? [] : [`${HEADS[table]}\n${lines.join('\n')}`];
  });
  const about = `Measured on ${machine}, on ${startedAt.toISOString().slice(0, 10)}: medians of ${rounds} interleaved samples of ${sampleMs / 1_000} s after one that warms up. The load of the machine was ${loadBefore} before and ${load()} after.`;
  return `${[about, ...tables].join('\n\n')}\n`;
}

function line({ work, ours, theirs, ratio, target, isReached }: Measurement): string {
  const shown = ratio === undefined ? '' : ratio.toPrecision(ratio >= 100 ? 3 : 2);
  return `| ${work} | ${ours} | ${theirs} | ${shown} | ${target}${isReached ? '' : ' (missed)'} |`;
}
