// The log: JSON lines, or readable text on a terminal.

import { type Logger, pino } from 'pino';
import pinoPretty from 'pino-pretty';

export function createLog(level: string): Logger {
  if (!process.stderr.isTTY) return pino({ level }, pino.destination(2));
  return pino({ level }, pinoPretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' }));
}
