// A Python with MLflow in it: one that is given, or an environment that is made once and kept.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const MLFLOW = 'mlflow==3.17.2';
const ENVIRONMENT = join(import.meta.dirname, '../../../node_modules/.cache/bench-python');
const INSTALL_LIMIT_MS = 300_000;

/** @returns what finds it when it is first asked for; undefined where there is no Python, or it cannot be installed */
export function findPython(given: string | undefined, say: (text: string) => void): () => Promise<string | undefined> {
  let found: Promise<string | undefined> | undefined;
  return () => {
    found ??= given === undefined ? environment(say) : Promise.resolve(given);
    return found;
  };
}

async function environment(say: (text: string) => void): Promise<string | undefined> {
  const python = join(ENVIRONMENT, 'bin/python');
  if (existsSync(python) && spawnSync(python, ['-c', 'import mlflow, pymysql']).status === 0) return python;
  if (spawnSync('python3', ['--version']).status !== 0) {
    say('no Python, so nothing is compared with MLflow');
    return undefined;
  }
  say(`installing ${MLFLOW} into ${ENVIRONMENT}`);
  const isInstalled =
    (await succeeds('python3', ['-m', 'venv', ENVIRONMENT])) &&
    (await succeeds(python, ['-m', 'pip', 'install', '--quiet', MLFLOW, 'pymysql']));
  if (!isInstalled) say('MLflow cannot be installed, so nothing is compared with it');
  return isInstalled ? python : undefined;
}

/** Runs a program with its output shown. */
function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, { stdio: ['ignore', 2, 2], timeout: INSTALL_LIMIT_MS });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}
