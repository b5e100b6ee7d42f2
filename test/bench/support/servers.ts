// The servers that are measured, each a process on the servers' core.

import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChildProgram } from '../../support/child-program.ts';
import { freePorts } from '../../support/free-ports.ts';
import { HttpConnection, request } from './http-connection.ts';
import { onServerCore } from './machine.ts';

const ROOT = join(import.meta.dirname, '../../..');
const START_LIMIT_MS = 180_000;
const END_LIMIT_MS = 10_000;

export interface MeasuredServer {
  readonly port: number;
  readonly pid: number;
  /** Has it stand still, with all that it started. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Where its log goes. */
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
}

interface PlaceOptions {
  /** One that the command knows already; else a free one, which it is told as PORT. */
  readonly port?: number;
  /** Where it says that it is ready. */
  readonly path?: string;
}

/** The built server on a database. */
export function startModelgraph(databaseUrl: string, options: ServerOptions): Promise<MeasuredServer> {
  return startNode([join(ROOT, 'dist/main.js'), 'serve'], {
    ...options,
    environment: { DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn', ...options.environment },
  });
}

/** One of the programs in `limits/`, which answer as fast as can be. */
export function startLimit(name: string, args: readonly string[], options: ServerOptions): Promise<MeasuredServer> {
  return startNode([join(import.meta.dirname, `../limits/${name}.ts`), ...args], options);
}

/** A program for Node that serves on PORT, and answers something on `/healthz`. */
export async function startNode(
  argv: readonly string[],
  { nodeOptions = [], ...options }: ServerOptions,
): Promise<MeasuredServer> {
  return startServer([process.execPath, ...nodeOptions, ...argv], options);
}

/** Starts a server of any kind, and waits until it answers. */
export async function startServer(
  [command = '', ...args]: readonly string[],
  options: Omit<ServerOptions, 'nodeOptions'>,
  { port, path = '/healthz' }: PlaceOptions = {},
): Promise<MeasuredServer> {
  const [free = 0] = port ? [port] : await freePorts(1);
  const logFile = join(mkdtempSync(join(options.folder, 'server-')), 'log');
  const [file, given] = onServerCore(command, args);
  const program = new ChildProgram(file, given, {
    logFile,
    environment: { ...options.environment, PORT: String(free) },
  });
  try {
    await program.until(() => answers(free, path), `The server ${args.join(' ')}`, START_LIMIT_MS);
  } catch (error) {
    await program.kill();
    throw error;
  }
  return {
    port: free,
    pid: program.pid,
    pause: () => program.signal('SIGSTOP'),
    resume: () => program.signal('SIGCONT'),
    stop() {
      program.signal('SIGCONT');
      return program.end(END_LIMIT_MS);
    },
  };
}

async function answers(port: number, path: string): Promise<boolean> {
  const connection = new HttpConnection(port);
  try {
    return (await connection.send(request('GET', path))).status === 200;
  } catch {
    return false;
  } finally {
    connection.close();
  }
}

/** What a process has in memory, bytes. */
export function residentBytes(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1_024;
}
