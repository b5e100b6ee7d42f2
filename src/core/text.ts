// What a text may hold: the limits on names, keys and values, checked in one place.

import { Invalid } from './errors.ts';
import { quoted } from './ids.ts';

/** Limits in characters (Unicode code points). */
export const MAX_CHARACTERS = {
  modelName: 255,
  alias: 255,
  experimentName: 500,
  runName: 250,
  datasetName: 500,
  datasetDigest: 250,
  datasetSourceType: 250,
  inputContext: 250,
  gitCommit: 250,
  codePath: 2_000,
  key: 250,
  value: 8_000,
  description: 100_000,
  comment: 8_000,
  uri: 8_000,
  statusMessage: 8_000,
  document: 1_000_000,
  idempotencyKey: 250,
  actor: 250,
} as const;

export type TextKind = keyof typeof MAX_CHARACTERS;

/**
 * Checks any text that is stored: no NUL, no lone surrogate, not over its limit.
 * @throws Invalid naming `field`
 */
export function checkText(text: string, field: string, kind: TextKind): string {
  const limit = MAX_CHARACTERS[kind];
  // A code point takes one or two UTF-16 units, so the exact count is needed only between the two bounds.
  if (text.length > limit && (text.length > 2 * limit || [...text].length > limit)) {
    throw new Invalid(field, `${field} has more than ${limit.toLocaleString('en')} characters.`);
  }
  if (text.includes('\0')) throw new Invalid(field, `${field} contains a NUL character.`);
  if (!text.isWellFormed()) throw new Invalid(field, `${field} contains a lone surrogate, which is not valid Unicode.`);
  return text;
}

/** As {@link checkText}, and not empty. */
export function checkNotEmpty(text: string, field: string, kind: TextKind): string {
  if (text === '') throw new Invalid(field, `${field} is empty.`);
  return checkText(text, field, kind);
}

/** As {@link checkText} for a field that may be left out. */
export function checkOptional(text: string | null | undefined, field: string, kind: TextKind): string | null {
  return text === null || text === undefined ? null : checkText(text, field, kind);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const ALIAS = /^[A-Za-z0-9_-]+$/;
const RESERVED_ALIAS = /^(latest|v[0-9]+)$/i;

/** A model's name: 1–255 characters, no `/` or `:`, no control characters, no space at the ends. */
export function checkModelName(name: string, field: string): string {
  checkNotEmpty(name, field, 'modelName');
  if (/[/:]/.test(name)) throw new Invalid(field, `A model name has no "/" or ":"; got ${quoted(name)}.`);
  if (CONTROL.test(name)) throw new Invalid(field, `A model name has no control characters; got ${quoted(name)}.`);
  if (name.trim() !== name) {
    throw new Invalid(field, `A model name does not begin or end with a space; got ${quoted(name)}.`);
  }
  return name;
}

/** A name that people read: not empty, no control characters, no space at the ends. */
export function checkName(name: string, field: string, kind: TextKind): string {
  checkNotEmpty(name, field, kind);
  if (CONTROL.test(name)) throw new Invalid(field, `${field} has no control characters; got ${quoted(name)}.`);
  if (name.trim() === '') throw new Invalid(field, `${field} is blank.`);
  return name;
}

/** An alias: letters, digits, `_` and `-`; neither `latest` nor `v` and digits, which would read like a version. */
export function checkAlias(alias: string, field: string): string {
  checkNotEmpty(alias, field, 'alias');
  if (!ALIAS.test(alias)) {
    throw new Invalid(field, `An alias has letters, digits, "_" and "-" only; got ${quoted(alias)}.`);
  }
  if (RESERVED_ALIAS.test(alias)) {
    throw new Invalid(field, `${quoted(alias)} is reserved: "latest" and "v" with digits stand for versions.`);
  }
  return alias;
}

/** Keys of tags, params and metrics, each once. */
export function checkKeys(keys: readonly string[], field: string): void {
  const seen = new Set<string>();
  for (const key of keys) {
    checkNotEmpty(key, field, 'key');
    if (seen.has(key)) throw new Invalid(field, `${field} names the key ${quoted(key)} twice.`);
    seen.add(key);
  }
}
