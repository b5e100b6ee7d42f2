// Writes the facts of a transaction as rows of the event log. A failure here aborts the change.

import type { Fact, Transaction } from '../database/transaction.ts';
import { EventRow } from './event.entity.ts';

export async function appendFacts(tx: Transaction, facts: readonly Fact[]): Promise<void> {
  await tx.insert(
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
      recordedAt: tx.startedAt,
      actorName: tx.actor.name,
      isActorVerified: tx.actor.isVerified ? 1 : 0,
      comment: fact.comment ?? null,
      payload: JSON.stringify(fact.payload),
    })),
  );
}
