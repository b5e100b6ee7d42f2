// The events of GTO: the annotated git tags of a repository whose names are in its grammar.

import type { ImportReport } from '../../import/report.ts';
import type { Git } from '../repository/git.ts';
import { type GtoTagName, parseTagName } from './tag-name.ts';

export interface GtoEvent extends GtoTagName {
  /** The git tag's name. */
  readonly ref: string;
  /** The commit that the tag is on. */
  readonly commit: string;
  /** Epoch milliseconds; git counts seconds. */
  readonly at: number;
  readonly author: string;
  readonly email: string;
  readonly message: string;
}

/** As GTO ranks what happens within one second. */
const RANK = { deprecate: 2, register: 3, deregister: 4, assign: 5, unassign: 6 } as const;

/** Each field is ended by NUL, which no tag can contain. */
const FIELDS = [
  '%(refname:strip=2)',
  '%(objecttype)',
  '%(object)',
  '%(type)',
  '%(taggername)',
  '%(taggeremail)',
  '%(taggerdate:unix)',
  '%(contents)',
];
const FORMAT = FIELDS.map((field) => `${field}%00`).join('');

/** The events of all artifacts, oldest first, as `gto history` orders them. @throws GitFailed */
export async function readGtoEvents(git: Git, report: ImportReport): Promise<GtoEvent[]> {
  const texts = (await git.run('for-each-ref', `--format=${FORMAT}`, 'refs/tags')).toString('utf8').split('\0');
  const events: GtoEvent[] = [];
  for (let start = 0; start + FIELDS.length < texts.length + 1; start += FIELDS.length) {
    const fields = texts.slice(start, start + FIELDS.length);
    // Records are apart by a line break, which so begins the name of the next.
    const event = eventOf([fields[0]?.replace(/^\n/, '') ?? '', ...fields.slice(1)], report);
    if (event) events.push(event);
  }
  return events.sort(inOrder);
}

function eventOf(fields: readonly string[], report: ImportReport): GtoEvent | null {
  const [ref = '', objectType, commit = '', targetType, author = '', email = '', seconds = '', message = ''] = fields;
  const name = parseTagName(ref);
  if (!name) return null;
  if (objectType !== 'tag') {
    report.addNote('A lightweight tag is left out, since GTO reads annotated ones only', ref);
    return null;
  }
  if (targetType !== 'commit' || !/^[0-9]+$/.test(seconds)) {
    report.addUnreadable(
      `tag ${ref}`,
      targetType === 'commit' ? 'has no tagger' : `is on a ${targetType}, not on a commit`,
    );
    return null;
  }
  const at = Number(seconds) * 1_000;
  return { ...name, ref, commit, at, author, email: email.replace(/^<|>$/g, ''), message: message.trim() };
}

function inOrder(a: GtoEvent, b: GtoEvent): number {
  const byNumber = a.at - b.at || RANK[a.action] - RANK[b.action] || (a.counter ?? 0) - (b.counter ?? 0);
  return byNumber || (a.ref < b.ref ? -1 : 1);
}
