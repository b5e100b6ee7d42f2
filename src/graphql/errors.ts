// Errors as clients see them, the same over HTTP and WebSocket: what a rule said is shown, anything else is masked.

import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { DomainError } from '../core/errors.ts';

/** Codes of errors that the request itself caused. */
const REQUEST_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

export type ErrorFormatter = (error: unknown) => GraphQLFormattedError;

/**
 * Maps errors for the client; what is masked is logged under an id that the client is given.
 * @param onCode told of the code of every error that is shown
 */
export function errorFormatter(log: Logger, onCode: (code: string) => void = () => undefined): ErrorFormatter {
  const format = formatterWith(log);
  return (error) => {
    const formatted = format(error);
    onCode(String(formatted.extensions?.code));
    return formatted;
  };
}

function formatterWith(log: Logger): ErrorFormatter {
  return (error) => {
    const outer = error instanceof GraphQLError ? error : new GraphQLError('', { originalError: asError(error) });
    const cause = rootCause(outer);
    const where = { ...(outer.locations && { locations: outer.locations }), ...(outer.path && { path: outer.path }) };
    if (cause instanceof DomainError) {
      const { code, field, details, message } = cause;
      return { message, ...where, extensions: { code, ...(field && { field }), ...(details && { details }) } };
    }
    const code = requestCode(outer, cause);
    if (code) return { message: explain(outer, cause), ...where, extensions: { code } };
    const errorId = randomUUID();
    log.error({ err: cause, errorId, path: outer.path }, 'unexpected error while answering a request');
    return {
      message: `Something went wrong here; the log has it under ${errorId}.`,
      ...where,
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
    };
  };
}

/** The code of an error that the language itself raised about the request; undefined for any other error. */
function requestCode(outer: GraphQLError, cause: Error): string | undefined {
  const given = outer.extensions.code ?? (cause instanceof GraphQLError ? cause.extensions.code : undefined);
  if (given !== undefined) return REQUEST_CODES.has(String(given)) ? String(given) : undefined;
  if (!(cause instanceof GraphQLError)) return undefined;
  // Without a path it is a variable's value. With one, the executor names the argument that it could not take, while
  // a result that does not fit its type names nothing.
  return !outer.path || cause.nodes ? 'BAD_USER_INPUT' : undefined;
}

function explain(outer: GraphQLError, cause: Error): string {
  if (isStackOverflow(cause)) return 'The document is nested too deeply.';
  // graphql-js stops comparing selections after so many, and says no more than this.
  if (outer.message === 'Validation aborted.') {
    return 'The document selects the same fields too often for its selections to be compared.';
  }
  return withoutSuggestions(outer.message);
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}

/** A schema that can be read needs no guessing games: suggestions name fields that a caller did not ask about. */
function withoutSuggestions(message: string): string {
  return message.replace(/ ?Did you mean [^?]+\?/g, '').trimEnd();
}

/** What was thrown, behind what the executor made of it. */
export function rootCause(error: GraphQLError): Error {
  let cause: Error = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
