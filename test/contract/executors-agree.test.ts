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
import { MADE_UP_POOLS } from '../support/documents/random-inputs.ts';
import { recordingLog } from '../support/log.ts';

/** Repeats a run: the seed is printed with every failure. */
const SEED = Number(process.env.EXECUTORS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const DOCUMENTS = Number(process.env.EXECUTORS_DOCUMENTS ?? 5_000);

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

/** How a document is executed: its kind, how likely it is that something fails, and whether anything takes its time. */
function circumstancesOf(seed: number) {
  const failures = seed % 3 === 0 ? 0.02 : 0;
  const isLate = seed % 2 === 0;
  if (seed % 10 === 0) return { kind: OperationTypeNode.SUBSCRIPTION, failures, isLate };
  return { kind: seed % 25 === 1 ? OperationTypeNode.MUTATION : OperationTypeNode.QUERY, failures, isLate };
}

function isValid(document: DocumentNode): boolean {
  try {
    return validate(schema, document).length === 0;
  } catch {
    // A rule for subscriptions evaluates conditions, which may have no value.
    return false;
  }
}

interface Example {
  readonly seed: number;
  readonly query: string;
  readonly request: () => Omit<ExecutionArgs, 'schema'>;
}

function example(seed: number): Example | undefined {
  const { kind, failures, isLate } = circumstancesOf(seed);
  const pools = { ...MADE_UP_POOLS, ...(isLate && { mistakes: 0 }) };
  const { query, variables, operationName } = randomOperation(schema, kind, seed, pools);
  const document = parse(query);
  if (!isValid(document)) return undefined;
  const root = schema.getRootType(kind);
  const request = () => {
    const contextValue: MadeUpContext = { seed, failures, isLate };
    const rootValue = kind === 'subscription' && root ? madeUpRoot(schema, root, contextValue) : undefined;
    return { document, variableValues: variables, operationName, contextValue, rootValue };
  };
  return { seed, query, request };
}

/** Valid documents, one after another from a seed. */
function examples(seed: number, count: number): Example[] {
  const found: Example[] = [];
  for (let next = seed; found.length < count; next++) {
    const one = example(next);
    if (one) found.push(one);
  }
  return found;
}

describe(`on ${DOCUMENTS} documents from seed ${SEED}`, () => {
  const executor = new Executor(schema, { ...DEFAULT_COMPILER_LIMITS, ...EAGER });
  const documents = examples(SEED, DOCUMENTS);

  it('compiled queries leave no promise behind', async () => {
    for (const { request } of documents) await executor.answerCompiled(request());
    // Jest fails a test that leaves a rejection to nobody.
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(executor.counts.repeated).toBeGreaterThan(DOCUMENTS / 100);
  }, 300_000);

  it('compiled queries are answered as graphql-js answers them', async () => {
    const { counts } = executor;
    Object.assign(counts, { compiled: 0, interpreted: 0, repeated: 0 });
    const disagreements: string[] = [];
    for (const { seed, query, request } of documents) {
      const expected = written(await execute({ schema, ...request() }));
      const actual = written(await executor.execute(request()));
      if (actual !== expected) {
        disagreements.push(
          [`seed ${seed}`, query, JSON.stringify(request().variableValues), expected, actual].join('\n'),
        );
      }
    }
    process.stdout.write(`${JSON.stringify({ seed: SEED, documents: DOCUMENTS, ...counts })}\n`);
    expect(disagreements).toEqual([]);
    expect(counts.compiled).toBeGreaterThan(DOCUMENTS / 2);
    expect(counts.repeated).toBeGreaterThan(DOCUMENTS / 100);
  }, 300_000);
});
