// What the trainer asks of a model: scores for a row, and the way back from an error in the scores to its parameters.
import type { DenseLayer } from './dense-layer.ts';

export interface Classifier {
  /** Every trained number, layer after layer; the optimizer changes it in place. */
  readonly parameters: Float64Array;
  readonly layers: readonly DenseLayer[];
  /** One score a class, before the softmax. */
  logits(features: Float64Array): Float64Array;
  /** Adds to `gradient` what an error at the logits of one row means for each parameter. */
  backpropagate(features: Float64Array, logitErrors: Float64Array, gradient: Float64Array): void;
}
