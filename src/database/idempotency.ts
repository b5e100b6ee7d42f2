// Idempotency keys: the first outcome of a command, found again by actor, mutation and key.

import { digestOf } from '../core/canonical.ts';
import { Conflict } from '../core/errors.ts';
import { quoted } from '../core/ids.ts';
import { checkNotEmpty } from '../core/text.ts';
import { IdempotencyKey } from './idempotency.entity.ts';
import { sql } from './sql.ts';
import type { Transaction, WriteCommand } from './transaction.ts';

/** How long a key is kept at least, milliseconds: a day, and a day more for clocks and late retries. */
export const KEY_LIFETIME_MS = 2 * 24 * 3_600_000;

/**
 * The outcome that a command with this key had before.
 * @throws Conflict where the key was used with another input
 */
export async function recall<T>(tx: Transaction, command: WriteCommand): Promise<{ outcome: T } | undefined> {
  const key = command.input.idempotencyKey ?? null;
  if (key === null) return undefined;
  checkNotEmpty(key, 'input.idempotencyKey', 'idempotencyKey');
  const known = await tx.first<IdempotencyKey>(
    sql`SELECT inputDigest, outcome FROM idempotency_keys k WHERE k.actorName = ${command.actor.name} AND k.mutation = ${command.mutation} AND k.key = ${key}`,
  );
  if (!known) return undefined;
  if (known.inputDigest !== digestOf(command.input)) {
    throw new Conflict(
      `The idempotency key ${quoted(key)} was used for ${command.mutation} with another input.`,
      undefined,
      'input.idempotencyKey',
    );
  }
  return { outcome: JSON.parse(known.outcome) as T };
}

/** Keeps an outcome under the command's key. A second one that ran at the same time fails here, and is run again. */
export function remember(tx: Transaction, command: WriteCommand, outcome: unknown): void {
  const key = command.input.idempotencyKey ?? null;
  if (key === null) return;
  tx.deferInsert(IdempotencyKey, {
    actorName: command.actor.name,
    mutation: command.mutation,
    key,
    inputDigest: digestOf(command.input),
    outcome: JSON.stringify(outcome),
    createdAt: tx.startedAt,
  });
}

/** Removes the keys whose time is over. */
export async function forgetOldKeys(tx: Transaction, now: number): Promise<void> {
  await tx.execute(sql`DELETE FROM idempotency_keys WHERE createdAt < ${now - KEY_LIFETIME_MS}`);
}
