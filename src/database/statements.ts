// What the statements of a transaction go through: a connection, and who watches it.

import type { DatabaseSystem, Telemetry } from '../core/telemetry.ts';
import type { Session, StatementAnswer } from './session.ts';
import type { Sql } from './sql.ts';

/** A message ends after so many characters, which the packets that a server takes by default hold as any text. */
export const CHARACTERS_PER_MESSAGE = 1_000_000;

/** Runs statements in their order, until one fails. */
export type StatementRunner = (statements: readonly Sql[]) => Promise<readonly StatementAnswer[]>;

interface Watched {
  readonly session: Pick<Session, 'query'>;
  readonly telemetry: Telemetry;
  readonly system: DatabaseSystem;
}

/** How statements get to the database. */
export type Sending = (watched: Watched) => StatementRunner;

/**
 * Each in a message of its own: where no network lies between, and on a Galera cluster. There a transaction that loses to
 * another node's is undone by the server whenever that arrives. Between two statements of one message nobody is told of
 * it, and the rest runs as if it were a transaction of its own: a COMMIT answers that all is well, and nothing is there.
 */
export function oneByOne({ session, telemetry, system }: Watched): StatementRunner {
  return async (statements) => {
    const answers: StatementAnswer[] = [];
    for (const { text, values } of statements) {
      answers.push(await telemetry.statement(system, text, () => session.query(text, values)));
    }
    return answers;
  };
}

/**
 * All of them in one message, unless they are long, which the server goes through: a message costs both sides more than
 * most statements do.
 */
export function inOneMessage(watched: Watched): StatementRunner {
  return async (statements) => {
    const answers: StatementAnswer[] = [];
    for (const message of messagesOf(statements)) answers.push(...(await send(watched, message)));
    return answers;
  };
}

async function send(
  { session, telemetry, system }: Watched,
  statements: readonly Sql[],
): Promise<readonly StatementAnswer[]> {
  const text = statements.map((statement) => statement.text).join('; ');
  const values = statements.flatMap((statement) => statement.values);
  const answer = session.query(text, values);
  const [{ raw }] = await Promise.all([
    answer,
    ...statements.map((statement) => telemetry.statement(system, statement.text, () => answer)),
  ]);
  return statements.length === 1 ? [{ raw }] : (raw as readonly unknown[]).map((each) => ({ raw: each }));
}

function messagesOf(statements: readonly Sql[]): readonly (readonly Sql[])[] {
  const messages: Sql[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const statement of statements) {
    const more = charactersOf(statement);
    if (characters + more > CHARACTERS_PER_MESSAGE) {
      messages.push([]);
      characters = 0;
    }
    messages.at(-1)?.push(statement);
    characters += more;
  }
  return messages;
}

function charactersOf({ text, values }: Sql): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), text.length);
}
