// A Python with packages, in a folder of its own that later runs find again.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, '../../node_modules/.cache');
const INSTALL_LIMIT_MS = 240_000;

/** The Python with these packages; a text with the reason where it cannot be had. */
export async function pythonWith(packages: readonly string[]): Promise<{ python: string } | { reason: string }> {
  const digest = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 12);
  const folder = join(CACHE, `python-${digest}`);
  const python = join(folder, 'bin/python');
  const finished = join(folder, 'finished');
  if (existsSync(finished)) return { python };
  try {
    await mkdir(CACHE, { recursive: true });
    // What was cut off half-way is begun again.
    await rm(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder], { timeout: INSTALL_LIMIT_MS });
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], {
      timeout: INSTALL_LIMIT_MS,
    });
    await writeFile(`${finished}.new`, '');
    await rename(`${finished}.new`, finished);
    return { python };
  } catch (error) {
    return { reason: (error as Error).message.trim() };
  }
}
