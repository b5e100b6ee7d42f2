// Brings every feature to mean 0 and deviation 1, as measured on the training rows alone.
import type { Example } from '../datasets/tabular-dataset.ts';

/** Per feature, what was measured on the rows it was fitted to. */
export interface Standardisation {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** Measures mean and population deviation of each feature. A constant feature keeps its unit. */
export function fitStandardisation(examples: readonly Example[]): Standardisation {
  const columns = examples[0]?.features.length ?? 0;
  const means = new Float64Array(columns);
  const deviations = new Float64Array(columns);
  for (let column = 0; column < columns; column += 1) {
    const values = examples.map((example) => example.features[column] ?? Number.NaN);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    means[column] = mean;
    deviations[column] = Math.sqrt(variance) || 1;
  }
  return { means, deviations };
}

/** The same rows on the fitted scale. */
export function standardise(examples: readonly Example[], { means, deviations }: Standardisation): Example[] {
  return examples.map((example) => ({
    ...example,
    features: example.features.map(
      (value, column) => (value - (means[column] ?? Number.NaN)) / (deviations[column] ?? Number.NaN),
    ),
  }));
}
