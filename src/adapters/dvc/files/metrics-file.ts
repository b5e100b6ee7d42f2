// A file of metrics: JSON, YAML or TOML, nested as its writer liked it.

import { createHash } from 'node:crypto';
import { parse as parseToml } from 'smol-toml';
import { flattened } from './locked-stages.ts';
import { MAX_DEPTH, NumberText, parseYaml, textOf, type YamlFields, type YamlValue } from './yaml-values.ts';

/**
 * The numbers of a file, by their keys joined with dots; texts, booleans and lists are no metrics, and left out.
 * @throws Error with a reason to report
 */
export function metricsIn(path: string, content: Buffer): Map<string, number> {
  const metrics = new Map<string, number>();
  for (const [key, value] of flattened(fieldsIn(path, content))) {
    if (value instanceof NumberText) metrics.set(key, value.value);
  }
  return metrics;
}

/** Whether a digest is the one of this content; old versions of DVC took the line ends of Windows for those of Unix. */
export function isContentOf(digest: string, content: Buffer): boolean {
  if (!digest.startsWith('md5:')) return true;
  const md5 = (bytes: Buffer) => `md5:${createHash('md5').update(bytes).digest('hex')}`;
  return (
    digest === md5(content) ||
    digest === md5(Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'))
  );
}

function fieldsIn(path: string, content: Buffer): YamlFields {
  if (path.endsWith('.json')) return parsed('JSON', () => JSON.parse(withQuotedWords(textOf(content))));
  if (path.endsWith('.toml')) return parsed('TOML', () => parseToml(textOf(content)));
  return parseYaml(content);
}

function parsed(format: string, parse: () => unknown): YamlFields {
  let value: unknown;
  try {
    value = parse();
  } catch (error) {
    throw new Error(`is not valid ${format}: ${(error as Error).message.split('\n')[0]}`);
  }
  if (!isTable(value)) throw new Error(`is no ${format} object`);
  return fieldsOfTable(value, 0);
}

function fieldsOfTable(table: object, depth: number): YamlFields {
  if (depth > MAX_DEPTH) throw new Error(`is nested deeper than ${MAX_DEPTH} levels`);
  return Object.fromEntries(
    Object.entries(table).map(([key, value]): [string, YamlValue] => {
      if (isTable(value)) return [key, fieldsOfTable(value, depth + 1)];
      const special = SPECIAL_NUMBERS.get(value);
      const isNumber = typeof value === 'number' || typeof value === 'bigint' || special !== undefined;
      return [key, isNumber ? new NumberText(String(value), special ?? Number(value)) : String(value)];
    }),
  );
}

function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Marks a word that stood where JSON has a value: no text of a file of metrics begins with it. */
const MARK = '\u{e000}';
const SPECIAL_NUMBERS = new Map<unknown, number>([
  [`${MARK}NaN`, Number.NaN],
  [`${MARK}Infinity`, Number.POSITIVE_INFINITY],
  [`${MARK}-Infinity`, Number.NEGATIVE_INFINITY],
]);

/** JSON as Python writes it has the words NaN and Infinity, which JSON does not. */
function withQuotedWords(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|-?\b(?:NaN|Infinity)\b/g, (word, quoted) =>
    quoted === undefined ? JSON.stringify(MARK + word) : word,
  );
}
