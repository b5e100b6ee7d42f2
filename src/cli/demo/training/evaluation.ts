// Measures a trained classifier on rows: loss, accuracy, macro-F1 and the confusion matrix.
import type { Example } from '../datasets/tabular-dataset.ts';
import type { Classifier } from './classifier.ts';
import { crossEntropy } from './cross-entropy.ts';

export interface Evaluation {
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  readonly accuracy: number;
  /** The mean of the classes' F1, each class counting the same. */
  readonly macroF1: number;
  /** `confusion[actual][predicted]`, in rows. */
  readonly confusion: readonly (readonly number[])[];
}

/** A model whose scores are no longer numbers predicts nothing: its accuracy and F1 are NaN. */
export function evaluate(classifier: Classifier, examples: readonly Example[], classes: number): Evaluation {
  const loss = crossEntropy(classifier, examples);
  const predicted = examples.map(({ features }) => predictedClass(classifier.logits(features)));
  const confusion = Array.from({ length: classes }, (_, actual) =>
    Array.from(
      { length: classes },
      (__, guess) => examples.filter((example, row) => example.label === actual && predicted[row] === guess).length,
    ),
  );
  if (predicted.includes(undefined)) return { loss, accuracy: Number.NaN, macroF1: Number.NaN, confusion };
  return { loss, accuracy: accuracyOf(confusion), macroF1: macroF1Of(confusion), confusion };
}

/** The share of rows on the diagonal. */
export function accuracyOf(confusion: Evaluation['confusion']): number {
  return sum(confusion.map((row, actual) => row[actual] ?? 0)) / sum(confusion.map(sum));
}

/** F1 of a class is 2·TP / (2·TP + FP + FN), and 0 where the class was neither there nor predicted. */
export function macroF1Of(confusion: Evaluation['confusion']): number {
  const scores = confusion.map((row, label) => {
    const truePositives = row[label] ?? 0;
    const actual = sum(row);
    const predicted = sum(confusion.map((other) => other[label] ?? 0));
    return actual + predicted === 0 ? 0 : (2 * truePositives) / (actual + predicted);
  });
  return sum(scores) / scores.length;
}

function predictedClass(logits: Float64Array): number | undefined {
  return logits.some(Number.isNaN) ? undefined : logits.indexOf(Math.max(...logits));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
