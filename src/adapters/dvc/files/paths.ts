// Paths as DVC writes them, from the folder of their file, and as the graph knows them, from the root of the repository.

import { posix } from 'node:path';

const URL_FORM = /^[a-z][a-z0-9+.-]*:\/\//i;
/** `/data`, `C:\data` */
const ABSOLUTE = /^(\/|[A-Za-z]:[\\/])/;

/** What lies elsewhere: another machine, a bucket, a folder of this machine. */
export function isOutside(path: string): boolean {
  return URL_FORM.test(path) || ABSOLUTE.test(path) || path === '..' || path.startsWith('../');
}

/** A path from the root, with `/`. What is a URL or absolute stays as it is. */
export function fromRoot(folder: string, path: string): string {
  return URL_FORM.test(path) || ABSOLUTE.test(path) ? path : posix.join(folder, path).replace(/\/$/, '');
}

/** The folder that a file lies in; empty for the root. */
export function folderOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? '' : folder;
}

/** Where DVC would put the values of a template. */
const TEMPLATE = /\$\{[^}]*\}/;

export function isTemplate(text: string): boolean {
  return TEMPLATE.test(text);
}

/** Tells whether a path is one that a path with templates can become: `${item}.json` becomes `us.json`. */
export function matcherOf(pattern: string): (path: string) => boolean {
  if (!isTemplate(pattern)) return (path) => path === pattern;
  const literals = pattern.split(TEMPLATE).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${literals.join('.+')}$`);
  return (path) => expression.test(path);
}
