// Lists of runs against a reference: whatever the filter, order and page size, pages put together are the whole list.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { expectedList, type Filter, type Order, type StoredRun, type TextFilter } from '../support/run-reference.ts';
import { insertRuns, type RunSpec } from '../support/runs.ts';

const RUNS = 60;
const STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const;
const TEXTS = [
  ...['a', 'A', 'a ', ' a', 'ab', 'Ab', 'á', 'Á', 'ß', 'ss', '%', '_', '100%', '1_0', "o'clock", '"', '\\', '\\%'],
  ...['🙂', '🙂🙃', '\ufffd', '\ue000', 'ab\ud7ff', 'İ', '[1', '{', 'null', '\n'],
];
const NUMBERS = [
  '0',
  '-0',
  '1',
  '1.0',
  '01',
  ' 2 ',
  '+3',
  '.5',
  '5.',
  '1e3',
  '1000',
  '-1e-7',
  '0.1',
  '0.30000000000000004',
];
const ODD_NUMBERS = [
  '1e308',
  '2.2250738585072014e-308',
  '1e999',
  '0x10',
  'Infinity',
  'NaN',
  '1_000',
  '١',
  '',
  ' ',
  '1e',
  '.',
];
const METRICS = [
  0,
  0.1,
  -5,
  1e-7,
  1e300,
  0.30000000000000004,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
const FINITE = METRICS.filter(Number.isFinite);
const EXPERIMENTS = ['one', 'One', 'two %'];
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const long = oneOf(['a', 'b', 'c']).map((end) => `${'x'.repeat(1_200)}${end}`);
const text = oneOf(TEXTS);
const instant = fc.integer({ min: 0, max: 3 }).map((day) => START + day * DAY);
const key = oneOf(['k', 'K', 'loss']);
const paramValue = fc.oneof(text, oneOf(NUMBERS), oneOf(ODD_NUMBERS), long);

const runSpec: fc.Arbitrary<RunSpec> = fc
  .record({
    experiment: oneOf(EXPERIMENTS),
    name: text,
    status: oneOf(STATUSES),
    startedAt: instant,
    endedAt: fc.option(instant),
    tags: fc.dictionary(key, text, { minKeys: 1 }),
    params: fc.dictionary(key, paramValue, { minKeys: 1 }),
    metrics: fc.dictionary(key, oneOf(METRICS), { minKeys: 1 }),
    datasets: fc.uniqueArray(text, { maxLength: 2 }),
  })
  // Records of plain objects, whatever prototype the dictionaries have.
  .map((spec) => structuredClone(spec));

/** One or two of the fields: more conditions at once hardly ever hold. */
const few = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> => {
  const names = Object.keys(fields) as (keyof T)[];
  return fc
    .oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(2) })
    .chain((count) => fc.subarray(names, { minLength: count, maxLength: count }))
    .chain((chosen) => {
      const record = Object.fromEntries(chosen.map((name) => [name, fields[name]]));
      return fc.record(record) as unknown as fc.Arbitrary<Partial<T>>;
    });
};
const part = oneOf(['a', 'A', 'á', '%', '_', 's', '\\', "'", '🙂', 'x', ' ', '0', '', '\u{10ffff}']);
const textFilter: fc.Arbitrary<TextFilter> = fc
  .tuple(
    few<Required<Omit<TextFilter, 'ignoreCase'>>>({
      eq: text,
      ne: text,
      in: fc.array(text, { maxLength: 12 }),
      contains: part,
      startsWith: part,
    }),
    maybe(fc.boolean()),
  )
  .map(([condition, ignoreCase]) => (ignoreCase === undefined ? condition : { ...condition, ignoreCase }));
const range = <T>(value: fc.Arbitrary<T>) => few({ gt: value, gte: value, lt: value, lte: value });
const instantText = instant.map((at) => new Date(at).toISOString());
const keyed = fc.oneof(
  fc.record({ key, value: textFilter }),
  fc.record({ key, exists: fc.boolean() }),
  fc.record({ key, exists: fc.boolean(), value: textFilter }),
);
const ownFilter = fc.oneof(
  fc.record({ name: textFilter }),
  fc.record({ status: fc.array(oneOf(STATUSES), { maxLength: 4 }) }),
  fc.record({ experiment: fc.oneof(textFilter, fc.record({ eq: oneOf(EXPERIMENTS) })) }),
  fc.record({ startedAt: range(instantText) }),
  fc.record({ endedAt: range(instantText) }),
  fc.record({ tag: keyed }),
  fc.record({ param: keyed }),
  fc
    .tuple(key, fc.oneof(range(oneOf(FINITE)), fc.record({ eq: oneOf(FINITE) }), fc.record({ exists: fc.boolean() })))
    .map(([metricKey, condition]) => ({ metric: { key: metricKey, ...condition } })),
  fc.record({ dataset: textFilter }),
);
const { filter } = fc.letrec<{ filter: Filter; nested: Filter }>((tie) => ({
  filter: fc.oneof({ maxDepth: 3, depthSize: 'medium' }, ownFilter as fc.Arbitrary<Filter>, tie('nested')),
  nested: fc
    .tuple(
      fc.record(
        {
          and: fc.array(tie('filter'), { maxLength: 2 }),
          or: fc.array(tie('filter'), { maxLength: 3 }),
          not: tie('filter'),
        },
        { requiredKeys: [] },
      ),
      maybe(ownFilter),
    )
    .map(([combination, own]) => ({ ...combination, ...own }) as Filter),
}));
const order: fc.Arbitrary<Order> = fc
  .tuple(
    fc.oneof(
      fc.record({ field: oneOf(['STARTED_AT', 'ENDED_AT', 'NAME'] as const) }),
      fc.record({ metric: key }),
      fc.record({ param: key }),
    ),
    oneOf(['ASC', 'DESC'] as const),
  )
  .map(([what, direction]) => ({ ...what, direction }));

/** A list of all runs, or of those of an experiment. */
interface Listing {
  readonly filter: Filter;
  readonly orderBy: Order[];
  readonly experiment?: string | undefined;
}
const VARIABLES = '$filter: RunFilter, $orderBy: [RunOrder!], $first: Int, $last: Int, $after: String, $before: String';
const LIST = `runs(filter: $filter, orderBy: $orderBy, first: $first, last: $last, after: $after, before: $before) {
  totalCount nodes { runId } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;
const ALL = `query(${VARIABLES}) { ${LIST} }`;
const OF_EXPERIMENT = `query($experiment: String!, ${VARIABLES}) { experiment(by: { name: $experiment }) { ${LIST} } }`;

/** Small lists are read from what their filter names, unless that is never few. */
describe.each([
  { way: 'from what their filters name', fewCandidates: RUNS },
  { way: 'along the indexes of their orders', fewCandidates: -1 },
])('lists of runs, read $way', ({ fewCandidates }) => {
  let registry: TestRegistry;
  let runs: StoredRun[];
  const lengths: number[] = [];
  beforeAll(async () => {
    registry = await startRegistry({ fewCandidates });
    const specs = fc.sample(runSpec, { numRuns: RUNS, seed: 20_260_501 });
    runs = await insertRuns(registry, specs);
  });
  afterAll(() => registry.stop());

  /** The list of all runs or of an experiment's, page by page, from its beginning or from its end. */
  async function walk({ experiment, ...variables }: Listing, size: number, isBackward: boolean) {
    const query = experiment === undefined ? ALL : OF_EXPERIMENT;
    const runIds: string[] = [];
    let cursor: string | null = null;
    for (;;) {
      const page: Record<string, unknown> = isBackward
        ? { last: size, before: cursor }
        : { first: size, after: cursor };
      const answer = await registry.ask(query, { experiment, ...variables, ...page });
      const { runs: list } = answer.experiment ?? answer;
      const found = list.nodes.map((node: { runId: string }) => node.runId);
      if (isBackward) runIds.unshift(...found);
      else runIds.push(...found);
      const { hasNextPage, hasPreviousPage, startCursor, endCursor } = list.pageInfo;
      const [goesOn, came] = isBackward ? [hasPreviousPage, hasNextPage] : [hasNextPage, hasPreviousPage];
      expect(came).toBe(cursor !== null);
      if (!goesOn) return { runIds, totalCount: list.totalCount };
      cursor = isBackward ? startCursor : endCursor;
    }
  }

  it('are what the reference says, page by page, forward and backward', async () => {
    await fc.assert(
      fc.asyncProperty(
        filter,
        fc.array(order, { maxLength: 3 }),
        fc.oneof(fc.integer({ min: 5, max: 25 }), fc.constant(500)),
        fc.boolean(),
        maybe(oneOf(EXPERIMENTS)),
        async (someFilter, orderBy, size, isBackward, experiment) => {
          const own = experiment === undefined ? {} : { experiment: { eq: experiment } };
          const expected = expectedList(runs, { ...own, and: [someFilter] }, orderBy).map((run) => run.runId);
          const found = await walk({ filter: someFilter, orderBy, experiment }, size, isBackward);
          lengths.push(expected.length);
          expect(found).toEqual({ runIds: expected, totalCount: expected.length });
        },
      ),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 100) },
    );
    // A generator whose filters leave nothing over would prove nothing; about half leave something, a quarter always do.
    expect(lengths.filter((length) => length > 0).length).toBeGreaterThan(lengths.length / 4);
  }, 120_000);

  it('are in order by each single thing, in both directions, even a run at a time', async () => {
    for (const what of [{ param: 'k' }, { metric: 'loss' }, { field: 'ENDED_AT' }, { field: 'NAME' }] as const) {
      for (const direction of ['ASC', 'DESC'] as const) {
        const orderBy: Order[] = [{ ...what, direction }];
        const expected = expectedList(runs, {}, orderBy).map((run) => run.runId);
        expect((await walk({ filter: {}, orderBy }, 1, false)).runIds).toEqual(expected);
        expect((await walk({ filter: {}, orderBy }, 1, true)).runIds).toEqual(expected);
      }
    }
  }, 180_000);

  it('are the same of an experiment, by name or through the experiment, whether the metric is there or not', async () => {
    const isOfOne = { experiment: { eq: 'one' } };
    const isLow: Filter = { metric: { key: 'loss', lt: 0.5 } };
    for (const direction of ['ASC', 'DESC'] as const) {
      const orderBy: Order[] = [
        { metric: 'loss', direction },
        { field: 'NAME', direction: 'ASC' },
      ];
      for (const also of [{}, isLow, { name: { ne: 'a' } }]) {
        const expected = expectedList(runs, { ...isOfOne, ...also }, orderBy).map((run) => run.runId);
        expect(expected.length).toBeGreaterThan(1);
        for (const isBackward of [false, true]) {
          expect((await walk({ filter: { ...isOfOne, ...also }, orderBy }, 2, isBackward)).runIds).toEqual(expected);
          expect((await walk({ filter: also, orderBy, experiment: 'one' }, 2, isBackward)).runIds).toEqual(expected);
        }
      }
    }
  }, 180_000);

  it('are of their experiment alone, whichever one their filter names', async () => {
    const orderBy: Order[] = [{ metric: 'loss', direction: 'DESC' }];
    for (const experiment of EXPERIMENTS) {
      for (const named of EXPERIMENTS) {
        const filter: Filter = { experiment: { eq: named } };
        const expected = expectedList(runs, { experiment: { eq: experiment }, and: [filter] }, orderBy);
        const found = await walk({ filter, orderBy, experiment }, 50, false);
        expect(found).toEqual({ runIds: expected.map((run) => run.runId), totalCount: expected.length });
      }
    }
  });
});
