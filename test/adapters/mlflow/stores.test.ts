import { describe, expect, it } from '@jest/globals';
import { exitCodeOf } from '../../../src/adapters/import/report.ts';
import { DATABASE_FIXTURE, FILES_FIXTURE } from './fixtures.ts';
import { readStore } from './read-store.ts';

const named = <T extends { name: string | null }>(items: readonly T[], name: string): T => {
  const item = items.find((candidate) => candidate.name === name);
  if (!item) throw new Error(`There is no ${name}.`);
  return item;
};

describe.each([
  ['a database', DATABASE_FIXTURE],
  ['a folder', FILES_FIXTURE],
])('a store in %s', (_, path) => {
  it('brings deleted experiments, runs and versions as tombstones', async () => {
    const { experiments, runs, versions } = await readStore(path);
    const gone = named(experiments, 'abandoned');
    expect(gone.deletedAt).toBe(gone.updatedAt);
    const lost = named(runs, 'deleted with its experiment');
    expect(lost).toMatchObject({ deletedAt: gone.deletedAt, deletedWithExperiment: true });
    const deleted = named(runs, 'deleted by its author');
    expect(deleted.deletedAt).toBeGreaterThanOrEqual(deleted.endedAt ?? Number.POSITIVE_INFINITY);
    expect(deleted.deletedWithExperiment).toBe(false);
    const third = versions.filter((version) => version.number === 3);
    expect(third).toEqual([expect.objectContaining({ stage: 'NONE', deletedAt: third[0]?.updatedAt })]);
    expect(versions.map((version) => version.number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps NaN, infinities, negative steps and several points of one step', async () => {
    const { runs, points } = await readStore(path);
    const { runId } = named(runs, 'odd points');
    const loss = points
      .filter((point) => point.runId === runId && point.key === 'loss')
      .sort((a, b) => a.step - b.step);
    expect(loss.map((point) => point.special ?? point.value)).toEqual([
      0.5,
      'NAN',
      'POSITIVE_INFINITY',
      'NEGATIVE_INFINITY',
      'NAN',
    ]);
    expect(loss.slice(1).map((point) => point.value)).toEqual([0, 0, 0, 0]);
    const unordered = points.filter((point) => point.runId === runId && point.key === 'unordered steps');
    expect(unordered.map((point) => point.step).sort((a, b) => a - b)).toEqual([-1, 3, 4, 5, 5, 5, 9007199254740991]);
  });

  it('reads source, user, note and parent from the tags and keeps the tags', async () => {
    const { experiments, runs } = await readStore(path);
    const odd = named(runs, 'odd points');
    expect(odd).toMatchObject({ status: 'KILLED', createdBy: 'ada' });
    expect(odd.source).toEqual({
      gitCommit: '0'.repeat(40),
      gitRepository: 'https://example.org/houses.git',
      entryPoint: 'train.py',
      notebook: null,
    });
    expect(odd.tags).toContainEqual({ key: 'mlflow.source.name', value: 'train.py' });
    expect(named(runs, 'a notebook').source).toMatchObject({ notebook: 'explore.ipynb', entryPoint: null });
    expect(named(runs, 'sweep').description).toBe('Two learning rates.');
    expect(named(runs, 'η = 0.1').parentRunId).toBe(named(runs, 'sweep').runId);
    expect(named(experiments, 'house prices').description).toBe('Prices of houses.\nIn two lines.');
  });

  it('counts what the graph has no place for and calls the import complete', async () => {
    const { report } = await readStore(path);
    expect(exitCodeOf(report)).toBe(0);
    const counted = Object.fromEntries(report.toJSON().notKept.map(({ kind, count }) => [kind, count]));
    expect(counted).toMatchObject({ loggedModels: 1, modelOutputs: 1, prompts: 1, promptVersions: 1, traces: 1 });
    expect(report.read).toMatchObject({
      experiments: 4,
      runs: 10,
      models: 2,
      versions: 5,
      aliases: 2,
      datasets: 2,
      inputs: 4,
    });
  });
});
