// Load on one server process, and what it costs that process: requests per second, and processor time per request.

import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

/** Of /proc: the kernel counts a process's time in hundredths of a second. */
const MS_PER_TICK = 10;

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  /** Processor time of the server, microseconds a request. */
  readonly cpuMicros: number;
}

export interface Target {
  readonly pid: number;
  readonly url: string;
  readonly body: string;
}

/** Keeps so many connections busy for a while. */
export async function load({ pid, url, body }: Target, connections: number, forMs: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const cpuBefore = cpuMs(pid);
  const start = performance.now();
  let requests = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() - start < forMs) {
        await post(agent, url, body);
        requests++;
      }
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  agent.destroy();
  return { requests, perSecond: requests / seconds, cpuMicros: ((cpuMs(pid) - cpuBefore) * 1_000) / requests };
}

export function post(agent: Agent, url: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve(Buffer.concat(parts).toString()));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
