// Reading YAML as DVC writes it: plain values, with every number in the digits that the file has.

import { parseDocument, type ScalarTag, type Tags } from 'yaml';

/** A number, and how the file writes it: `1e-05` and `1.0` would not come back from a double. */
export class NumberText {
  constructor(
    readonly text: string,
    readonly value: number,
  ) {}

  /** As the key of a mapping. */
  toString(): string {
    return this.text;
  }
}

export type YamlValue = string | boolean | null | NumberText | readonly YamlValue[] | YamlFields;
export interface YamlFields {
  readonly [field: string]: YamlValue | undefined;
}

/** Aliases that a file may resolve to, so that a few lines cannot unfold into gigabytes. */
const MAX_ALIASES = 1_000;

/** Nested deeper than anyone writes; what follows recurses. */
export const MAX_DEPTH = 100;

const keepDigits = (tags: Tags): Tags =>
  tags.map((tag) => {
    if (typeof tag !== 'object' || !/:(int|float)$/.test(tag.tag) || 'collection' in tag) return tag;
    const { resolve } = tag;
    return {
      ...tag,
      // A tag of the library's own that holds another value: what is read here is never written.
      resolve: (text, onError, options) => new NumberText(text, Number(resolve(text, onError, options))),
    } satisfies ScalarTag;
  });

/**
 * The mapping that a file holds; an empty one where it is empty.
 * @throws Error with a reason to report
 */
export function parseYaml(content: Buffer): YamlFields {
  const document = parseDocument(textOf(content), { logLevel: 'silent', merge: true, customTags: keepDigits });
  const error = document.errors[0];
  if (error) throw new Error(`is not valid YAML: ${error.message.split('\n')[0]}`);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (failure) {
    throw new Error(`is not valid YAML: ${(failure as Error).message}`);
  }
  if (value === null || value === undefined) return {};
  checkDepth(value as YamlValue, 0);
  if (!isFields(value as YamlValue)) throw new Error('is not a YAML mapping');
  return value as YamlFields;
}

/** A file's text. @throws Error with a reason to report */
export function textOf(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new Error('is not UTF-8');
  }
}

export function isFields(value: YamlValue | undefined): value is YamlFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

/** The mapping that a field holds; an empty one where it is absent or something else. */
export function fieldsOf(value: YamlValue | undefined): YamlFields {
  return isFields(value) ? value : {};
}

/** The list that a field holds; an empty one where it is absent or something else. */
export function listOf(value: YamlValue | undefined): readonly YamlValue[] {
  return Array.isArray(value) ? value : [];
}

/** The text of a scalar: a number as it is written; null where it is absent, null, a list or a mapping. */
export function textValue(value: YamlValue | undefined): string | null {
  if (value instanceof NumberText) return value.text;
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : null;
}

/** A value in one line: a scalar as it is written, anything else as JSON with the numbers of the file. */
export function valueText(value: YamlValue): string {
  return typeof value === 'string' ? value : jsonText(value);
}

function jsonText(value: YamlValue): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(', ')}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${jsonText(one ?? null)}`);
  return `{${entries.join(', ')}}`;
}

function checkDepth(value: YamlValue, depth: number): void {
  if (depth > MAX_DEPTH) throw new Error(`is nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) for (const one of value) checkDepth(one, depth + 1);
  else if (isFields(value)) for (const one of Object.values(value)) checkDepth(one ?? null, depth + 1);
}
