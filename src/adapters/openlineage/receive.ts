// Turns OpenLineage events into experiments, runs, datasets and the edges between them, one transaction an event.
//
// What the events of a run say together is kept (see run-state.ts), and the run becomes what they describe. So events may
// come in any order, more than once, and through several servers at a time.

import type { ActorIdentity } from '../../core/context.ts';
import { DomainError } from '../../core/errors.ts';
import type { Database } from '../../database/database.ts';
import type { Transaction } from '../../database/transaction.ts';
import type { FeatureImports } from '../../features/feature-imports.ts';
import { checkEvent, InvalidEvent } from './check-event.ts';
import type { LineageEvent } from './event.types.ts';
import { RunReceiver } from './receive-run.ts';
import { StaticReceiver } from './receive-static.ts';

const LARGEST_BATCH = 10_000;

/** Why an event of a batch was not taken in. */
export interface RefusedEvent {
  /** Its place in the batch, from 0. */
  readonly index: number;
  readonly error: DomainError;
}

export interface BatchOutcome {
  readonly received: number;
  readonly refused: readonly RefusedEvent[];
}

export class OpenLineageReceiver {
  /** Who events come from where the request names nobody. */
  readonly actor: ActorIdentity = { name: 'openlineage', isVerified: false };
  private readonly runs: RunReceiver;
  private readonly statics: StaticReceiver;

  constructor(
    private readonly db: Database,
    imports: FeatureImports,
  ) {
    this.runs = new RunReceiver(imports);
    this.statics = new StaticReceiver(imports);
  }

  /**
   * Takes in one event; one that was taken in before changes nothing.
   * @param value parsed JSON
   * @throws InvalidEvent where it is none, Conflict where its run would have too many tags, Unavailable
   */
  async receive(actor: ActorIdentity, value: unknown): Promise<void> {
    const event = checkEvent(value);
    await this.db.maintain(actor, (tx) => this.write(tx, event));
  }

  /**
   * Takes in the events of a list, each by itself: one that is refused does not keep the others out.
   * @throws InvalidEvent where it is no list, Unavailable where the database went away; what was taken in by then stays,
   *   and changes nothing when it comes again
   */
  async receiveBatch(actor: ActorIdentity, values: unknown): Promise<BatchOutcome> {
    if (!Array.isArray(values)) throw new InvalidEvent([{ pointer: '', message: 'must be an array of events' }]);
    if (values.length > LARGEST_BATCH) {
      throw new InvalidEvent([{ pointer: '', message: `has ${values.length} events; at most ${LARGEST_BATCH} fit` }]);
    }
    const refused: RefusedEvent[] = [];
    for (const [index, value] of values.entries()) {
      try {
        await this.receive(actor, value);
      } catch (error) {
        if (!(error instanceof DomainError) || error.code === 'UNAVAILABLE') throw error;
        refused.push({ index, error });
      }
    }
    return { received: values.length, refused };
  }

  private async write(tx: Transaction, event: LineageEvent): Promise<void> {
    if (event.kind === 'run') await this.runs.write(tx, event);
    else await this.statics.write(tx, event);
  }
}
