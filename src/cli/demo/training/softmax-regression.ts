// Multinomial logistic regression: one dense layer from the features to the classes.
import type { Classifier } from './classifier.ts';
import { DenseLayer } from './dense-layer.ts';
import type { SeededRandom } from './seeded-random.ts';

export class SoftmaxRegression implements Classifier {
  readonly parameters: Float64Array;
  readonly layers: readonly DenseLayer[];
  private readonly output: DenseLayer;

  constructor(features: number, classes: number, random: SeededRandom) {
    this.output = new DenseLayer(features, classes, 0);
    this.layers = [this.output];
    this.parameters = new Float64Array(this.output.end);
    this.output.initialise(this.parameters, random);
  }

  logits(features: Float64Array): Float64Array {
    return this.output.forward(this.parameters, features);
  }

  backpropagate(features: Float64Array, logitErrors: Float64Array, gradient: Float64Array): void {
    this.output.backward(this.parameters, features, logitErrors, gradient);
  }
}
