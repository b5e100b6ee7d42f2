// The machine: what it is, and on which of its cores something runs.

import { spawnSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

/** Servers on one core, clients on another. */
const SERVER_CORE = '0';
const CLIENT_CORE = '1';

const canPin = cpus().length > 1 && spawnSync('taskset', ['--version']).status === 0;

/** A command that runs on the servers' core, where the system can do that. */
export function onServerCore(command: string, args: readonly string[]): [string, readonly string[]] {
  return onCores(SERVER_CORE, command, args);
}

/** A command that runs on any core. Left to itself, it would stay on that of this process, the clients'. */
export function onAllCores(command: string, args: readonly string[]): [string, readonly string[]] {
  return onCores(`0-${cpus().length - 1}`, command, args);
}

function onCores(cores: string, command: string, args: readonly string[]): [string, readonly string[]] {
  return canPin ? ['taskset', ['-c', cores, command, ...args]] : [command, args];
}

/** Moves this process to the clients' core. */
export function moveToClientCore(): void {
  if (canPin) spawnSync('taskset', ['-a', '-c', '-p', CLIENT_CORE, String(process.pid)]);
}

/** Such as `AMD EPYC, 2 cores, 24 GB, Node 24.21.0; servers and clients share the cores`. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1e9);
  const pinned = canPin ? 'each server on one core, clients on another' : 'servers and clients share the cores';
  return `${cpu?.model.trim()}, ${cpus().length} cores, ${memory} GB, Node ${process.versions.node}; ${pinned}`;
}

/** How many processes ran or waited to, on average over the last minute: what else runs makes figures smaller. */
export function load(): number {
  return loadavg()[0] ?? 0;
}
