// What the statements of a transaction go through.

import { describe, expect, it } from '@jest/globals';
import { NO_TELEMETRY } from '../../../src/core/telemetry.ts';
import { raw, sql } from '../../../src/database/sql.ts';
import { inOneMessage } from '../../../src/database/statements.ts';

function server() {
  const messages: { text: string; values: unknown[] }[] = [];
  const connection = {
    // As the driver: a list of answers only where there are several statements.
    query: async (text: string, values: unknown[]) => {
      messages.push({ text, values });
      const answers = text.split('; ').map((statement) => `answer to ${statement}`);
      return { raw: answers.length === 1 ? answers[0] : answers };
    },
  };
  const run = inOneMessage({ connection: connection as never, telemetry: NO_TELEMETRY, system: 'mysql' });
  return { messages, run };
}

describe('statements that go in one message', () => {
  it('are sent together with their values in order, and answered each', async () => {
    const { messages, run } = server();
    const answers = await run([raw('BEGIN'), sql`UPDATE a SET b = ${1}`, sql`SELECT ${'x'}`]);
    expect(messages).toEqual([{ text: 'BEGIN; UPDATE a SET b = ?; SELECT ?', values: [1, 'x'] }]);
    expect(answers.map((answer) => answer.raw)).toEqual([
      'answer to BEGIN',
      'answer to UPDATE a SET b = ?',
      'answer to SELECT ?',
    ]);
  });

  it('are one answer where there is one', async () => {
    const { run } = server();
    expect(await run([raw('COMMIT')])).toEqual([{ raw: 'answer to COMMIT' }]);
  });

  it('go in several messages where they are longer than the packets of a server', async () => {
    const { messages, run } = server();
    const long = sql`INSERT ${'x'.repeat(700_000)}`;
    const answers = await run([long, raw('between'), long, raw('COMMIT')]);
    expect(messages.map(({ text }) => text)).toEqual(['INSERT ?; between', 'INSERT ?; COMMIT']);
    expect(answers).toHaveLength(4);
  });
});
