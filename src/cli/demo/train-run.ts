// Trains one run of a sweep and tells the registry about it epoch by epoch.
import type { DatasetSplit } from './datasets/dataset-split.ts';
import { type DemoContext, ENTRY_POINT, fileUrl, runFolder, STEP_TAG } from './demo-context.ts';
import { algorithmOf, type RunPlan } from './demo-plan.ts';
import { epochPoints, metricPoint } from './metric-points.ts';
import { writeModelFile } from './model-file.ts';
import type { MetricPointInput } from './operations.generated.ts';
import { endRun, logBatch, logInputs, startRun } from './operations.ts';
import type { RecordedSplit } from './record-datasets.ts';
import type { Classifier } from './training/classifier.ts';
import { type Evaluation, evaluate } from './training/evaluation.ts';
import { MultilayerPerceptron } from './training/multilayer-perceptron.ts';
import { SeededRandom } from './training/seeded-random.ts';
import { SoftmaxRegression } from './training/softmax-regression.ts';
import { fitStandardisation, standardise } from './training/standardisation.ts';
import { type EpochReport, trainClassifier } from './training/train-classifier.ts';

/** Epochs that one call to the registry carries. */
const EPOCHS_PER_BATCH = 20;

/** Where a run stands in its sweep. */
export interface RunPlace {
  readonly experiment: string;
  readonly parent: string;
  readonly step: string;
  /** Such as "run 3 of 7", for the progress line. */
  readonly position: string;
  readonly split: DatasetSplit;
  readonly datasets: RecordedSplit;
}

/**
 * Starts the run, trains, logs four metrics an epoch, measures the test rows once and ends it. A training whose loss becomes NaN is
 * stopped there and its run ends FAILED; its last points say NaN.
 */
export async function trainRun(context: DemoContext, plan: RunPlan, place: RunPlace): Promise<void> {
  const { client } = context;
  const { split } = place;
  const { dataset } = split.whole;
  const classes = dataset.classNames.length;
  const scale = fitStandardisation(split.training.examples);
  const random = new SeededRandom(plan.seed);
  const classifier = createClassifier(plan, dataset.featureNames.length, classes, random);
  const rows = {
    training: standardise(split.training.examples, scale),
    validation: standardise(split.validation.examples, scale),
    classes,
  };

  const run = await begin(context, plan, place);
  let unlogged: MetricPointInput[] = [];
  for (const report of trainClassifier(classifier, rows, plan, random)) {
    const hasDiverged = Number.isNaN(report.trainingLoss);
    unlogged.push(...epochPoints(report));
    if (hasDiverged || report.epoch % EPOCHS_PER_BATCH === 0 || report.epoch === plan.epochs) {
      await client.execute(logBatch, { input: { run, metrics: unlogged } });
      context.progress(progressLine(plan, place, report));
      unlogged = [];
    }
    if (hasDiverged) return fail(context, run, `train/loss became NaN in epoch ${report.epoch}`);
  }

  const measured = evaluate(classifier, standardise(split.test.examples, scale), classes);
  await logTest(context, run, plan, place, measured);
  const folder = runFolder(context, place.experiment, plan.name);
  if (folder !== undefined) await writeModelFile(folder, plan, dataset, scale, classifier);
  await client.execute(endRun, { input: { run } });
}

async function begin(context: DemoContext, plan: RunPlan, place: RunPlace): Promise<string> {
  const { startRun: started } = await context.client.execute(startRun, {
    input: {
      experiment: { name: place.experiment },
      name: plan.name,
      description: plan.description,
      parent: place.parent,
      source: { entryPoint: ENTRY_POINT },
      artifactUri: fileUrl(runFolder(context, place.experiment, plan.name)),
      tags: [
        { key: STEP_TAG, value: place.step },
        { key: 'algorithm', value: algorithmOf(plan) },
      ],
      params: paramsOf(plan),
    },
  });
  const run = started.run.id;
  const inputs = [
    { dataset: place.datasets.training, context: 'training' },
    { dataset: place.datasets.validation, context: 'validation' },
  ];
  await context.client.execute(logInputs, { input: { run, inputs } });
  return run;
}

async function fail({ client }: DemoContext, run: string, reason: string): Promise<void> {
  await client.execute(logBatch, { input: { run, tags: [{ key: 'failure', value: reason }] } });
  await client.execute(endRun, { input: { run, status: 'FAILED' } });
}

async function logTest(
  { client }: DemoContext,
  run: string,
  plan: RunPlan,
  place: RunPlace,
  measured: Evaluation,
): Promise<void> {
  const measuredAt = new Date();
  await client.execute(logInputs, {
    input: { run, inputs: [{ dataset: place.datasets.test, context: 'testing' }] },
  });
  await client.execute(logBatch, {
    input: {
      run,
      metrics: [
        metricPoint('test/loss', measured.loss, plan.epochs, measuredAt),
        metricPoint('test/accuracy', measured.accuracy, plan.epochs, measuredAt),
        metricPoint('test/f1', measured.macroF1, plan.epochs, measuredAt),
      ],
      tags: [{ key: 'test.confusion', value: JSON.stringify(measured.confusion) }],
    },
  });
}

function createClassifier(plan: RunPlan, features: number, classes: number, random: SeededRandom): Classifier {
  return plan.hiddenUnits === 0
    ? new SoftmaxRegression(features, classes, random)
    : new MultilayerPerceptron(features, plan.hiddenUnits, classes, random);
}

function paramsOf(plan: RunPlan): { key: string; value: string }[] {
  const params = {
    algorithm: algorithmOf(plan),
    optimizer: 'sgd-momentum',
    learning_rate: plan.learningRate,
    momentum: plan.momentum,
    l2: plan.l2,
    batch_size: plan.batchSize,
    epochs: plan.epochs,
    hidden_units: plan.hiddenUnits,
    seed: plan.seed,
  };
  return Object.entries(params).map(([key, value]) => ({ key, value: String(value) }));
}

function progressLine(plan: RunPlan, place: RunPlace, { epoch, trainingLoss, validation }: EpochReport): string {
  const shape = plan.hiddenUnits === 0 ? 'linear' : `hidden ${plan.hiddenUnits}`;
  const outcome = Number.isNaN(trainingLoss)
    ? 'train/loss NaN, stopped'
    : `val/accuracy ${validation.accuracy.toFixed(3)}`;
  return `${place.experiment} · ${place.position} · ${shape} lr ${plan.learningRate} · epoch ${epoch} · ${outcome}`;
}
