// The report of an import as people read it on a terminal.

import type { ImportReport, ReadKind } from './report.ts';

const number = (value: number) => value.toLocaleString('en');

/** `evaluationDatasets` as "evaluation datasets". */
const words = (kind: string) => kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Some lines of text without a line break at the end. */
export function reportText(report: ImportReport): string {
  const { read, imported, stopped, notKept, notes, unreadable, unreadableCount, store } = report.toJSON();
  const lines = [store ? `Read ${store.path}` : 'Read'];
  for (const kind of Object.keys(read) as ReadKind[]) {
    const isAllNew = imported[kind] === read[kind];
    if (read[kind] > 0)
      lines.push(`  ${number(read[kind])} ${words(kind)}${isAllNew ? '' : `, ${number(imported[kind])} of them new`}`);
  }
  if (lines.length === 1) lines.push('  nothing');
  if (notKept.length > 0) {
    lines.push('Counted only, since the graph has no place for them');
    for (const { kind, count } of notKept) lines.push(`  ${number(count)} ${words(kind)}`);
  }
  if (notes.length > 0) {
    lines.push('Notes');
    for (const note of notes) {
      const more = note.count > note.places.length ? ', …' : '';
      lines.push(`  ${note.message} (${number(note.count)}×: ${note.places.join(', ')}${more})`);
    }
  }
  if (unreadableCount > 0) {
    lines.push(`Could not be read: ${number(unreadableCount)}`);
    for (const part of unreadable) lines.push(`  ${part.place}: ${part.reason}`);
    const unlisted = unreadableCount - unreadable.length;
    if (unlisted > 0) lines.push(`  and ${number(unlisted)} more`);
  }
  if (stopped !== null) lines.push(`Not finished: ${stopped} Run the same command again to go on from there.`);
  return lines.join('\n');
}
