// What an import makes of registered models: their history, their events, and what it does where the registry has its
// own ideas already.

import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { exitCodeOf, type ImportReport } from '../../../src/adapters/import/report.ts';
import type { TestRegistry } from '../../support/registry.ts';
import { DATABASE_FIXTURE, inCopy } from './fixtures.ts';
import { nodesOf } from './graph-contents.ts';
import { importStore, rowsOf, withRegistry } from './import-store.ts';
import { readStore } from './read-store.ts';

const fixture = await readStore(DATABASE_FIXTURE);
const prices = fixture.versions.filter((version) => version.modelName === 'prices');
const staged = prices.filter((version) => version.stage !== 'NONE');

interface EventRow {
  readonly type: string;
  readonly subjectType: string;
  readonly subjectName: string;
  readonly sequence: number;
  readonly ordinal: number;
  readonly at: number;
  readonly actorName: string;
  readonly payload: string;
}

const eventsOf = (registry: TestRegistry) =>
  registry.app.db.read<EventRow>({ text: 'SELECT * FROM events ORDER BY subjectPk, sequence, ordinal', values: [] });

/** Imports a copy of the fixture that SQL has been let loose on. */
function importChanged(registry: TestRegistry, statements: string): Promise<ImportReport> {
  return inCopy(DATABASE_FIXTURE, (folder) => {
    const database = new Database(join(folder, 'mlflow.db'));
    database.pragma('foreign_keys = OFF');
    database.pragma('ignore_check_constraints = ON');
    database.exec(statements);
    database.close();
    return importStore(registry, folder);
  });
}

const notesOf = (report: ImportReport) =>
  Object.fromEntries(report.toJSON().notes.map(({ message, places }) => [message, places]));

describe('a model that comes in', () => {
  it('has the times of its store, no exclusive stages, and tags that hold from its creation on', async () => {
    const record = fixture.models.find((model) => model.name === 'prices');
    await withRegistry(async (registry) => {
      await importStore(registry, DATABASE_FIXTURE);
      const created = new Date(record?.createdAt ?? 0).toISOString();
      const { model } = await registry.ask(
        `query($at: DateTime!) { model(by: {name: "prices"}) {
          createdAt updatedAt createdBy { name } exclusiveStages tags { key } atFirst: tags(at: $at) { key } } }`,
        { at: created },
      );
      expect(model).toMatchObject({
        createdAt: created,
        updatedAt: new Date(record?.updatedAt ?? 0).toISOString(),
        createdBy: { name: 'import' },
        exclusiveStages: [],
      });
      expect(model.tags.length).toBe(record?.tags.length);
      expect(model.atFirst).toEqual(model.tags);
    });
  });

  it('has versions whose stages are one change each, at their last update, marked as imported', async () => {
    expect(staged.length).toBeGreaterThan(1);
    await withRegistry(async (registry) => {
      await importStore(registry, DATABASE_FIXTURE);
      for (const { number, stage, updatedAt } of staged) {
        const { modelVersion: version } = await registry.ask(
          `query($uri: String!, $before: DateTime!, $at: DateTime!) { modelVersion(by: {uri: $uri}) {
            stage before: stage(at: $before) then: stage(at: $at) revision
            stageChanges { nodes { from to at comment actor { name } } } } }`,
          {
            uri: `models:/prices/${number}`,
            before: new Date(updatedAt - 1).toISOString(),
            at: new Date(updatedAt).toISOString(),
          },
        );
        expect(version).toEqual({
          stage,
          before: 'NONE',
          // biome-ignore lint/suspicious/noThenProperty: the alias of a field
          then: stage,
          revision: 1,
          stageChanges: {
            nodes: [
              {
                from: 'NONE',
                to: stage,
                at: new Date(updatedAt).toISOString(),
                comment: 'Imported from MLflow, which keeps no history of stages.',
                actor: { name: 'import' },
              },
            ],
          },
        });
      }
      const { model } = await registry.ask(
        '{ model(by: {name: "prices"}) { updatedAt aliases { alias setAt setBy { name } version { number updatedAt } } } }',
      );
      expect(model.aliases.length).toBe(fixture.aliases.length);
      for (const { setAt, setBy, version } of model.aliases) {
        expect(setBy.name).toBe('import');
        expect(setAt).toBe([model.updatedAt, version.updatedAt].sort().at(-1));
      }
    });
  });

  it('records its events at the time of the import, in an order of its own, and runs record none', async () => {
    await withRegistry(async (registry) => {
      const begun = Date.now();
      await importStore(registry, DATABASE_FIXTURE);
      const events = (await eventsOf(registry)).filter((event) => event.subjectName === 'prices');
      expect(events.map((event) => event.type)).toEqual([
        'MODEL_REGISTERED',
        ...prices.flatMap(({ deletedAt }) =>
          deletedAt === null ? ['VERSION_REGISTERED'] : ['VERSION_REGISTERED', 'VERSION_DELETED'],
        ),
        ...staged.map(() => 'STAGE_CHANGED'),
        ...fixture.aliases.map(() => 'ALIAS_CHANGED'),
      ]);
      expect(new Set(events.map((event) => event.sequence))).toEqual(new Set([1, 2, 3]));
      for (const event of events) {
        expect(event).toMatchObject({ actorName: 'import', subjectType: 'Model' });
        expect(event.at).toBeGreaterThanOrEqual(begun);
        expect(JSON.parse(event.payload)).toMatchObject({ modelName: 'prices' });
      }
      expect(new Set((await eventsOf(registry)).map((event) => event.subjectType))).toEqual(new Set(['Model']));
      const { events: log } = await registry.ask(
        `{ events(first: 500, filter: {models: ["prices"]}) { nodes {
          type actor { name }
          ... on VersionRegistered { number version { number } }
          ... on VersionDeleted { number version { deletedAt } }
          ... on StageChanged { number change { to } version { stage } }
          ... on AliasChanged { alias toNumber to { number } } } } }`,
      );
      const nodes: { type: string; number?: number; change?: object; alias?: string }[] = log.nodes;
      expect(nodes.map((event) => event.type)).toEqual(events.map((event) => event.type));
      expect(nodes.filter((event) => event.change)).toEqual(
        staged.map(({ number, stage }) =>
          expect.objectContaining({ number, change: { to: stage }, version: { stage }, actor: { name: 'import' } }),
        ),
      );
      expect(nodes.filter((event) => event.alias)).toHaveLength(fixture.aliases.length);
    });
  });
});

describe('a registry that has something already', () => {
  it('keeps its own model, takes in new numbers, and tells which numbers are taken', async () => {
    await withRegistry(async (registry) => {
      await registry.ask('mutation { registerModel(input: {name: "prices", description: "ours"}) { model { id } } }');
      for (const source of ['a', 'b'])
        await registry.ask(
          'mutation($source: String!) { registerVersion(input: {model: {name: "prices"}, source: $source}) { version { id } } }',
          { source },
        );
      const report = await importStore(registry, DATABASE_FIXTURE);
      expect(notesOf(report)).toMatchObject({
        'Versions go into a model of the same name that was there before': ['prices'],
        'A version is left out, since another one has its number': ['prices/1', 'prices/2'],
      });
      expect(exitCodeOf(report)).toBe(0);
      const { model } = await registry.ask(
        '{ model(by: {name: "prices"}) { description exclusiveStages versions { nodes { number source } } aliases { version { number } } } }',
      );
      expect(model).toMatchObject({ description: 'ours', exclusiveStages: ['PRODUCTION'] });
      const versions = Object.fromEntries(
        model.versions.nodes.map((version: { number: number }) => [version.number, version]),
      );
      expect(versions[1].source).toBe('a');
      expect(versions[5].source).toBe(prices[4]?.source);
      for (const { version } of model.aliases) expect(version.number).toBeGreaterThan(2);
      const { registerVersion } = await registry.ask(
        'mutation { registerVersion(input: {model: {name: "prices"}}) { version { number } } }',
      );
      expect(registerVersion.version.number).toBe(6);
    });
  });

  it('never puts a second version into a stage that its model holds exclusively', async () => {
    await withRegistry(async (registry) => {
      await registry.ask('mutation { registerModel(input: {name: "prices"}) { model { id } } }');
      const report = await importChanged(
        registry,
        `UPDATE model_versions SET current_stage = 'Production' WHERE name = 'prices' AND version IN (4, 5)`,
      );
      const refused = notesOf(report)['A version is in no stage, since its model lets only one have it'];
      expect(refused).toContain('prices/5 → PRODUCTION');
      const held = await nodesOf(registry, 'modelVersions', 'number stage', 'filter: {stage: [PRODUCTION]},');
      expect(held).toHaveLength(1);
    });
  });

  it('leaves deleted what was deleted here since, and moved what was moved', async () => {
    await withRegistry(async (registry) => {
      await importStore(registry, DATABASE_FIXTURE);
      await registry.ask('mutation { deleteModel(input: {model: {name: "no versions yet"}}) { deletedId } }');
      const [alias] = fixture.aliases;
      await registry.ask(
        'mutation($alias: String!) { removeAlias(input: {model: {name: "prices"}, alias: $alias}) { model { id } } }',
        { alias: alias?.alias },
      );
      await registry.ask('mutation { deleteExperiment(input: {experiment: {name: "Default"}}) { deletedId } }');
      const before = await rowsOf(registry);
      const report = await importStore(registry, DATABASE_FIXTURE);
      expect(await rowsOf(registry)).toEqual(before);
      expect(report.imported).toMatchObject({ models: 0, aliases: 0, experiments: 0 });
    });
  });

  it('leaves out new versions of a model that was deleted here, and deletes new runs with their experiment', async () => {
    await withRegistry(async (registry) => {
      await importChanged(
        registry,
        'DELETE FROM model_versions; DELETE FROM registered_model_aliases; DELETE FROM runs',
      );
      await registry.ask('mutation { deleteModel(input: {model: {name: "prices"}}) { deletedId } }');
      const [experiment] = fixture.experiments.filter((one) => one.deletedAt === null && one.name !== 'Default');
      const name = experiment?.name;
      await registry.ask(
        'mutation($name: String!) { deleteExperiment(input: {experiment: {name: $name}}) { deletedId } }',
        { name },
      );
      const report = await importStore(registry, DATABASE_FIXTURE);
      expect(notesOf(report)).toMatchObject({
        'A version is left out, since its model was deleted in the registry': expect.any(Array),
        'An alias of a version that is not there is left out': expect.any(Array),
      });
      expect(report.imported).toMatchObject({ versions: 0, aliases: 0, runs: fixture.runs.length });
      const [gone] = await nodesOf(
        registry,
        'experiments',
        'id runs(deleted: true) { totalCount }',
        `deleted: true, filter: {name: {eq: ${JSON.stringify(name)}}},`,
      );
      const runs = fixture.runs.filter((run) => run.experimentId === experiment?.sourceId);
      expect(gone.runs.totalCount).toBe(runs.length);
      const { restoreExperiment } = await registry.ask(
        'mutation($id: ID!) { restoreExperiment(input: {experiment: $id}) { experiment { runs { totalCount } } } }',
        { id: gone.id },
      );
      expect(restoreExperiment.experiment.runs.totalCount).toBe(runs.filter((run) => run.deletedAt === null).length);
    });
  });

  it('takes runs into an experiment of the same name', async () => {
    await withRegistry(async (registry) => {
      await registry.ask(
        'mutation { createExperiment(input: {name: "house prices", description: "ours"}) { experiment { id } } }',
      );
      const report = await importStore(registry, DATABASE_FIXTURE);
      expect(notesOf(report)).toEqual({
        'Runs go into an experiment of the same name that was there before': ['house prices'],
      });
      const { experiment } = await registry.ask(
        '{ experiment(by: {name: "house prices"}) { description runs { totalCount } } }',
      );
      expect(experiment.description).toBe('ours');
      expect(experiment.runs.totalCount).toBeGreaterThan(0);
    });
  });
});

describe('a store with loose ends', () => {
  it('reports parents and runs of versions that are not there, and gives nameless runs a lasting name', async () => {
    const child = fixture.runs.find((run) => run.parentRunId !== null);
    const nameless = fixture.runs.find((run) => run.name === 'odd points');
    const missing = 'f'.repeat(32);
    const statements = `
      UPDATE tags SET value = '${missing}' WHERE run_uuid = '${child?.runId}' AND key = 'mlflow.parentRunId';
      UPDATE runs SET name = NULL WHERE run_uuid = '${nameless?.runId}';
      DELETE FROM tags WHERE run_uuid = '${nameless?.runId}' AND key = 'mlflow.runName';
      UPDATE model_versions SET run_id = '${missing}' WHERE name = 'prices' AND version = 1;`;
    await withRegistry(async (registry) => {
      const report = await importChanged(registry, statements);
      expect(notesOf(report)).toEqual({
        'The parent of a run is not there': [`run ${child?.runId} → ${missing}`],
        'The run of a version is not there': [`prices/1 → ${missing}`],
      });
      const nameOf = async () =>
        (await registry.ask('query($id: String!) { run(by: {runId: $id}) { name } }', { id: nameless?.runId })).run
          .name;
      const name = await nameOf();
      expect(name).toMatch(/^[a-z]+-[a-z]+-[0-9]+$/);
      await importChanged(registry, statements);
      expect(await nameOf()).toBe(name);
    });
  });

  it('reports broken parts and imports the rest', async () => {
    await withRegistry(async (registry) => {
      const report = await importChanged(
        registry,
        `UPDATE runs SET status = 'PAUSED' WHERE name = 'failed early';
         INSERT INTO registered_model_aliases (alias, version, name) VALUES ('lost', 99, 'prices');`,
      );
      expect(report.unreadable).toHaveLength(2);
      expect(exitCodeOf(report)).toBe(2);
      expect(report.imported).toEqual(report.read);
      expect(report.imported.runs).toBe(fixture.runs.length - 1);
    });
  });

  it('completes a run that has more points by now', async () => {
    const { runId } = fixture.runs.find((run) => run.name === 'odd points') ?? {};
    await withRegistry(async (registry) => {
      await importStore(registry, DATABASE_FIXTURE);
      const report = await importChanged(
        registry,
        `INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('late', 4, 1700000000000, '${runId}', 9, 0)`,
      );
      expect(report.imported).toMatchObject({ runs: 0, points: 1 });
      const { run } = await registry.ask(
        'query($id: String!) { run(by: {runId: $id}) { metrics(keys: ["late"]) { value step count } } }',
        { id: runId },
      );
      expect(run.metrics).toEqual([{ value: 4, step: 9, count: 1 }]);
    });
  });
});
