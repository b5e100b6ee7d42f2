// Writes the facts of a transaction as rows of the event log. A failure here aborts the change.

import { raw } from '../database/sql.ts';
import type { Fact, Transaction } from '../database/transaction.ts';
import { EventRow } from './event.entity.ts';

/**
 * A transaction is recorded at the time when it began, or just after the latest event that it sees waiting for its
 * position. What is committed before another transaction begins is so recorded before it, whatever the clocks say: a
 * hybrid logical clock (Kulkarni et al., 2014) whose messages are the rows. Read last, when the transaction holds its
 * subjects, so that the events of one subject get rising times too.
 */
const NEXT_TIME = raw('SELECT COALESCE(MAX(e.recordedAt), 0) + 1 FROM events e WHERE e.position IS NULL');

export function appendFacts(tx: Transaction, facts: readonly Fact[]): void {
  const next = tx.dialect.readAhead(NEXT_TIME);
  if (next.statement) tx.defer(next.statement);
  tx.deferInsert(
    EventRow,
    facts.map((fact, ordinal) => ({
      type: fact.type,
      subjectType: fact.subject.type,
      subjectPk: fact.subject.pk,
      subjectName: fact.subject.name,
      sequence: fact.subject.sequence,
      ordinal,
      stageName: fact.stage ?? null,
      at: fact.at,
      actorName: tx.actor.name,
      isActorVerified: tx.actor.isVerified ? 1 : 0,
      comment: fact.comment ?? null,
      payload: JSON.stringify(fact.payload),
      recordedAt: tx.startedAt,
    })),
    { computed: { recordedAt: tx.dialect.greatest(raw('?'), next.value) } },
  );
}
