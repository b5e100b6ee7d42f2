import { describe, expect, it } from '@jest/globals';
import { splitDataset } from '../../../src/cli/demo/datasets/dataset-split.ts';
import { readIris, readWine, type TabularDataset } from '../../../src/cli/demo/datasets/tabular-dataset.ts';
import type { Classifier } from '../../../src/cli/demo/training/classifier.ts';
import { crossEntropy, gradientOf, softmax, weightPenalty } from '../../../src/cli/demo/training/cross-entropy.ts';
import { accuracyOf, evaluate, macroF1Of } from '../../../src/cli/demo/training/evaluation.ts';
import { MultilayerPerceptron } from '../../../src/cli/demo/training/multilayer-perceptron.ts';
import { SeededRandom } from '../../../src/cli/demo/training/seeded-random.ts';
import { SoftmaxRegression } from '../../../src/cli/demo/training/softmax-regression.ts';
import { fitStandardisation, standardise } from '../../../src/cli/demo/training/standardisation.ts';
import { trainClassifier } from '../../../src/cli/demo/training/train-classifier.ts';

const options = { epochs: 60, batchSize: 16, learningRate: 0.05, momentum: 0.9, l2: 0.001 };

function standardisedRows(dataset: TabularDataset) {
  const split = splitDataset(dataset, 7);
  const scale = fitStandardisation(split.training.examples);
  return {
    training: standardise(split.training.examples, scale),
    validation: standardise(split.validation.examples, scale),
    test: standardise(split.test.examples, scale),
    classes: dataset.classNames.length,
  };
}

const kinds: [string, (features: number, random: SeededRandom) => Classifier][] = [
  ['softmax regression', (features, random) => new SoftmaxRegression(features, 3, random)],
  ['a multilayer perceptron', (features, random) => new MultilayerPerceptron(features, 8, 3, random)],
];

describe.each(kinds)('%s', (_, create) => {
  it('has the gradient that finite differences have', () => {
    const batch = standardisedRows(readIris()).training.slice(0, 20);
    const classifier = create(4, new SeededRandom(3));
    const { parameters } = classifier;
    const l2 = 0.1;
    const objective = () => crossEntropy(classifier, batch) + weightPenalty(classifier, l2);
    const gradient = gradientOf(classifier, batch, l2);
    const h = 1e-5;

    for (const [i, value] of parameters.entries()) {
      parameters[i] = value + h;
      const above = objective();
      parameters[i] = value - h;
      const below = objective();
      parameters[i] = value;
      expect(gradient[i]).toBeCloseTo((above - below) / (2 * h), 7);
    }
  });

  it('is the same after every training with the same seed', () => {
    const rows = standardisedRows(readIris());
    const train = (seed: number) => {
      const random = new SeededRandom(seed);
      const classifier = create(4, random);
      const losses = [...trainClassifier(classifier, rows, { ...options, epochs: 5 }, random)].map(
        (r) => r.trainingLoss,
      );
      return { losses, parameters: classifier.parameters };
    };
    expect(train(7)).toEqual(train(7));
    expect(train(8).parameters).not.toEqual(train(7).parameters);
  });

  it.each([
    ['Wine', readWine()],
    ['Iris', readIris()],
  ])(
    'learns %s: the loss falls, and rows it never saw are told far better than by the commonest class',
    (__, dataset) => {
      const rows = standardisedRows(dataset);
      const random = new SeededRandom(7);
      const classifier = create(dataset.featureNames.length, random);
      const untrained = crossEntropy(classifier, rows.training);
      const losses = [...trainClassifier(classifier, rows, options, random)].map((report) => report.trainingLoss);

      expect(losses).toHaveLength(60);
      expect(losses[0]).toBeLessThan(untrained);
      expect(losses[59]).toBeLessThan((losses[0] ?? 0) / 4);
      const { accuracy, macroF1 } = evaluate(classifier, rows.test, rows.classes);
      expect(accuracy).toBeGreaterThan(0.9);
      expect(macroF1).toBeGreaterThan(0.9);
    },
  );

  it('loses its numbers, and says so, where the learning rate is far too large', () => {
    const rows = standardisedRows(readWine());
    const random = new SeededRandom(7);
    const classifier = create(13, random);
    const reports = [...trainClassifier(classifier, rows, { ...options, learningRate: 1000, l2: 0.1 }, random)];
    expect(reports.at(-1)).toMatchObject({
      trainingLoss: Number.NaN,
      validation: { loss: Number.NaN, accuracy: Number.NaN, macroF1: Number.NaN },
    });
  });
});

describe('the measures', () => {
  it('are those of a confusion matrix worked out by hand', () => {
    // F1 of the classes: 2·8/(10+9), 2·5/(6+8), 2·3/(4+3).
    const confusion = [
      [8, 2, 0],
      [1, 5, 0],
      [0, 1, 3],
    ];
    expect(accuracyOf(confusion)).toBeCloseTo(16 / 20, 12);
    expect(macroF1Of(confusion)).toBeCloseTo((16 / 19 + 10 / 14 + 6 / 7) / 3, 12);
  });

  it('count a class that is neither there nor predicted as 0', () => {
    expect(
      macroF1Of([
        [4, 0],
        [0, 0],
      ]),
    ).toBe(0.5);
  });

  it('take a softmax of scores too large to exponentiate', () => {
    const { probabilities, logSumExp } = softmax(Float64Array.of(1000, 1000));
    expect([...probabilities]).toEqual([0.5, 0.5]);
    expect(logSumExp).toBeCloseTo(1000 + Math.LN2, 9);
  });
});

describe('standardisation', () => {
  it('is fitted to the training rows alone and brings them to mean 0 and deviation 1', () => {
    const { training, validation } = standardisedRows(readWine());
    const moments = (rows: typeof training) => {
      const values = rows.map(({ features }) => features[0] ?? Number.NaN);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return { mean, deviation: Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length) };
    };
    expect(moments(training).mean).toBeCloseTo(0, 10);
    expect(moments(training).deviation).toBeCloseTo(1, 10);
    expect(Math.abs(moments(validation).mean)).toBeGreaterThan(1e-4);
  });
});

describe('seeded random numbers', () => {
  it('are spread as they should be', () => {
    const random = new SeededRandom(1);
    const uniform = Array.from({ length: 20_000 }, () => random.uniform());
    const normal = Array.from({ length: 20_000 }, () => random.normal());
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(uniform.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(mean(uniform)).toBeCloseTo(0.5, 1);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(random.shuffled([1, 2, 3, 4, 5]).toSorted()).toEqual([1, 2, 3, 4, 5]);
  });
});
