// Clients that do the same thing over and over for a while.

import { readFileSync } from 'node:fs';
import { HttpConnection } from './http-connection.ts';
import type { MeasuredServer } from './servers.ts';

/** Of /proc: the kernel counts a process's time in hundredths of a second. */
const MS_PER_TICK = 10;

/** One operation of one client, over its connection. */
export type Operation = (connection: HttpConnection, client: number) => Promise<void>;

export interface Load {
  readonly clients: number;
  readonly forMs: number;
  /** When to stop waiting for the last of them. What is under way then counts as done. */
  readonly patienceMs?: number;
}

/** @returns operations per second of so many clients over so many milliseconds */
export async function perSecond({ port }: MeasuredServer, operation: Operation, load: Load): Promise<number> {
  const startedAt = performance.now();
  return ((await repeat(port, operation, load)) / (performance.now() - startedAt)) * 1_000;
}

/**
 * Operations per second of the server's processor time: what it would do on a core of its own, whatever else the
 * machine does meanwhile. For servers that wait for nobody.
 */
export async function perCoreSecond({ port, pid }: MeasuredServer, operation: Operation, load: Load): Promise<number> {
  const before = processorMs(pid);
  const done = await repeat(port, operation, load);
  return (done / (processorMs(pid) - before)) * 1_000;
}

/** Does something so often that the server's code for it is compiled as far as it will be, however busy the machine is. */
export async function warmUp({ port }: MeasuredServer, operation: Operation, times: number): Promise<void> {
  const connection = new HttpConnection(port);
  try {
    for (let done = 0; done < times; done++) await operation(connection, 0);
  } finally {
    connection.close();
  }
}

/** Sends one request again and again. @throws where the answer is no success */
export function repeating(wire: Buffer): Operation {
  return async (connection) => {
    const { status, body } = await connection.send(wire);
    if (status !== 200) throw new Error(`The answer has the status ${status}: ${body.toString().slice(0, 500)}`);
  };
}

async function repeat(port: number, operation: Operation, { clients, forMs, patienceMs }: Load): Promise<number> {
  const deadline = performance.now() + forMs;
  const connections = Array.from({ length: clients }, () => new HttpConnection(port));
  let done = 0;
  const work = async (connection: HttpConnection, client: number) => {
    while (performance.now() < deadline) {
      await operation(connection, client);
      done++;
    }
  };
  try {
    const inTime = await unlessLate(Promise.all(connections.map(work)), patienceMs);
    return inTime ? done : done + clients;
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** What comes of some work, or undefined where it takes longer; whatever comes of it then is nobody's concern. */
export async function unlessLate<T>(work: Promise<T>, patienceMs: number | undefined): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    if (patienceMs !== undefined) timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  work.catch(() => undefined);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function processorMs(pid: number): number {
  // The name in parentheses may have spaces; what follows it has none.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const [user = 0, system = 0] = [fields[11], fields[12]].map(Number);
  return (user + system) * MS_PER_TICK;
}
