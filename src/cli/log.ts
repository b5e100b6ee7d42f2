// The log: JSON lines, or readable text on a terminal.

import { type Logger, pino } from 'pino';

export async function createLog(level: string): Promise<Logger> {
  if (!process.stderr.isTTY) return pino({ level }, pino.destination(2));
  const { default: pinoPretty } = await import('pino-pretty');
  return pino({ level }, pinoPretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' }));
}
