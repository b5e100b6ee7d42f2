import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { splitDataset } from '../../../src/cli/demo/datasets/dataset-split.ts';
import { DEMO_SEED, irisPlan, winePlan } from '../../../src/cli/demo/demo-plan.ts';
import { type DemoSummary, trainDemo } from '../../../src/cli/demo/train-demo.ts';
import { evaluate } from '../../../src/cli/demo/training/evaluation.ts';
import { MultilayerPerceptron } from '../../../src/cli/demo/training/multilayer-perceptron.ts';
import { SeededRandom } from '../../../src/cli/demo/training/seeded-random.ts';
import { SoftmaxRegression } from '../../../src/cli/demo/training/softmax-regression.ts';
import { fitStandardisation, standardise } from '../../../src/cli/demo/training/standardisation.ts';
import { trainClassifier } from '../../../src/cli/demo/training/train-classifier.ts';
import { type RecordedRun, RecordingRegistry } from '../../support/recording-registry.ts';

// One whole demo, which most of the tests look at.
const registry = new RecordingRegistry();
const lines: string[] = [];
let endpoint: string;
let summary: DemoSummary;
let modelsFolder: string;
let startedAt: number;
let requests: number;

beforeAll(async () => {
  modelsFolder = await mkdtemp(join(tmpdir(), 'modelgraph-demo-'));
  endpoint = await registry.start();
  startedAt = Date.now();
  summary = await trainDemo({ endpoint, modelsFolder, progress: (line) => lines.push(line) });
  requests = registry.operations.length;
});
afterAll(async () => {
  await registry.stop();
  await rm(modelsFolder, { recursive: true });
});

const seriesOf = (run: RecordedRun, key: string) => run.points.filter((point) => point.key === key);
const childrenOf = (experiment: string) => registry.runs.filter((run) => run.experiment === experiment && run.parent);

/** Everything that does not depend on the time of day or on the ids that runs got. */
function outcome(registry: RecordingRegistry) {
  return {
    experiments: [...registry.experiments.keys()],
    datasets: registry.datasets.map(({ name, digest }) => [name, digest]),
    runs: registry.runs
      .filter((run) => run.status !== 'KILLED')
      .map((run) => [
        run.experiment,
        run.name,
        run.status,
        run.points.map(({ key, step, value, special }) => [key, step, value, special]),
      ]),
    models: [...registry.models.values()].map((model) => ({
      name: model.name,
      versions: model.versions.map(({ number, stage, run }) => [number, stage, run?.name]),
      aliases: [...model.aliases].map(([alias, { number }]) => [alias, number]),
      stageChanges: model.stageChanges.map(({ version, to }) => [version.number, to]),
    })),
  };
}

describe('the demo', () => {
  it('trains eleven runs in two sweeps, as the actor demo', async () => {
    expect(summary.newRuns).toBe(11);
    expect([...registry.actors]).toEqual(['demo']);
    expect(registry.runs).toHaveLength(13);
    expect(registry.runs.every((run) => run.status !== 'RUNNING')).toBe(true);
    expect(lines).toContainEqual(
      expect.stringMatching(/^wine-cultivars · run 3 of 7 · hidden 8 lr 0\.02 · epoch 60 · val\/accuracy [01]\.\d{3}$/),
    );
  });

  it('logs every epoch of every run that ended well, with a loss that falls and the times at which it was measured', async () => {
    const finished = [...childrenOf('wine-cultivars'), ...childrenOf('iris-species')].filter(
      (run) => run.status === 'FINISHED',
    );
    expect(finished).toHaveLength(10);
    for (const run of finished) {
      const epochs = Number(run.params.find(({ key }) => key === 'epochs')?.value);
      for (const key of ['train/loss', 'val/loss', 'val/accuracy', 'val/f1']) {
        expect(seriesOf(run, key).map(({ step }) => step)).toEqual(Array.from({ length: epochs }, (_, i) => i + 1));
      }
      const losses = seriesOf(run, 'train/loss').map(({ value }) => value ?? Number.NaN);
      expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 4);
      expect(losses[19]).toBeLessThan(losses[4] ?? 0);
      expect(seriesOf(run, 'test/accuracy')[0]?.value).toBeGreaterThan(0.9);
      const times = run.points.map(({ at }) => Date.parse(at ?? ''));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times[0]).toBeGreaterThanOrEqual(startedAt);
      expect(times.at(-1)).toBeLessThanOrEqual(Date.now());
    }
  });

  it('logs no number that the training did not measure', async () => {
    for (const plan of [winePlan, irisPlan]) {
      const split = splitDataset(plan.readDataset(), DEMO_SEED);
      const scale = fitStandardisation(split.training.examples);
      const rows = {
        training: standardise(split.training.examples, scale),
        validation: standardise(split.validation.examples, scale),
        classes: 3,
      };
      const features = split.whole.dataset.featureNames.length;
      for (const runPlan of plan.runs.filter(({ learningRate }) => learningRate < 1)) {
        const random = new SeededRandom(runPlan.seed);
        const classifier = runPlan.hiddenUnits
          ? new MultilayerPerceptron(features, runPlan.hiddenUnits, 3, random)
          : new SoftmaxRegression(features, 3, random);
        const expected = [...trainClassifier(classifier, rows, runPlan, random)].flatMap(
          ({ trainingLoss, validation }) => [trainingLoss, validation.loss, validation.accuracy, validation.macroF1],
        );
        const test = evaluate(classifier, standardise(split.test.examples, scale), 3);
        const run = childrenOf(plan.experiment).find(({ name }) => name === runPlan.name);
        expect(run?.points.map(({ value }) => value)).toEqual([...expected, test.loss, test.accuracy, test.macroF1]);
      }
    }
  });

  it('ends the run that diverged as FAILED, its last loss NaN', async () => {
    const [diverged, ...others] = registry.runs.filter((run) => run.status === 'FAILED');
    expect(others).toEqual([]);
    const losses = diverged ? seriesOf(diverged, 'train/loss') : [];
    expect(losses.at(-1)).toMatchObject({ special: 'NAN' });
    expect(losses.at(-1)).not.toHaveProperty('value');
    expect(losses.slice(0, -1).every(({ special }) => special !== 'NAN')).toBe(true);
    expect(diverged?.tags).toContainEqual({ key: 'failure', value: `train/loss became NaN in epoch ${losses.length}` });
    expect(registry.model('wine-classifier').versions.map(({ run }) => run?.status)).not.toContain('FAILED');
  });

  it('records the whole of each dataset and its parts, and what each run read', async () => {
    expect(registry.datasets.map(({ name }) => name)).toEqual([
      'wine', 'wine-train', 'wine-validation', 'wine-test',
      'iris', 'iris-train', 'iris-validation', 'iris-test',
    ]); // biome-ignore format: one dataset a line
    const [wine, training, validation, test] = registry.datasets;
    expect(training).toMatchObject({
      sourceType: 'doi',
      source: 'https://doi.org/10.24432/C5PC7J',
      derivedFrom: [wine?.id],
    });
    for (const run of childrenOf('wine-cultivars').filter(({ status }) => status === 'FINISHED')) {
      expect(run.inputs).toEqual([
        { dataset: training?.id, context: 'training' },
        { dataset: validation?.id, context: 'validation' },
        { dataset: test?.id, context: 'testing' },
      ]);
    }
  });

  it('notes the best child on the parent', async () => {
    for (const { experiment, bestRun, bestF1 } of summary.experiments) {
      const parent = registry.runs.find((run) => run.experiment === experiment && !run.parent);
      const finals = childrenOf(experiment).map((run) => seriesOf(run, 'val/f1').at(-1)?.value ?? 0);
      const best = childrenOf(experiment).find(({ name }) => name === bestRun);
      expect(bestF1).toBe(Math.max(...finals));
      expect(parent?.points).toContainEqual(expect.objectContaining({ key: 'best/val/f1', value: bestF1 }));
      expect(parent?.tags).toContainEqual({ key: 'best_run', value: best?.runId });
      expect(childrenOf(experiment).every((run) => run.parent === parent?.id)).toBe(true);
    }
  });

  it('registers three versions of each model and promotes a better one over the baseline, which is archived', async () => {
    for (const { model: name, champion } of summary.experiments) {
      const model = registry.model(name);
      expect(model.versions).toHaveLength(3);
      expect(model.stageChanges.slice(0, 2).map(({ version, to }) => [version.number, to])).toEqual([
        [1, 'STAGING'],
        [1, 'PRODUCTION'],
      ]);
      expect(model.versions[0]?.stage).toBe('ARCHIVED');
      expect(champion).toBeGreaterThan(1);
      expect(model.versions.filter(({ stage }) => stage === 'PRODUCTION').map(({ number }) => number)).toEqual([
        champion,
      ]);
      expect(model.aliases.get('champion')?.number).toBe(champion);
      expect(model.aliases.get('challenger')?.stage).toBe('STAGING');
      const f1 = (number: number) =>
        seriesOf(model.versions[number - 1]?.run as RecordedRun, 'val/f1').at(-1)?.value ?? 0;
      expect(f1(champion)).toBeGreaterThanOrEqual(f1(1));
    }
  });

  it('keeps the trained parameters where it is told to, and versions name the file', async () => {
    const version = registry.model('iris-classifier').versions[0];
    expect(version?.source).toBe(`${version?.run?.artifactUri}/model.json`);
    const model = JSON.parse(await readFile(fileURLToPath(version?.source ?? ''), 'utf8'));
    expect(model).toMatchObject({ algorithm: 'softmax-regression', classes: ['setosa', 'versicolor', 'virginica'] });
    expect(model.parameters).toHaveLength(4 * 3 + 3);
  });

  it('changes nothing when it is called again', async () => {
    const first = outcome(registry);
    const again = await trainDemo({ endpoint, modelsFolder, progress: () => undefined });

    expect(again).toMatchObject({ newRuns: 0, experiments: summary.experiments });
    expect(outcome(registry)).toEqual(first);
    const asked = registry.operations.slice(requests);
    expect(new Set(asked)).toEqual(new Set(['FindDataset', 'FindExperiment', 'FindModel']));
  });

  it('comes to the same end when it was cut off anywhere and called again', async () => {
    for (let cut = 1; cut < requests; cut += 13) {
      const interrupted = new RecordingRegistry();
      const options = { endpoint: await interrupted.start(), progress: () => undefined };
      try {
        interrupted.remainingRequests = cut;
        await expect(trainDemo(options)).rejects.toThrow(/no GraphQL answer/);
        interrupted.remainingRequests = Number.POSITIVE_INFINITY;
        await trainDemo(options);
      } finally {
        await interrupted.stop();
      }
      expect(outcome(interrupted)).toEqual(outcome(registry));
      expect(interrupted.runs.filter(({ status }) => status === 'KILLED').length).toBeLessThanOrEqual(1);
    }
  }, 60_000);
});
