// Reading a meta.yaml: every plain value as text, since which texts are numbers is a matter on which YAML versions differ.

import { isAlias, isMap, isScalar, isSeq, parseDocument, Scalar } from 'yaml';
import { readText } from './folders.ts';

export type MetaValue = string | null | readonly MetaValue[] | MetaFields;
export interface MetaFields {
  readonly [field: string]: MetaValue;
}

/** What a plain scalar means nothing by. */
const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);

/**
 * The fields of a meta.yaml.
 * @throws Error with a reason to report
 */
export function readMeta(path: string): MetaFields {
  return parseMeta(readText(path));
}

/**
 * The fields of a YAML mapping. A run id such as `1234…e123` stays the text that it is, where YAML 1.2 sees a number.
 * @throws Error with a reason to report
 */
export function parseMeta(text: string): MetaFields {
  const document = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' });
  const error = document.errors[0];
  if (error) throw new Error(`is not valid YAML: ${error.message.split('\n')[0]}`);
  const value = metaValueOf(document.contents);
  if (value === null) throw new Error('is empty');
  if (typeof value === 'string' || isList(value)) throw new Error('is not a YAML mapping');
  return value;
}

/** The mapping a field holds; an empty one where it is absent or something else. */
export function mappingOf(value: MetaValue | undefined): MetaFields {
  return value && typeof value !== 'string' && !isList(value) ? value : {};
}

function metaValueOf(node: unknown): MetaValue {
  if (isScalar(node)) {
    const text = String(node.value ?? '');
    return node.type === Scalar.PLAIN && NULLS.has(text) ? null : text;
  }
  if (isSeq(node)) return node.items.map(metaValueOf);
  if (isMap(node))
    return Object.fromEntries(node.items.map((pair) => [String(metaValueOf(pair.key)), metaValueOf(pair.value)]));
  if (isAlias(node)) throw new Error('is not valid here: it has an alias');
  return null;
}

function isList(value: MetaValue): value is readonly MetaValue[] {
  return Array.isArray(value);
}
