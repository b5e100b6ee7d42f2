// Arbitrary events of OpenLineage, few values of each kind, so that they meet.

import fc from 'fast-check';
import { datasetOf, facet, runEvent, staticEvent } from './openlineage.ts';

const TIMES = [
  '2026-05-01T12:00:00Z',
  '2026-05-01T12:00:01.5Z',
  '2026-05-01T12:00:01.500250Z',
  '2026-05-01T14:00:02+02:00',
];
const TYPES = ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER', null];

const one = <T>(...values: T[]) => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const datasets = fc.array(
  fc
    .record({
      name: one('a', 'b', 'c'),
      version: one('1', '2', undefined),
      field: one('x', 'y', undefined),
      rows: one(1, 2, undefined),
    })
    .map(({ name, version, field, rows }) => ({
      name,
      version,
      facets: field ? { schema: facet('SchemaDatasetFacet', { fields: [{ name: field }] }) } : {},
      ...(rows && {
        outputFacets: { outputStatistics: facet('OutputStatisticsOutputDatasetFacet', { rowCount: rows }) },
      }),
    })),
  { maxLength: 3 },
);

const runFacets = fc
  .record({
    message: maybe(one('no memory', 'no disk')),
    tag: maybe(one('1', '2')),
    unknown: maybe(one<unknown>(1, [2], { deep: {} })),
  })
  .map(({ message, tag, unknown }) => ({
    ...(message && { errorMessage: facet('ErrorMessageRunFacet', { message, programmingLanguage: 'PYTHON' }) }),
    ...(tag && { tags: facet('TagsRunFacet', { tags: [{ key: 'attempt', value: tag }] }) }),
    ...(unknown !== undefined && { acme_custom: facet('Custom', { unknown }) }),
  }));

const jobFacets = fc
  .record({ version: maybe(one('c0ffee', 'beef')), isGone: fc.boolean() })
  .map(({ version, isGone }) =>
    version
      ? {
          sourceCodeLocation: facet('SourceCodeLocationJobFacet', {
            type: 'git',
            url: 'https://example.org/r',
            version,
            ...(isGone && { _deleted: true }),
          }),
        }
      : {},
  );

/** Some events of some runs; any of them may name another as its parent, and jobs may change their names. */
export function anyRunEvents(runIds: readonly string[]) {
  const event = fc
    .record({
      runId: one(...runIds),
      type: one(...TYPES),
      at: one(...TIMES),
      job: one('clean', 'train'),
      parent: maybe(one(...runIds)),
      inputs: datasets,
      outputs: datasets,
      runFacets,
      jobFacets,
    })
    .map(({ parent, ...spec }) =>
      runEvent({ ...spec, ...(parent && parent !== spec.runId && { parent: { runId: parent } }) }),
    );
  return fc.array(event, { minLength: 1, maxLength: 8 });
}

/** Some events that are about no run. */
export const anyStaticEvents = fc.array(
  fc
    .record({ at: one(...TIMES), name: one('a', 'b'), origin: one('c', 'd'), isJob: fc.boolean() })
    .map(({ at, name, origin, isJob }) =>
      isJob
        ? staticEvent(
            {
              job: { namespace: 'nightly', name: 'join' },
              inputs: [datasetOf({ name: origin })],
              outputs: [datasetOf({ name })],
            },
            at,
          )
        : staticEvent(
            {
              dataset: datasetOf({
                name,
                facets: {
                  lineage: facet('LineageDatasetFacet', {
                    inputs: [{ type: 'DATASET', namespace: 's3://lake', name: origin }],
                  }),
                },
              }),
            },
            at,
          ),
    ),
  { maxLength: 3 },
);
