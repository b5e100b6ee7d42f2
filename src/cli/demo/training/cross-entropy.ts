// The objective: mean cross-entropy of the softmax over the scores, with an L2 penalty on the weights.
import type { Example } from '../datasets/tabular-dataset.ts';
import type { Classifier } from './classifier.ts';
import { at } from './dense-layer.ts';

/** Class probabilities and their logarithm's normaliser, computed without overflow by taking the largest score out first. */
export function softmax(logits: Float64Array): { probabilities: Float64Array; logSumExp: number } {
  const largest = Math.max(...logits);
  const exponentials = logits.map((logit) => Math.exp(logit - largest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return { probabilities: exponentials.map((value) => value / sum), logSumExp: largest + Math.log(sum) };
}

/** Mean of −ln p(true class), in nats, without the penalty. Is NaN or infinite once a model has diverged. */
export function crossEntropy(classifier: Classifier, examples: readonly Example[]): number {
  let total = 0;
  for (const { features, label } of examples) {
    const logits = classifier.logits(features);
    total += softmax(logits).logSumExp - at(logits, label);
  }
  return total / examples.length;
}

/** ½·l2·Σw² over the weights of every layer; biases are free. */
export function weightPenalty(classifier: Classifier, l2: number): number {
  let sum = 0;
  for (const layer of classifier.layers) {
    for (let i = layer.offset; i < layer.biasOffset; i += 1) sum += at(classifier.parameters, i) ** 2;
  }
  return 0.5 * l2 * sum;
}

/** The gradient of cross-entropy plus penalty over a batch, by backpropagation. */
export function gradientOf(classifier: Classifier, batch: readonly Example[], l2: number): Float64Array {
  const gradient = new Float64Array(classifier.parameters.length);
  for (const { features, label } of batch) {
    const { probabilities } = softmax(classifier.logits(features));
    const errors = probabilities.map((p, index) => (p - (index === label ? 1 : 0)) / batch.length);
    classifier.backpropagate(features, errors, gradient);
  }
  for (const layer of classifier.layers) {
    for (let i = layer.offset; i < layer.biasOffset; i += 1) {
      gradient[i] = at(gradient, i) + l2 * at(classifier.parameters, i);
    }
  }
  return gradient;
}
