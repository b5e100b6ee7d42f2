// What is compiled, when, and how much of it is kept.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { getVariableValues, Kind, parse } from 'graphql';
import {
  CompiledQueries,
  type CompilerLimits,
  DEFAULT_COMPILER_LIMITS,
} from '../../../src/graphql/compiled-queries.ts';
import { buildGraphSchema } from '../../../src/graphql/schema.ts';

const schema = buildGraphSchema();
const TABS = 'src/http/graphiql/tabs';

const withLimits = (limits: Partial<CompilerLimits> = {}) =>
  new CompiledQueries(schema, { ...DEFAULT_COMPILER_LIMITS, compileAt: 1, maxShare: 1, ...limits });

/** Whether a document is compiled when it is asked. */
function isCompiled(queries: CompiledQueries, text: string, variables: Record<string, unknown> = {}): boolean {
  const operation = queries.operation(parse(text), undefined);
  if (!operation) return false;
  const { coerced } = getVariableValues(schema, operation.node.variableDefinitions ?? [], variables);
  return queries.form(operation, coerced ?? {}) !== undefined;
}

function examplesOfReadme(): string[] {
  const blocks = readFileSync('README.md', 'utf8').matchAll(/```graphql\n([\s\S]*?)```/g);
  return [...blocks].map(([, text]) => String(text));
}

const isMutation = (text: string) =>
  parse(text).definitions.some((one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === 'mutation');

describe('what is compiled', () => {
  it.each(readdirSync(TABS).filter((file) => file.endsWith('.graphql')))('is the tab %s, where it reads', (file) => {
    const text = readFileSync(`${TABS}/${file}`, 'utf8');
    const variables = JSON.parse(readFileSync(`${TABS}/${file.replace('.graphql', '.json')}`, 'utf8'));
    expect(isCompiled(withLimits(), text, variables)).toBe(!isMutation(text));
  });

  it('is every query of the README', () => {
    const queries = examplesOfReadme().filter((text) => !isMutation(text));
    expect(queries.length).toBeGreaterThan(3);
    for (const text of queries) expect([text, isCompiled(withLimits(), text)]).toEqual([text, true]);
  });

  it.each([
    ['a mutation', 'mutation { deleteRun(input: { run: "x" }) { deletedId } }', false],
    ['introspection', '{ __type(name: "Run") { name } }', false],
    ['introspection in a fragment', '{ ...F } fragment F on Query { __schema { description } }', false],
    ['a key that is a prototype', '{ __proto__: eventHead }', false],
    ['keys that are one when joined', '{ a: node(id: "x") { b_c: id } a_b: node(id: "y") { c: id } }', true],
    ['a variable in a selector', 'query($n: String!) { model(by: { name: $n }) { name } }', true],
    ['fields of every type of event, many times', `{ ${events(9)} }`, true],
    ['more fields than a form may have', `{ ${events(90)} }`, false],
  ])('%s: %s', (_what, text, expected) => {
    expect(isCompiled(withLimits(), text, { n: 'x' })).toBe(expected);
  });

  it('is asked a third time, or more often', () => {
    const queries = withLimits({ compileAt: 3 });
    const operation = queries.operation(parse('{ __typename }'), undefined);
    if (!operation) throw new Error('It can be compiled.');
    const asked = [1, 2, 3, 4].map(() => queries.form(operation, {}) !== undefined);
    expect(asked).toEqual([false, false, true, true]);
  });

  it('has a form for each outcome of its conditions', () => {
    const queries = withLimits();
    const document = parse('query($a: Boolean!) { eventHead @include(if: $a) __typename }');
    const operation = queries.operation(document, undefined);
    if (!operation) throw new Error('It can be compiled.');
    const [yes, no, again] = [{ a: true }, { a: false }, { a: true }].map((values) => queries.form(operation, values));
    expect(again).toBe(yes);
    expect(no).not.toBe(yes);
  });

  it('is forgotten where others are asked since', () => {
    const queries = withLimits({ maxFieldsInAll: 2 });
    const operations = ['{ a: __typename }', '{ b: __typename }', '{ c: __typename }'].map((text) =>
      queries.operation(parse(text), undefined),
    );
    const form = (i: number) => {
      const operation = operations[i];
      return operation && queries.form(operation, {});
    };
    const first = form(0);
    expect(form(0)).toBe(first);
    form(1);
    form(2);
    expect(form(0)).not.toBe(first);
  });

  it('takes no more of the time than its share', () => {
    const queries = withLimits({ maxShare: 1e-6 });
    expect(isCompiled(queries, '{ a: __typename }')).toBe(true);
    expect(isCompiled(queries, '{ b: __typename }')).toBe(false);
  });
});

function events(times: number): string {
  return Array.from({ length: times }, (_, i) => `k${i}: events { nodes { position } }`).join(' ');
}
