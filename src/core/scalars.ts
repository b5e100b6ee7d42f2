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

/** An instant: RFC 3339 text outside, epoch milliseconds inside. */
export const DateTime = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description: 'An instant, ISO 8601 in UTC with milliseconds, such as `2026-05-01T12:00:00.000Z`.',
  specifiedByURL: GraphQLDateTimeISO.specifiedByURL,
  extensions: { codegenScalarType: 'string', jsonSchema: { type: 'string', format: 'date-time' } },
  serialize: (epoch) => {
    if (typeof epoch !== 'number') throw new GraphQLError('DateTime cannot represent what is no instant.');
    return new Date(epoch).toISOString();
  },
  parseValue: (input) => toEpoch(GraphQLDateTimeISO.parseValue(input)),
  parseLiteral: (node, variables) => toEpoch(GraphQLDateTimeISO.parseLiteral(node, variables)),
});

/** An integer that a JavaScript number holds exactly. */
export const SafeInt = new GraphQLScalarType({
  ...GraphQLSafeInt.toConfig(),
  description: 'An integer of up to 53 bits.',
});
