// What the program tells about its own work. The parts say what they do; who listens, and whether anybody does, they do not know.

/** A GraphQL operation, or the answer to one event of a subscription. */
export interface OperationStart {
  readonly via: 'http' | 'websocket' | 'event';
  /** Headers of the request, which may say what trace it is part of. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Where it is known from the start; else {@link Telemetry.resolved} says it. */
  readonly operation?: OperationIdentity;
}

export interface OperationIdentity {
  readonly type: 'query' | 'mutation' | 'subscription';
  /** Undefined for one without a name. */
  readonly name: string | undefined;
}

/** What a database is called by those who watch many kinds of them. */
export type DatabaseSystem = 'sqlite' | 'mysql' | 'mariadb';

/** What is counted. */
export type Happening = 'transactionRetried' | 'eventDelivered' | 'subscriberCutOff';

/** What there are so many of at a time. */
export type Population = 'webSockets' | 'subscriptions';

export interface Telemetry {
  /** Runs what answers an operation. What happens within counts as its doing. */
  operation<T>(start: OperationStart, work: () => Promise<T>): Promise<T>;
  /** Which operation it is that is being answered, once its document is read. */
  resolved(operation: OperationIdentity): void;
  /** An error that the operation being answered has in its answer. */
  failed(code: string): void;
  transaction<T>(system: DatabaseSystem, work: () => Promise<T>): Promise<T>;
  /** @param text the statement, without the values of its parameters */
  statement<T>(system: DatabaseSystem, text: string, work: () => Promise<T>): Promise<T>;
  /** An HTTP request was answered. @param route the pattern that it matched */
  answered(route: string, status: number): void;
  count(happening: Happening): void;
  /** There is one more of something, until the function that is returned is called. */
  join(population: Population): () => void;
}

export interface ConnectionUsage {
  readonly inUse: number;
  readonly idle: number;
  /** Transactions and statements that wait for a connection; on SQLite for the one that writes. */
  readonly waiting: number;
}

/** How far the event log is from what was committed, and this process from the log. */
export interface EventLag {
  /** The newest position. */
  readonly position: number;
  /** Committed events without a position yet. */
  readonly waiting: number;
  /** How long the oldest of them has waited, milliseconds. */
  readonly waitingMs: number;
  /** Positions that subscribers here have not been offered yet. */
  readonly behind: number;
}

/** Nobody listens. */
export const NO_TELEMETRY: Telemetry = {
  operation: (_start, work) => work(),
  resolved: () => undefined,
  failed: () => undefined,
  transaction: (_system, work) => work(),
  statement: (_system, _text, work) => work(),
  answered: () => undefined,
  count: () => undefined,
  join: () => () => undefined,
};
