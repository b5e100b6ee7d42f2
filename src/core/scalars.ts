// The scalars of the schema. Instants travel inside the program as epoch milliseconds.

import { GraphQLError, GraphQLScalarType } from 'graphql';
import { GraphQLDateTimeISO, GraphQLSafeInt } from 'graphql-scalars';
import { LATEST_INSTANT } from './clock.ts';

function toEpoch(parsed: unknown): number {
  const epoch = parsed instanceof Date ? parsed.getTime() : Number.NaN;
  if (!Number.isFinite(epoch) || epoch > LATEST_INSTANT) {
    throw new GraphQLError('DateTime cannot represent an instant that is not on the calendar before the year 10000.');
  }
  return epoch;
}

const DAY_MS = 86_400_000;
const DAYS_KEPT = 1_000;
/** The beginnings of the texts of days that were written, such as `2026-05-01T`, by their number. */
const days = new Map<number, string>();
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

const INSTANTS_KEPT = 10_000;
/** Instants that were written lately: what is read again and again has the same. */
const instants = new Map<number, string>();

/** As `Date.toISOString`, several times as fast. */
function writtenInstant(epoch: number): string {
  const known = instants.get(epoch);
  if (known !== undefined) return known;
  const written = write(epoch);
  if (instants.size >= INSTANTS_KEPT) instants.clear();
  instants.set(epoch, written);
  return written;
}

/** Most instants of an answer lie on a few days. */
function write(epoch: number): string {
  const instant = Math.trunc(epoch);
  const dayNumber = Math.floor(instant / DAY_MS);
  let day = days.get(dayNumber);
  if (day === undefined) {
    day = new Date(dayNumber * DAY_MS).toISOString().slice(0, -'00:00:00.000Z'.length);
    if (days.size >= DAYS_KEPT) days.clear();
    days.set(dayNumber, day);
  }
  const ms = instant - dayNumber * DAY_MS;
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const time = `${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}`;
  return `${day}${time}.${String(ms % 1_000).padStart(3, '0')}Z`;
}

/** An instant: RFC 3339 text outside, epoch milliseconds inside. */
export const DateTime = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description: 'An instant, ISO 8601 in UTC with milliseconds, such as `2026-05-01T12:00:00.000Z`.',
  specifiedByURL: GraphQLDateTimeISO.specifiedByURL,
  extensions: { codegenScalarType: 'string', jsonSchema: { type: 'string', format: 'date-time' } },
  serialize: (epoch) => {
    if (typeof epoch !== 'number') throw new GraphQLError('DateTime cannot represent what is no instant.');
    return writtenInstant(epoch);
  },
  parseValue: (input) => toEpoch(GraphQLDateTimeISO.parseValue(input)),
  parseLiteral: (node, variables) => toEpoch(GraphQLDateTimeISO.parseLiteral(node, variables)),
});

/** An integer that a JavaScript number holds exactly. */
export const SafeInt = new GraphQLScalarType({
  ...GraphQLSafeInt.toConfig(),
  description: 'An integer of up to 53 bits.',
});
