// What the statements of a transaction go through.

import { describe, expect, it } from '@jest/globals';
import { NO_TELEMETRY } from '../../../src/core/telemetry.ts';
import { raw, sql } from '../../../src/database/sql.ts';
import { inOneMessage, oneByOne, type Sending } from '../../../src/database/statements.ts';

function server(send: Sending, broken?: string) {
  const messages: { text: string; values: readonly unknown[] }[] = [];
  const session = {
    // As the driver: a list of answers only where there are several statements.
    query: async (text: string, values: readonly unknown[]) => {
      messages.push({ text, values });
      if (text === broken) throw new Error('Deadlock found');
      const answers = text.split('; ').map((statement) => `answer to ${statement}`);
      return { raw: answers.length === 1 ? answers[0] : answers };
    },
  };
  const run = send({ session, telemetry: NO_TELEMETRY, system: 'mysql' });
  return { messages, run };
}

describe('statements that go in one message', () => {
  it('are sent together with their values in order, and answered each', async () => {
    const { messages, run } = server(inOneMessage);
    const answers = await run([raw('BEGIN'), sql`UPDATE a SET b = ${1}`, sql`SELECT ${'x'}`]);
    expect(messages).toEqual([{ text: 'BEGIN; UPDATE a SET b = ?; SELECT ?', values: [1, 'x'] }]);
    expect(answers.map((answer) => answer.raw)).toEqual([
      'answer to BEGIN',
      'answer to UPDATE a SET b = ?',
      'answer to SELECT ?',
    ]);
  });

  it('are one answer where there is one', async () => {
    const { run } = server(inOneMessage);
    expect(await run([raw('COMMIT')])).toEqual([{ raw: 'answer to COMMIT' }]);
  });

  it('go in several messages where they are longer than the packets of a server', async () => {
    const { messages, run } = server(inOneMessage);
    const long = sql`INSERT ${'x'.repeat(700_000)}`;
    const answers = await run([long, raw('between'), long, raw('COMMIT')]);
    expect(messages.map(({ text }) => text)).toEqual(['INSERT ?; between', 'INSERT ?; COMMIT']);
    expect(answers).toHaveLength(4);
  });
});

describe('statements that go one by one', () => {
  it('have a message of their own each, and are answered each', async () => {
    const { messages, run } = server(oneByOne);
    const answers = await run([raw('BEGIN'), sql`UPDATE a SET b = ${1}`, raw('COMMIT')]);
    expect(messages).toEqual([
      { text: 'BEGIN', values: [] },
      { text: 'UPDATE a SET b = ?', values: [1] },
      { text: 'COMMIT', values: [] },
    ]);
    expect(answers.map((answer) => answer.raw)).toEqual([
      'answer to BEGIN',
      'answer to UPDATE a SET b = ?',
      'answer to COMMIT',
    ]);
  });

  it('end at the first that fails', async () => {
    const { messages, run } = server(oneByOne, 'INSERT a');
    await expect(run([raw('BEGIN'), raw('INSERT a'), raw('INSERT b'), raw('COMMIT')])).rejects.toThrow('Deadlock');
    expect(messages.map(({ text }) => text)).toEqual(['BEGIN', 'INSERT a']);
  });
});
