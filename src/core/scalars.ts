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
let lastDay = Number.NaN;
let lastDate = '';

/** As Date writes it. The instants of a page lie on few days, and most of the work is to find the day's date. */
function toText(epoch: number): string {
  const instant = Math.trunc(epoch);
  const day = Math.floor(instant / DAY_MS);
  if (day !== lastDay) {
    lastDate = new Date(instant).toISOString().slice(0, -TIME_LENGTH);
    lastDay = day;
  }
  const ms = instant - day * DAY_MS;
  const [hours, minutes, seconds] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60];
  return `${lastDate}${digits(hours, 2)}:${digits(minutes, 2)}:${digits(seconds, 2)}.${digits(ms % 1_000, 3)}Z`;
}

/** Characters of `12:00:00.000Z`. */
const TIME_LENGTH = 13;

function digits(number: number, width: number): string {
  return String(Math.trunc(number)).padStart(width, '0');
}

/** An instant: RFC 3339 text outside, epoch milliseconds inside. */
export const DateTime = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description: 'An instant, ISO 8601 in UTC with milliseconds, such as `2026-05-01T12:00:00.000Z`.',
  specifiedByURL: GraphQLDateTimeISO.specifiedByURL,
  extensions: { codegenScalarType: 'string', jsonSchema: { type: 'string', format: 'date-time' } },
  serialize: (epoch) => {
    if (typeof epoch !== 'number') throw new GraphQLError('DateTime cannot represent what is no instant.');
    return toText(epoch);
  },
  parseValue: (input) => toEpoch(GraphQLDateTimeISO.parseValue(input)),
  parseLiteral: (node, variables) => toEpoch(GraphQLDateTimeISO.parseLiteral(node, variables)),
});

/** An integer that a JavaScript number holds exactly. */
export const SafeInt = new GraphQLScalarType({
  ...GraphQLSafeInt.toConfig(),
  description: 'An integer of up to 53 bits.',
});
