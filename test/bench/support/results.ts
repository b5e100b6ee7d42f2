// What was found, kept row by row, so that a part can be measured anew, and shown as the tables that the README quotes.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figure, type Measurement, type Row, type Sampling } from './row.ts';
import { LONG_SAMPLE } from './statistics.ts';

const FOLDER = join(import.meta.dirname, '..');
const KEPT = join(FOLDER, 'results.json');
const SHOWN = join(FOLDER, 'results.md');

/** A measurement, and how it came about. */
export interface Finding extends Measurement, Sampling {
  readonly row: string;
  readonly table: Row['table'];
  readonly machine: string;
  /** ISO 8601. */
  readonly measuredAt: string;
  /** Processes that ran or waited to, on average over the minute before. */
  readonly load: number;
}

const HEADS: Readonly<Record<Row['table'], string>> = {
  limits: '| work | modelgraph | compared with | ratio | target |\n|---|---|---|---|---|',
  peer: '| eight clients, operations per second | modelgraph | MLflow | ratio | target |\n|---|---|---|---|---|',
};

/** Puts what was found in the place of what the same rows had found before. @param order the names of all rows */
export function keep(findings: readonly Finding[], order: readonly string[]): void {
  const before = existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, 'utf8')) as Finding[]) : [];
  const renewed = new Set(findings.map(({ row }) => row));
  const all = order.flatMap((name) => (renewed.has(name) ? findings : before).filter(({ row }) => row === name));
  writeFileSync(KEPT, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(SHOWN, show(all));
}

export function show(findings: readonly Finding[]): string {
  const tables = (Object.keys(HEADS) as Row['table'][]).flatMap((table) => {
    const lines = findings.filter((finding) => finding.table === table).map(lineOf);
    return lines.length === 0 ? [] : [`${HEADS[table]}\n${lines.join('\n')}`];
  });
  return `${[aboutOf(findings), ...tables].join('\n\n')}\n`;
}

function aboutOf(findings: readonly Finding[]): string {
  const of = <T>(what: (finding: Finding) => T) => [...new Set(findings.map(what))];
  const loads = findings.map(({ load }) => load);
  const [least, most] = [Math.min(...loads), Math.max(...loads)].map((load) => load.toFixed(1));
  const days = of(({ measuredAt }) => measuredAt.slice(0, 10)).join(', ');
  const samples = of(({ rounds, sampleMs }) => `${rounds} interleaved samples of ${sampleMs / 1_000} s`).join(' or ');
  return `Measured on ${of(({ machine }) => machine).join('; ')}, on ${days}: medians of ${samples} after one that warms up, or one of what takes over ${LONG_SAMPLE} s, where what MLflow has not answered after half a minute counts as answered; a ratio is the median of those of samples that followed one another. The load of the machine was between ${least} and ${most} meanwhile, a core's worth being 1.`;
}

function lineOf({ work, ours, theirs, ratio, target, isReached }: Measurement): string {
  const shown = ratio === undefined ? '' : ratio >= 100 ? figure(ratio) : ratio.toPrecision(2);
  return `| ${work} | ${ours} | ${theirs} | ${shown} | ${target}${isReached ? '' : ' (missed)'} |`;
}
