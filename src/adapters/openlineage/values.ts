// The values of OpenLineage that are more than text: instants and ids of runs.

import { LATEST_INSTANT } from '../../core/clock.ts';
import type { JsonReader } from './json-reader.ts';

/** RFC 3339, and without a zone as some clients write it, which is taken for UTC. */
const TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:?\d{2})?$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Epoch milliseconds, with the fraction that the text has. */
export function readTime(reader: JsonReader): number {
  const text = reader.text();
  const time = typeof reader.value === 'string' ? parseTime(text) : 0;
  if (time === undefined) reader.report('must be a date and time such as 2026-05-01T12:00:00.000Z');
  return time ?? 0;
}

export function parseTime(text: string): number | undefined {
  const [, date, clock, fraction = '', zone = 'Z'] = TIME.exec(text) ?? [];
  if (date === undefined || clock === undefined) return undefined;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const seconds = Date.parse(`${date}T${clock}${offset}`);
  const time = seconds + Number(`0.${fraction || '0'}`) * 1_000;
  return Number.isFinite(time) && time >= 0 && time <= LATEST_INSTANT ? time : undefined;
}

/** 32 hexadecimal digits, as runs are known by here. */
export function readRunId(reader: JsonReader): string {
  const text = reader.text();
  if (UUID.test(text)) return toRunId(text);
  if (typeof reader.value === 'string') reader.report('must be a UUID');
  return '';
}

export function toRunId(uuid: string): string {
  return uuid.replaceAll('-', '').toLowerCase();
}

/** The same id as a UUID. */
export function toUuid(runId: string): string {
  return runId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Text that something is described by, made so that it can be stored: up to a limit, and valid Unicode without NUL. */
export function storableText(text: string, limit: number): string {
  const cut = text.length > limit ? [...text].slice(0, limit).join('') : text;
  return cut.replaceAll('\0', '\ufffd').toWellFormed();
}
