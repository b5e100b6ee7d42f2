// Compiled queries are answered as graphql-js answers them, byte for byte, on documents that a seed generates.

import { describe, expect, it } from '@jest/globals';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { DEFAULT_COMPILER_LIMITS } from '../../src/graphql/compiled-queries.ts';
import { errorFormatter } from '../../src/graphql/errors.ts';
import { Executor } from '../../src/graphql/executor.ts';
import { buildGraphSchema } from '../../src/graphql/schema.ts';
import { type MadeUpContext, madeUpRoot, makeUpData } from '../support/documents/made-up-data.ts';
import { randomOperation } from '../support/documents/random-document.ts';
import { recordingLog } from '../support/log.ts';

/** Repeats a run: the seed is printed with every failure. */
const SEED = Number(process.env.EXECUTORS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const DOCUMENTS = Number(process.env.EXECUTORS_DOCUMENTS ?? 6_000);

/** Every document is compiled at once; the largest take too long for so many. */
const EAGER = { compileAt: 1, maxShare: 1, maxFields: 150 };

const schema = buildGraphSchema();
makeUpData(schema);
const formatError = errorFormatter(recordingLog().log);

/** The whole answer as it would be sent, with what is made anew for each error alike. */
function written({ errors, ...rest }: ExecutionResult): string {
  const formatted = errors?.map((error) => [error.toJSON(), formatError(error)]);
  return JSON.stringify({ ...rest, errors: formatted }).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id');
}

function ignore(): void {}

function described(seed: number, query: string, variables: object, ...answers: ExecutionResult[]): string {
  return [`seed ${seed}`, query, JSON.stringify(variables), ...answers.map(written)].join('\n');
}

function isValid(document: DocumentNode): boolean {
  try {
    return validate(schema, document).length === 0;
  } catch {
    // A rule for subscriptions evaluates conditions, which may have no value.
    return false;
  }
}

/** How a document is executed: its kind, and how likely it is that something fails. */
function circumstancesOf(seed: number): { readonly kind: OperationTypeNode; readonly failures: number } {
  const failures = seed % 3 === 0 ? 0.02 : 0;
  if (seed % 10 === 0) return { kind: OperationTypeNode.SUBSCRIPTION, failures };
  return { kind: seed % 25 === 1 ? OperationTypeNode.MUTATION : OperationTypeNode.QUERY, failures };
}

describe('compiled queries', () => {
  it(`are answered as by graphql-js (seed ${SEED})`, async () => {
    const executor = new Executor(schema, { ...DEFAULT_COMPILER_LIMITS, ...EAGER });
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown) => unhandled.push(error);
    const seen = { documents: 0, invalid: 0, withErrors: 0 };
    const disagreements: string[] = [];
    for (let seed = SEED; seen.documents < DOCUMENTS && disagreements.length < 3; seed++) {
      const { kind, failures } = circumstancesOf(seed);
      const { query, variables, operationName } = randomOperation(schema, kind, seed);
      const document = parse(query);
      if (!isValid(document)) {
        seen.invalid++;
        continue;
      }
      seen.documents++;
      const request = (): Omit<ExecutionArgs, 'schema'> => {
        const contextValue: MadeUpContext = { seed, failures, calls: 0 };
        const root = schema.getRootType(kind);
        const rootValue = kind === 'subscription' && root ? madeUpRoot(schema, root, contextValue) : undefined;
        return { document, variableValues: variables, operationName, contextValue, rootValue };
      };
      process.on('unhandledRejection', onUnhandled);
      await executor.answerCompiled(request());
      await new Promise((resolve) => setImmediate(resolve));
      process.off('unhandledRejection', onUnhandled);
      // graphql-js itself leaves rejections behind, of items after one that failed at once.
      process.on('unhandledRejection', ignore);
      const expected = await execute({ schema, ...request() });
      const actual = await executor.execute(request());
      await new Promise((resolve) => setImmediate(resolve));
      process.off('unhandledRejection', ignore);
      if (expected.errors) seen.withErrors++;
      if (written(actual) !== written(expected))
        disagreements.push(described(seed, query, variables, expected, actual));
    }
    process.stdout.write(`${JSON.stringify({ seed: SEED, ...seen, ...executor.counts })}\n`);
    expect(disagreements).toEqual([]);
    expect(unhandled).toEqual([]);
    expect(executor.counts.compiled).toBeGreaterThan(seen.documents / 2);
    expect(executor.counts.repeated).toBeGreaterThan(seen.documents / 100);
  }, 300_000);
});
