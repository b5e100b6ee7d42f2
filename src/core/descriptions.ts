// Descriptions of the arguments that every governed mutation has.

export const EXPECTED_REVISION = 'The revision that the change was decided on; another current one is a `CONFLICT`.';
export const COMMENT = 'Why, for the audit log.';
export const IDEMPOTENCY_KEY =
  'Makes a retry safe: the same key and input give the first result and have no second effect.';
