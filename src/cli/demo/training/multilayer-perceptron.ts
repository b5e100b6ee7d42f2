// A perceptron with one hidden layer of tanh units.
import type { Classifier } from './classifier.ts';
import { at, DenseLayer } from './dense-layer.ts';
import type { SeededRandom } from './seeded-random.ts';

export class MultilayerPerceptron implements Classifier {
  readonly parameters: Float64Array;
  readonly layers: readonly DenseLayer[];
  private readonly hidden: DenseLayer;
  private readonly output: DenseLayer;

  constructor(features: number, hiddenUnits: number, classes: number, random: SeededRandom) {
    this.hidden = new DenseLayer(features, hiddenUnits, 0);
    this.output = new DenseLayer(hiddenUnits, classes, this.hidden.end);
    this.layers = [this.hidden, this.output];
    this.parameters = new Float64Array(this.output.end);
    for (const layer of this.layers) layer.initialise(this.parameters, random);
  }

  logits(features: Float64Array): Float64Array {
    return this.output.forward(this.parameters, this.activations(features));
  }

  backpropagate(features: Float64Array, logitErrors: Float64Array, gradient: Float64Array): void {
    const activations = this.activations(features);
    const activationErrors = this.output.backward(this.parameters, activations, logitErrors, gradient);
    // The derivative of tanh is 1 − tanh².
    const hiddenErrors = activationErrors.map((error, unit) => error * (1 - at(activations, unit) ** 2));
    this.hidden.backward(this.parameters, features, hiddenErrors, gradient);
  }

  private activations(features: Float64Array): Float64Array {
    return this.hidden.forward(this.parameters, features).map(Math.tanh);
  }
}
