// The import of MLflow stores, seen through the graph: everything is there, once, however often it was cut off.

import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type ImportProgress, ImportStopped } from '../../../src/adapters/import/import-session.ts';
import { exitCodeOf } from '../../../src/adapters/import/report.ts';
import { ROWS_PER_TRANSACTION } from '../../../src/adapters/import/run-packs.ts';
import { DATABASE_FIXTURE, FILES_FIXTURE, inCopy, storesWithExpectations } from './fixtures.ts';
import { graphContents, nodesOf } from './graph-contents.ts';
import { importStore, rowsOf, sizesOf, withRegistry } from './import-store.ts';
import { readStore } from './read-store.ts';
import { differences, type StoreContents } from './store-contents.ts';

const BOTH_KINDS = [
  ['a database', DATABASE_FIXTURE],
  ['a folder', FILES_FIXTURE],
] as const;

describe('importing a store that MLflow has described', () => {
  it.each(storesWithExpectations())('shows every count and value of %s in the graph', async (folder) => {
    const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as StoreContents;
    await withRegistry(async (registry) => {
      const report = await importStore(registry, folder);
      expect(differences(expected, await graphContents(registry), ['id'])).toEqual([]);
      expect(exitCodeOf(report)).toBe(0);
      expect(report.toJSON()).toMatchObject({ imported: report.read, stopped: null, unreadable: [] });
    });
  });
});

describe.each(BOTH_KINDS)('an import from %s', (_, path) => {
  it('changes nothing when it is run again', async () => {
    await withRegistry(async (registry) => {
      await importStore(registry, path);
      const before = await rowsOf(registry);
      const report = await importStore(registry, path);
      expect(await rowsOf(registry)).toEqual(before);
      expect(Object.values(report.imported).every((number) => number === 0)).toBe(true);
      expect(report.toJSON()).toMatchObject({ exitCode: 0, notes: [] });
    });
  });

  it('is finished by running it again wherever it was cut off', async () => {
    const whole = await withRegistry(async (registry) => {
      await importStore(registry, path);
      return { contents: await graphContents(registry), sizes: await sizesOf(registry) };
    });
    for (let transactions = 1; ; transactions++) {
      const wasCutOff = await withRegistry(async (registry) => {
        const isCutOff = await cutOffAfter(transactions, (onProgress) => importStore(registry, path, { onProgress }));
        await importStore(registry, path);
        expect(differences(whole.contents, await graphContents(registry), ['id'])).toEqual([]);
        expect(await sizesOf(registry)).toEqual(whole.sizes);
        return isCutOff;
      });
      if (!wasCutOff) break;
    }
  }, 120_000);

  it('rolls back the transaction that fails, and keeps those before it', async () => {
    await withRegistry(async (registry) => {
      const { imports } = registry.app.features;
      const failing = { ...imports, stages: { ...imports.stages, add: () => Promise.reject(new Error('no power')) } };
      const app = { ...registry.app, features: { imports: failing as never } };
      await expect(importStore({ ...registry, app: app as never }, path)).rejects.toThrow('no power');
      expect(await sizesOf(registry)).toMatchObject({ models: 2, model_versions: 0, version_tags: 0, runs: 10 });
    });
  });

  it('brings deleted experiments, runs and versions as tombstones, which are found again', async () => {
    await withRegistry(async (registry) => {
      await importStore(registry, path);
      await importStore(registry, path);
      const gone = await nodesOf(
        registry,
        'experiments',
        'id name deletedAt updatedAt runs(deleted: true) { nodes { name deletedAt } }',
        'deleted: true,',
      );
      expect(gone).toMatchObject([{ name: 'abandoned', runs: { nodes: [{ name: 'deleted with its experiment' }] } }]);
      expect(gone[0].deletedAt).toBe(gone[0].updatedAt);
      const runs = await nodesOf(registry, 'runs', 'name', 'deleted: true,');
      expect(runs.map((run) => run.name).sort()).toEqual(['deleted by its author', 'deleted with its experiment']);
      const { restoreExperiment } = await registry.ask(
        'mutation($id: ID!) { restoreExperiment(input: {experiment: $id}) { experiment { runs { nodes { name } } } } }',
        { id: gone[0].id },
      );
      expect(restoreExperiment.experiment.runs.nodes).toEqual([{ name: 'deleted with its experiment' }]);
      const { model } = await registry.ask(
        '{ model(by: {name: "prices"}) { version(by: {number: 3}) { id } versions { nodes { number } } } }',
      );
      expect(model.version).toBeNull();
      expect(model.versions.nodes.map((version: { number: number }) => version.number)).not.toContain(3);
      const { registerVersion } = await registry.ask(
        'mutation { registerVersion(input: {model: {name: "prices"}}) { version { number } } }',
      );
      expect(registerVersion.version.number).toBe(6);
    });
  });

  it('keeps who, when and where of runs, experiments and versions', async () => {
    const { runs, experiments } = await readStore(path);
    await withRegistry(async (registry) => {
      await importStore(registry, path);
      const shown = await nodesOf(
        registry,
        'runs',
        'runId createdBy { name } artifactUri updatedAt source { gitCommit gitRepository entryPoint notebook } tags { key value }',
      );
      for (const run of shown) {
        const record = runs.find((one) => one.runId === run.runId);
        expect(run).toMatchObject({
          createdBy: { name: record?.createdBy ?? 'import' },
          artifactUri: record?.artifactUri,
          source: record?.source,
        });
        expect(run.tags).toEqual([...(record?.tags ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1)));
      }
      const shownExperiments = await nodesOf(
        registry,
        'experiments',
        'name description artifactLocation createdAt updatedAt',
      );
      for (const { createdAt, updatedAt, ...experiment } of shownExperiments) {
        const record = experiments.find((one) => one.name === experiment.name);
        expect(record).toMatchObject({
          ...experiment,
          createdAt: Date.parse(createdAt),
          updatedAt: Date.parse(updatedAt),
        });
      }
    });
  });
});

describe('a run with more points than one transaction takes', () => {
  it('has all of them, once, after an import that was cut off between them', async () => {
    await inCopy(FILES_FIXTURE, async (folder) => {
      const { runs } = await readStore(folder);
      const run = runs.find((one) => one.name === 'odd points');
      const file = join(folder, 'mlruns', run?.experimentId ?? '', run?.runId ?? '', 'metrics/long');
      const lines = Array.from({ length: 2.5 * ROWS_PER_TRANSACTION }, (_, step) => `1700000000000 0.5 ${step}\n`);
      appendFileSync(file, lines.join(''));
      await withRegistry(async (registry) => {
        const counted = async () => {
          const { run: found } = await registry.ask(
            'query($id: String!) { run(by: {runId: $id}) { metrics(keys: ["long"]) { count step } } }',
            { id: run?.runId },
          );
          return found?.metrics[0];
        };
        // The runs before it are written first, then it with the first of its points.
        const stopper = new AbortController();
        let packs = 0;
        const onProgress = ({ points }: ImportProgress) => {
          if (points >= ROWS_PER_TRANSACTION) packs += 1;
          if (packs === 2) stopper.abort();
        };
        const stopped = importStore(registry, folder, { onProgress, signal: stopper.signal });
        await expect(stopped).rejects.toThrow(ImportStopped);
        const { count } = await counted();
        expect(count).toBeGreaterThan(0);
        expect(count).toBeLessThan(lines.length);
        await importStore(registry, folder);
        expect(await counted()).toEqual({ count: lines.length, step: lines.length - 1 });
        const before = await rowsOf(registry);
        const again = await importStore(registry, folder);
        expect(again.imported.points).toBe(0);
        expect(await rowsOf(registry)).toEqual(before);
      });
    });
  });
});

/** Runs an import that fails after so many transactions. @returns whether it did */
async function cutOffAfter(
  transactions: number,
  importing: (onProgress: () => void) => Promise<unknown>,
): Promise<boolean> {
  let done = 0;
  try {
    await importing(() => {
      done += 1;
      if (done === transactions) throw new Error('cut off');
    });
    return false;
  } catch (error) {
    expect((error as Error).message).toBe('cut off');
    return true;
  }
}
