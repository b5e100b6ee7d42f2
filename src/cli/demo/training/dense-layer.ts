// One fully connected layer, outputs = W·inputs + b, whose numbers lie in a window of its model's parameter vector.
import type { SeededRandom } from './seeded-random.ts';

export class DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Where its window begins: `outputs × inputs` weights, row by row, then `outputs` biases. */
  readonly offset: number;

  constructor(inputs: number, outputs: number, offset: number) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.offset = offset;
  }

  /** The first index after its window. */
  get end(): number {
    return this.biasOffset + this.outputs;
  }

  /** Where its biases begin; what lies before them are the weights, which alone are penalised. */
  get biasOffset(): number {
    return this.offset + this.inputs * this.outputs;
  }

  /** Draws the weights from a normal distribution of variance 2 / (inputs + outputs), after Glorot and Bengio (2010); biases are 0. */
  initialise(parameters: Float64Array, random: SeededRandom): void {
    const deviation = Math.sqrt(2 / (this.inputs + this.outputs));
    for (let i = this.offset; i < this.biasOffset; i += 1) parameters[i] = deviation * random.normal();
    parameters.fill(0, this.biasOffset, this.end);
  }

  forward(parameters: Float64Array, inputs: Float64Array): Float64Array {
    const outputs = new Float64Array(this.outputs);
    for (let row = 0; row < this.outputs; row += 1) {
      let sum = at(parameters, this.biasOffset + row);
      const weights = this.offset + row * this.inputs;
      for (let column = 0; column < this.inputs; column += 1) {
        sum += at(parameters, weights + column) * at(inputs, column);
      }
      outputs[row] = sum;
    }
    return outputs;
  }

  /** Adds this layer's share to `gradient` and returns the error at its inputs. */
  backward(
    parameters: Float64Array,
    inputs: Float64Array,
    outputErrors: Float64Array,
    gradient: Float64Array,
  ): Float64Array {
    const inputErrors = new Float64Array(this.inputs);
    for (let row = 0; row < this.outputs; row += 1) {
      const error = at(outputErrors, row);
      const weights = this.offset + row * this.inputs;
      for (let column = 0; column < this.inputs; column += 1) {
        gradient[weights + column] = at(gradient, weights + column) + error * at(inputs, column);
        inputErrors[column] = at(inputErrors, column) + error * at(parameters, weights + column);
      }
      gradient[this.biasOffset + row] = at(gradient, this.biasOffset + row) + error;
    }
    return inputErrors;
  }
}

/** An element that the caller's loop bounds keep inside, which the compiler cannot see. */
export function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
