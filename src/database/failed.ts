/** An attempt at a transaction that did not succeed, and whether its commit had been sent. */
export class Failed extends Error {
  constructor(
    override readonly cause: unknown,
    readonly isOutcomeUnknown: boolean,
  ) {
    super('the transaction failed');
  }
}
