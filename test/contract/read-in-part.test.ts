// Rows of which only the selected columns are read answer every field as whole rows do.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type GraphQLField,
  getNamedType,
  isCompositeType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';
import { ManualClock } from '../support/manual-clock.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { readPublicSchema } from '../support/schema-file.ts';
import { startRun } from '../support/tracking.ts';
import { promote, registerVersion, setAlias } from '../support/versions.ts';

const schema = readPublicSchema();

function fieldsOf(typeName: string): GraphQLField<unknown, unknown>[] {
  const type = schema.getType(typeName);
  return isObjectType(type) ? Object.values(type.getFields()).filter(({ args }) => !args.some(isRequiredArgument)) : [];
}

/** A field with the leaves below it; a connection's are those of its items. */
function selectionOf({ name, type }: GraphQLField<unknown, unknown>, depth = 2): string {
  const of = getNamedType(type);
  if (!isCompositeType(of)) return name;
  const fields = isUnionType(of) ? [] : Object.values(of.getFields());
  const below = fields
    .filter((field) => !field.args.some(isRequiredArgument) && !/^(edges|pageInfo)$/.test(field.name))
    .filter((field) => isLeafType(getNamedType(field.type)) || (field.name === 'nodes' && depth > 1))
    .map((field) => selectionOf(field, depth - 1));
  return `${name} { __typename ${below.join(' ')} }`;
}

describe('rows that are read in part', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ clock: new ManualClock() });
    const run = await startRun(registry);
    const input = {
      run,
      metrics: [
        { key: 'loss', value: 0.5, step: 3 },
        { key: 'loss', value: 0.25, step: 4 },
        { key: 'ratio', special: 'NAN' },
      ],
      params: [{ key: 'depth', value: '7' }],
      tags: [{ key: 'by', value: 'night' }],
    };
    await registry.ask('mutation($input: LogBatchInput!) { logBatch(input: $input) { run { id } } }', { input });
    await registerVersion(registry, 'churn', { run, source: 's3://churn', tags: [{ key: 'lang', value: 'de' }] });
    await registerVersion(registry, 'churn', {});
    await promote(registry, 'models:/churn/1', 'STAGING');
    await setAlias(registry, 'churn', 'champion', 1);
  });
  afterAll(() => registry.stop());

  /** The same selection of an object that is found by its id, of which all is read. */
  const whole = async (type: string, selection: string, ids: readonly string[]) => {
    const { nodes } = await registry.ask(
      `query($ids: [ID!]!) { nodes(ids: $ids) { ... on ${type} { ${selection} } } }`,
      { ids },
    );
    return nodes;
  };
  const idsOf = (nodes: readonly { id: string }[]) => nodes.map(({ id }) => id);

  it.each(fieldsOf('Model').map((field) => [field.name, selectionOf(field)]))(
    'a model of the list answers %s',
    async (_name, selection) => {
      const { models, ids } = await registry.ask(`{ models { nodes { ${selection} } } ids: models { nodes { id } } }`);
      expect(models.nodes).toEqual(await whole('Model', selection, idsOf(ids.nodes)));
    },
  );

  it.each(fieldsOf('ModelVersion').map((field) => [field.name, selectionOf(field)]))(
    'a version answers %s, wherever it is read',
    async (_name, selection) => {
      const { models, modelVersions, versionsInStage, modelVersion, runs, ids } = await registry.ask(`{
        models(first: 2) { nodes {
          versions(first: 2) { nodes { ${selection} } edges { node { ${selection} } } }
          latestVersion { ${selection} }
          first: version(by: { number: 1 }) { ${selection} }
          champion: version(by: { alias: "champion" }) { ${selection} }
          versionsInStage(stage: STAGING) { ${selection} } } }
        modelVersions(first: 2) { nodes { ${selection} } }
        versionsInStage(stage: STAGING, first: 2) { nodes { ${selection} } }
        modelVersion(by: { uri: "models:/churn/1" }) { ${selection} }
        runs(first: 2) { nodes { versions(first: 2) { nodes { ${selection} } } } }
        ids: modelVersions(first: 2) { nodes { id } } }`);
      const [latest, first] = await whole('ModelVersion', selection, idsOf(ids.nodes));
      expect(ids.nodes).toHaveLength(2);
      expect(modelVersions.nodes).toEqual([latest, first]);
      expect(models.nodes).toEqual([
        {
          versions: { nodes: [latest, first], edges: [{ node: latest }, { node: first }] },
          latestVersion: latest,
          first,
          champion: first,
          versionsInStage: [first],
        },
      ]);
      expect(versionsInStage.nodes).toEqual([first]);
      expect(modelVersion).toEqual(first);
      expect(runs.nodes).toEqual([{ versions: { nodes: [first] } }]);
    },
  );

  it.each(fieldsOf('Run').map((field) => [field.name, selectionOf(field)]))(
    'a run answers %s, wherever it is read',
    async (_name, selection) => {
      const { runs, experiments, modelVersions, ids } = await registry.ask(`{
        runs(first: 2) { nodes { ${selection} } }
        experiments(first: 2) { nodes { runs(first: 2) { nodes { ${selection} } } } }
        modelVersions(first: 2) { nodes { run { ${selection} } } }
        ids: runs { nodes { id } } }`);
      const [run] = await whole('Run', selection, idsOf(ids.nodes));
      expect(runs.nodes).toEqual([run]);
      expect(experiments.nodes).toEqual([{ runs: { nodes: [run] } }]);
      expect(modelVersions.nodes).toEqual([{ run: null }, { run }]);
    },
  );

  it.each(fieldsOf('Metric').map((field) => [field.name, selectionOf(field)]))(
    'a metric answers %s',
    async (_name, selection) => {
      const { runs, modelVersions } = await registry.ask(`{
        runs { nodes { whole: metrics { key value special step at min max count ${selection} } metrics { ${selection} } } }
        modelVersions { nodes { metrics { ${selection} } } } }`);
      const [run] = runs.nodes;
      expect(run.metrics).toHaveLength(2);
      expect(run.whole).toMatchObject(run.metrics);
      expect(modelVersions.nodes[1].metrics).toEqual(run.metrics);
    },
  );

  it('reads what fragments and aliases select, whatever else is selected of the same row', async () => {
    const { models, other } = await registry.ask(
      `query($without: Boolean = false) {
        models { nodes { versions { nodes { n: number run { ...Named ... on Node { id } } } } } }
        other: modelVersions { nodes { run { status ...Named @include(if: $without) ... on Run { runId } } } }
      }
      fragment Named on Run { called: name }`,
    );
    const run = { called: expect.any(String), id: expect.any(String) };
    expect(models.nodes[0].versions.nodes).toEqual([
      { n: 2, run: null },
      { n: 1, run },
    ]);
    expect(other.nodes[1]).toEqual({ run: { status: expect.any(String), runId: expect.stringMatching(/^\w{32}$/) } });
  });

  it('reads the columns that are selected, and no others', async () => {
    registry.statements.length = 0;
    await registry.ask('{ models { nodes { versions { nodes { number run { status } } } } } }');
    const [models, versions, runs] = registry.statements;
    expect(models).toMatch(/^SELECT m\.`pk`, m\.name AS cursor0.* ORDER BY m\.name ASC LIMIT \?$/);
    expect(versions).toContain('v.`number`, v.`pk`, v.`runPk`');
    expect(versions).not.toContain('v.*');
    expect(versions).not.toContain('statusMessage');
    expect(runs).toMatch(/^SELECT r\.`pk`, r\.`status` FROM/);
  });
});
