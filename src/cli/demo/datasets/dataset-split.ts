// Splits a table into training, validation and test rows, class by class, and names each part by what it holds.
import { createHash } from 'node:crypto';
import { SeededRandom } from '../training/seeded-random.ts';
import type { Example, TabularDataset } from './tabular-dataset.ts';

/** A part of a dataset, or the whole of it, under a name of its own. */
export interface DatasetPart {
  readonly name: string;
  readonly dataset: TabularDataset;
  readonly examples: readonly Example[];
  /** SHA-256 over the part's CSV rows, its first 16 hexadecimal digits. */
  readonly digest: string;
}

export interface DatasetSplit {
  readonly whole: DatasetPart;
  readonly training: DatasetPart;
  readonly validation: DatasetPart;
  readonly test: DatasetPart;
}

const VALIDATION_SHARE = 0.2;
const TEST_SHARE = 0.2;
const DIGEST_LENGTH = 16;

/**
 * Gives 60 % of each class to training, 20 % to validation and 20 % to test, so that every part keeps the proportions of the whole.
 * The same seed gives the same split.
 */
export function splitDataset(dataset: TabularDataset, seed: number): DatasetSplit {
  const random = new SeededRandom(seed);
  const training: Example[] = [];
  const validation: Example[] = [];
  const test: Example[] = [];

  for (const label of dataset.classNames.keys()) {
    const ofClass = random.shuffled(dataset.examples.filter((example) => example.label === label));
    const testCount = Math.round(ofClass.length * TEST_SHARE);
    const validationCount = Math.round(ofClass.length * VALIDATION_SHARE);
    test.push(...ofClass.slice(0, testCount));
    validation.push(...ofClass.slice(testCount, testCount + validationCount));
    training.push(...ofClass.slice(testCount + validationCount));
  }

  return {
    whole: part(dataset, dataset.name, dataset.examples),
    training: part(dataset, `${dataset.name}-train`, training),
    validation: part(dataset, `${dataset.name}-validation`, validation),
    test: part(dataset, `${dataset.name}-test`, test),
  };
}

/** The columns of a part with their types, as JSON. */
export function describeSchema({ dataset }: DatasetPart): string {
  return JSON.stringify({
    columns: [
      ...dataset.featureNames.map((name) => ({ name, type: 'double' })),
      { name: dataset.targetName, type: 'string', role: 'target' },
    ],
  });
}

/** What a part holds, counted and measured over its own rows, as JSON. */
export function describeProfile({ dataset, examples }: DatasetPart): string {
  const classes = dataset.classNames.map((name, label) => [name, examples.filter((e) => e.label === label).length]);
  const features = dataset.featureNames.map((name, column) => {
    const values = examples.map((example) => example.features[column] ?? Number.NaN);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [name, { min: Math.min(...values), mean: Number(mean.toPrecision(6)), max: Math.max(...values) }];
  });
  return JSON.stringify({
    rows: examples.length,
    classes: Object.fromEntries(classes),
    features: Object.fromEntries(features),
    licence: dataset.licence,
  });
}

function part(dataset: TabularDataset, name: string, examples: readonly Example[]): DatasetPart {
  const rows = examples.map((example) => `${example.csvLine}\n`).join('');
  const digest = createHash('sha256').update(rows).digest('hex').slice(0, DIGEST_LENGTH);
  return { name, dataset, examples, digest };
}
