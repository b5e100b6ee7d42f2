// Python environments with packages that tests send real requests or make real input with, made once and kept.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/python');
const INSTALL_LIMIT_MS = 300_000;

/** The interpreter of an environment, or why there is none. */
export type PythonEnvironment = { readonly python: string } | { readonly missing: string };

/** An environment with packages, such as `gto==1.10.1`; made where it is not there yet. */
export async function pythonWith(...packages: string[]): Promise<PythonEnvironment> {
  const name = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 16);
  const folder = join(CACHE, name);
  const python = join(folder, 'bin/python');
  if (existsSync(folder)) return { python };
  // Made beside its place and moved there whole. The programs that pip writes do not survive that, the interpreter does.
  const making = `${folder}.${process.pid}`;
  try {
    await mkdir(CACHE, { recursive: true });
    await run('python3', ['-m', 'venv', making], { timeout: INSTALL_LIMIT_MS });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
    await run(join(making, 'bin/python'), pip, { timeout: INSTALL_LIMIT_MS });
    await rename(making, folder);
    return { python };
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    // Another process was faster.
    if (existsSync(folder)) return { python };
    return {
      missing: `Python with ${packages.join(' and ')} cannot be had: ${(error as Error).message.split('\n')[0]}`,
    };
  }
}
