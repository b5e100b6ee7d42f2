// Answers that subscribers share, where the database cannot be reached for one of them.

import { describe, expect, it } from '@jest/globals';
import { buildSchema, type ExecutionArgs, parse } from 'graphql';
import { Unavailable } from '../../../src/core/errors.ts';
import { NO_TELEMETRY } from '../../../src/core/telemetry.ts';
import { DEFAULT_COMPILER_LIMITS } from '../../../src/graphql/compiled-queries.ts';
import { Executor } from '../../../src/graphql/executor.ts';
import type { GraphService } from '../../../src/graphql/service.ts';
import { SharedResults } from '../../../src/http/shared-results.ts';

const schema = buildSchema(
  'type Query { now: Int } type Subscription { told: Told } type Told { position: Int, name: String }',
);

describe('the shared answer to an event', () => {
  it('is none while the database is out of reach, and is looked up anew afterwards', async () => {
    let isDown = true;
    const name = () => {
      if (isDown) throw new Unavailable('The registry cannot answer now.');
      return 'churn';
    };
    const args: ExecutionArgs = {
      schema,
      document: parse('subscription { told { position name } }'),
      contextValue: { loaders: { renewed: () => ({}) } },
    };
    // It formats errors, of which none is left to format here.
    const executor = new Executor(schema, DEFAULT_COMPILER_LIMITS);
    const results = new SharedResults({ telemetry: NO_TELEMETRY, executor } as GraphService, args);
    const event = { told: { position: 1, name } };
    const answer = () =>
      new Promise<Buffer>((resolve, reject) => {
        const known = results.answerTo(event, { onAnswer: resolve, onFailure: reject });
        if (known) resolve(known);
      });
    for (const failed of await Promise.allSettled([answer(), answer()])) {
      expect(failed).toMatchObject({ status: 'rejected', reason: expect.any(Unavailable) });
    }
    isDown = false;
    const [first, second] = await Promise.all([answer(), answer()]);
    expect(JSON.parse(String(first))).toEqual({ data: { told: { position: 1, name: 'churn' } } });
    expect(second).toBe(first);
    expect(await answer()).toBe(first);
    expect(results.executions).toBe(2);
  });
});
