// The database as the rest of the program sees it: reads, and transactions that are decided, retried and recorded here.

import type { DataSource } from 'typeorm';
import { inBackground } from '../core/background.ts';
import type { Clock } from '../core/clock.ts';
import type { ActorIdentity } from '../core/context.ts';
import { DomainError } from '../core/errors.ts';
import { Lately } from '../core/lately.ts';
import { type ConnectionUsage, type DatabaseSystem, NO_TELEMETRY, type Telemetry } from '../core/telemetry.ts';
import { Attempts, KnownMeanwhile, type RetryLimits } from './attempts.ts';
import type { Dialect } from './dialect.ts';
import { Failed } from './failed.ts';
import { recall, remember } from './idempotency.ts';
import type { Reader } from './reader.ts';
import type { Session } from './session.ts';
import { SharedCommits } from './shared-commits.ts';
import { raw, type Sql } from './sql.ts';
import type { Sending, StatementRunner } from './statements.ts';
import { type Fact, Transaction, type WriteCommand } from './transaction.ts';
import { WriteQueue } from './write-queue.ts';

/** Defers the statements that write the facts of a transaction to the event log. */
export type FactWriter = (tx: Transaction, facts: readonly Fact[]) => void;

export interface DatabaseOptions {
  readonly writer: DataSource;
  /** On SQLite a second, read-only connection; elsewhere the writer's pool. */
  readonly reader: Reader;
  readonly dialect: Dialect;
  readonly session: () => Session;
  /** How the statements of a transaction get to a session. */
  readonly send: Sending;
  readonly clock: Clock;
  readonly writeFacts: FactWriter;
  /** Turns to another host after a lost connection. */
  readonly onConnectionLoss?: () => void;
  /** The connections to a server. */
  readonly pool?: () => ConnectionUsage;
  readonly telemetry?: Telemetry;
  readonly retry?: RetryLimits;
  /** Up to how many rows a list is read from what its filter names, in place of the usual number. */
  readonly fewCandidates?: number | undefined;
}

/** So many rows are sorted about as fast as a page is read along an index. */
const FEW_CANDIDATES = 2_000;
/** Milliseconds: how many rows a filter names decides how they are reached, not which they are, and may be out of date. */
const SIZES_KEPT_MS = 10_000;
/** Characters of the statements and texts by which sizes are kept. */
const SIZES_KEPT = 1_000_000;

/** How a transaction of the program's own is run. */
interface MaintainOptions {
  /** After so many seconds without a statement, as of a process that is frozen, the server ends the transaction. */
  readonly maxSilenceSeconds?: number;
}

const COMMIT = raw('COMMIT');
const ROLLBACK = raw('ROLLBACK');

type Outcome = string | number | boolean | null | readonly Outcome[] | { readonly [key: string]: Outcome };

export class Database {
  readonly dialect: Dialect;
  /** A list is read from what its filter names where that is no more than so many rows. */
  readonly fewCandidates: number;
  /** How many rows there were lately of what filters name. */
  readonly candidateSizes: Lately<number>;
  private readonly attempts: Attempts;
  private readonly queue: WriteQueue;
  /** On SQLite, where a commit costs as much as what a mutation does; a server does that for its clients itself. */
  private readonly shared: SharedCommits | undefined;
  private readonly factListeners: (() => void)[] = [];
  private readonly telemetry: Telemetry;
  private readonly system: DatabaseSystem;

  constructor(private readonly options: DatabaseOptions) {
    this.dialect = options.dialect;
    this.telemetry = options.telemetry ?? NO_TELEMETRY;
    this.system = options.writer.options.type === 'mariadb' ? 'mariadb' : options.dialect.name;
    this.fewCandidates = options.fewCandidates ?? FEW_CANDIDATES;
    this.candidateSizes = new Lately(options.clock, SIZES_KEPT_MS, SIZES_KEPT);
    const { session, dialect, clock, onConnectionLoss, retry: limits } = options;
    this.attempts = new Attempts({
      errors: dialect.errors,
      clock,
      telemetry: this.telemetry,
      onConnectionLoss,
      limits,
    });
    // SQLite has one writer, and its connection one transaction at a time.
    const hasOneWriter = dialect.name === 'sqlite';
    this.queue = new WriteQueue(hasOneWriter ? 1 : Number.POSITIVE_INFINITY);
    if (hasOneWriter) {
      this.shared = new SharedCommits(this.queue, this.watched(session()), dialect.begin);
    }
  }

  /** Tells a listener of every commit of this process that recorded facts, after it. */
  onFacts(listener: () => void): void {
    this.factListeners.push(listener);
  }

  /** Rows of one statement, as they were committed when it began. @throws Unavailable */
  async read<T extends object>(statement: Sql): Promise<T[]> {
    const { text, values } = statement;
    return this.attempts.read(() =>
      this.telemetry.statement(this.system, text, () => this.options.reader.query<T>(text, values)),
    );
  }

  async readFirst<T extends object>(statement: Sql): Promise<T | undefined> {
    return (await this.read<T>(statement))[0];
  }

  /**
   * Runs one change in one transaction: rules, writes and facts commit together or not at all. It is run again whole
   * where it lost a race, and a command whose idempotency key is known gives the first outcome without running.
   * @param work what to do; its outcome is JSON, so that it can be remembered: row numbers rather than objects
   * @throws Unavailable where the database is out of reach, DomainError where a rule says no
   */
  async write<T extends Outcome>(command: WriteCommand, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const run = async (tx: Transaction) => {
      const known = await recall<T>(tx, command);
      if (known) return known.outcome;
      const outcome = await this.withFacts(tx, work).catch(async (error: unknown) => {
        // The same command, sent twice at once, may be what this one found in its way: then it has an outcome by now.
        if (error instanceof DomainError && (await recall<T>(tx, command))) throw new KnownMeanwhile();
        throw error;
      });
      if (tx.isOutcomeKept) remember(tx, command, outcome);
      return outcome;
    };
    return this.attempts.write(Boolean(command.input.idempotencyKey), () =>
      this.shared ? this.attemptTogether(this.shared, command.actor, run) : this.attemptAlone(command.actor, run),
    );
  }

  /** A transaction without a command, for the program's own work: imports, upkeep. Facts are written as in {@link write}. */
  async maintain<T>(
    actor: ActorIdentity,
    work: (tx: Transaction) => Promise<T>,
    options?: MaintainOptions,
  ): Promise<T> {
    return this.attempts.write(true, () => this.attemptAlone(actor, (tx) => this.withFacts(tx, work), options));
  }

  private async withFacts<T>(tx: Transaction, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const outcome = await work(tx);
    if (tx.isOutcomeKept && tx.facts.length > 0) this.options.writeFacts(tx, tx.facts);
    return outcome;
  }

  /** What names this registry on every instance, and no other one. */
  async identity(): Promise<string> {
    const row = await this.readFirst<{ uuid: string }>({
      text: 'SELECT uuid FROM registry_identity WHERE id = 1',
      values: [],
    });
    if (!row) throw new Error('The registry has no identity: its row was removed from registry_identity.');
    return row.uuid;
  }

  /** Whether a statement can be answered now. @throws Unavailable */
  async ping(): Promise<void> {
    await this.read({ text: 'SELECT 1 AS ok', values: [] });
  }

  /** The connections in use now; on SQLite the one that writes, and who waits for it. */
  connections(): ConnectionUsage {
    const { running, queued } = this.queue;
    return this.options.pool?.() ?? { inUse: running, idle: 1 - running, waiting: queued };
  }

  /** Waits for the transactions under way, then lets go of the connections. */
  async close(): Promise<void> {
    await this.queue.run(async () => this.shared?.commit());
    await this.queue.idle();
    const { writer, reader } = this.options;
    await reader.close();
    if (writer.isInitialized) await writer.destroy();
  }

  /** A transaction that begins when its turn comes, and is committed with what others do meanwhile. */
  private async attemptTogether<T>(
    shared: SharedCommits,
    actor: ActorIdentity,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    const { outcome, tx } = await this.telemetry.transaction(this.system, () =>
      shared.run(
        async (statements) => {
          const begun = this.begun(statements, actor);
          try {
            const done = await work(begun);
            if (begun.isOutcomeKept) await begun.finish();
            return { outcome: done, tx: begun };
          } finally {
            begun.close();
          }
        },
        ({ tx: done }) => done.isOutcomeKept,
      ),
    );
    this.tellOfFacts(tx);
    return outcome;
  }

  /** A transaction that is committed by itself. */
  private attemptAlone<T>(
    actor: ActorIdentity,
    work: (tx: Transaction) => Promise<T>,
    options: MaintainOptions = {},
  ): Promise<T> {
    return this.queue.run(async () => {
      await this.shared?.commit();
      return this.telemetry.transaction(this.system, () => this.attempt(actor, work, options));
    });
  }

  private async attempt<T>(
    actor: ActorIdentity,
    work: (tx: Transaction) => Promise<T>,
    { maxSilenceSeconds }: MaintainOptions,
  ): Promise<T> {
    const { dialect } = this.options;
    const session = this.options.session();
    const statements = this.watched(session);
    const limit = maxSilenceSeconds === undefined ? undefined : dialect.limitSilence?.(maxSilenceSeconds);
    let tx: Transaction | undefined;
    let isCommitting = false;
    try {
      // It begins when there is a connection for it: the wait for one may be long.
      await session.open();
      tx = this.begun(statements, actor);
      if (limit) tx.defer(raw(limit));
      tx.defer(raw(dialect.begin));
      const outcome = await work(tx);
      isCommitting = tx.isOutcomeKept;
      if (isCommitting) await tx.finish(COMMIT);
      else await statements([ROLLBACK]);
      this.tellOfFacts(tx);
      return outcome;
    } catch (error) {
      tx?.close();
      // Where the connection is gone there is nothing to roll back, and the first error says more.
      await statements([ROLLBACK]).catch(() => undefined);
      throw new Failed(error, isCommitting);
    } finally {
      if (limit && dialect.allowSilence) await statements([raw(dialect.allowSilence)]).catch(() => undefined);
      await session.release().catch(() => undefined);
    }
  }

  private begun(statements: StatementRunner, actor: ActorIdentity): Transaction {
    const { writer, dialect, clock } = this.options;
    return new Transaction(statements, writer, dialect, actor, clock.now());
  }

  private tellOfFacts({ facts, isOutcomeKept }: Transaction): void {
    if (isOutcomeKept && facts.length > 0) for (const listener of this.factListeners) inBackground(listener);
  }

  private watched(session: Session): StatementRunner {
    const { telemetry, system } = this;
    return this.options.send({ session, telemetry, system });
  }
}
