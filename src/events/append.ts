// Writes the facts of a transaction as rows of the event log. A failure here aborts the change.

import { sql } from '../database/sql.ts';
import type { Fact, Transaction } from '../database/transaction.ts';
import { EventRow } from './event.entity.ts';
import { recordedAfter } from './log-order.ts';

export async function appendFacts(tx: Transaction, facts: readonly Fact[]): Promise<void> {
  const recordedAt = await timeOf(tx);
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
      recordedAt,
      actorName: tx.actor.name,
      isActorVerified: tx.actor.isVerified ? 1 : 0,
      comment: fact.comment ?? null,
      payload: JSON.stringify(fact.payload),
    })),
  );
}

/** Read last, when the transaction holds its subjects, so that the events of one subject get rising times too. */
async function timeOf(tx: Transaction): Promise<number> {
  const row = await tx.first<{ latest: number | string | null }>(
    sql`SELECT MAX(e.recordedAt) AS latest FROM events e WHERE e.position IS NULL`,
  );
  const latest = row?.latest ?? null;
  return recordedAfter(tx.startedAt, latest === null ? null : Number(latest));
}
