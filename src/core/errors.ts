// The errors a rule of the registry can raise. Each transport maps them once; anything else is unexpected.

export type DomainErrorCode =
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'BAD_USER_INPUT'
  | 'PRECONDITION_FAILED'
  | 'CURSOR_EXPIRED'
  | 'UNAVAILABLE';

/** What a caller may branch on, beside the code: for instance the current revision of an object. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export abstract class DomainError extends Error {
  abstract readonly code: DomainErrorCode;
  constructor(
    message: string,
    /** The input that was wrong, as a path of the argument: `input.name`. */
    readonly field?: string,
    readonly details?: ErrorDetails,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** What was asked for does not exist, or no longer does. */
export class NotFound extends DomainError {
  readonly code = 'NOT_FOUND';
}

/** The change contradicts what is stored: a name that is taken, a revision that has moved on. */
export class Conflict extends DomainError {
  readonly code = 'CONFLICT';
  constructor(message: string, details?: ErrorDetails, field?: string) {
    super(message, field, details);
  }
}

/** An input that can never be right, whatever is stored. */
export class Invalid extends DomainError {
  readonly code = 'BAD_USER_INPUT';
  constructor(field: string, message: string, details?: ErrorDetails) {
    super(message, field, details);
  }
}

/** The change would be right in another state of its object, which the message names. */
export class PreconditionFailed extends DomainError {
  readonly code = 'PRECONDITION_FAILED';
}

/** The events after a cursor are no longer kept. The message says how to go on. */
export class CursorExpired extends DomainError {
  readonly code = 'CURSOR_EXPIRED';
}

/** The database cannot be reached just now; the same request may succeed later. */
export class Unavailable extends DomainError {
  readonly code = 'UNAVAILABLE';
}
