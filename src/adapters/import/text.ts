// Which texts the graph can hold, told as a reason to report instead of an error to throw.

import { MAX_CHARACTERS, type TextKind } from '../../core/text.ts';
import { MOST_KEYS } from '../../features/tags/tag.types.ts';

/** What a run or a model may hold of each kind of entry. */
export const MAX_ENTRIES = MOST_KEYS;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const ALIAS = /^[A-Za-z0-9_-]+$/;
const RESERVED_ALIAS = /^(latest|v[0-9]+)$/i;

/** Why a text cannot be stored, or null where it can. */
export function textProblem(text: string, kind: TextKind): string | null {
  const limit = MAX_CHARACTERS[kind];
  // A code point takes one or two UTF-16 units, so the exact count is needed only between the two bounds.
  if (text.length > limit && (text.length > 2 * limit || [...text].length > limit)) {
    return `has more than ${limit.toLocaleString('en')} characters`;
  }
  if (text.includes('\0')) return 'contains a NUL character';
  if (!text.isWellFormed()) return 'contains a lone surrogate, which is not valid Unicode';
  return null;
}

export function keyProblem(key: string): string | null {
  return key === '' ? 'the key is empty' : prefixed('the key', textProblem(key, 'key'));
}

/** For a name that people read: not blank, no control characters. */
export function nameProblem(name: string, kind: TextKind): string | null {
  if (name.trim() === '') return 'the name is blank';
  return prefixed('the name', textProblem(name, kind) ?? (CONTROL.test(name) ? 'contains a control character' : null));
}

export function modelNameProblem(name: string): string | null {
  const problem = nameProblem(name, 'modelName');
  if (problem) return problem;
  if (/[/:]/.test(name)) return 'the name contains "/" or ":"';
  return name.trim() === name ? null : 'the name begins or ends with a space';
}

export function aliasProblem(alias: string): string | null {
  if (!ALIAS.test(alias)) return 'an alias has letters, digits, "_" and "-" only';
  if (RESERVED_ALIAS.test(alias)) return '"latest" and "v" with digits stand for versions';
  return prefixed('the alias', textProblem(alias, 'alias'));
}

const SHOWN_CHARACTERS = 80;

/** A text of the source, quoted and cut short, for a reason or a place. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}

function prefixed(subject: string, problem: string | null): string | null {
  return problem && `${subject} ${problem}`;
}
