// The training loop: mini-batch gradient descent with momentum, one report for each epoch.
import type { Example } from '../datasets/tabular-dataset.ts';
import type { Classifier } from './classifier.ts';
import { crossEntropy, gradientOf } from './cross-entropy.ts';
import { at } from './dense-layer.ts';
import { type Evaluation, evaluate } from './evaluation.ts';
import type { SeededRandom } from './seeded-random.ts';

export interface TrainingOptions {
  readonly epochs: number;
  /** Rows a step. */
  readonly batchSize: number;
  readonly learningRate: number;
  /** The share of the last step that is taken again; 0 is plain gradient descent. */
  readonly momentum: number;
  /** Weight of the penalty ½·l2·Σw². */
  readonly l2: number;
}

export interface EpochReport {
  /** 1 for the first. */
  readonly epoch: number;
  /** Cross-entropy over all training rows after the epoch, in nats. */
  readonly trainingLoss: number;
  readonly validation: Evaluation;
  readonly finishedAt: Date;
}

/** The rows that one training sees, on one scale. */
export interface TrainingRows {
  readonly training: readonly Example[];
  readonly validation: readonly Example[];
  readonly classes: number;
}

/** Trains in place, epoch by epoch as the caller asks for them; the caller may stop early. The same `random` gives the same reports. */
export function* trainClassifier(
  classifier: Classifier,
  rows: TrainingRows,
  options: TrainingOptions,
  random: SeededRandom,
): Generator<EpochReport> {
  const velocity = new Float64Array(classifier.parameters.length);
  for (let epoch = 1; epoch <= options.epochs; epoch += 1) {
    const shuffled = random.shuffled(rows.training);
    for (let start = 0; start < shuffled.length; start += options.batchSize) {
      const gradient = gradientOf(classifier, shuffled.slice(start, start + options.batchSize), options.l2);
      for (let i = 0; i < velocity.length; i += 1) {
        velocity[i] = options.momentum * at(velocity, i) - options.learningRate * at(gradient, i);
        classifier.parameters[i] = at(classifier.parameters, i) + at(velocity, i);
      }
    }
    yield {
      epoch,
      trainingLoss: crossEntropy(classifier, rows.training),
      validation: evaluate(classifier, rows.validation, rows.classes),
      finishedAt: new Date(),
    };
  }
}
