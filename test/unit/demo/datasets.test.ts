import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { describeProfile, describeSchema, splitDataset } from '../../../src/cli/demo/datasets/dataset-split.ts';
import { parseCsv, readIris, readWine, type TabularDataset } from '../../../src/cli/demo/datasets/tabular-dataset.ts';

/** Smallest, largest and mean value of a column, rounded as the repository's summary prints them. */
function summary({ featureNames, examples }: TabularDataset, column: string, digits: number) {
  const values = examples.map(({ features }) => features[featureNames.indexOf(column)] ?? Number.NaN);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [Math.min(...values), Math.max(...values), Number(mean.toFixed(digits))];
}

function countsByClass({ classNames, examples }: Pick<TabularDataset, 'classNames' | 'examples'>): number[] {
  return classNames.map((_, label) => examples.filter((example) => example.label === label).length);
}

describe('the carried data', () => {
  it('is Wine as published: 178 rows of 13 measurements, 59, 71 and 48 of the three cultivars', () => {
    const wine = readWine();
    expect(wine.examples).toHaveLength(178);
    expect(wine.featureNames).toHaveLength(13);
    expect(wine.classNames).toEqual(['1', '2', '3']);
    expect(countsByClass(wine)).toEqual([59, 71, 48]);
    expect(summary(wine, 'alcohol', 1)).toEqual([11.03, 14.83, 13.0]);
    expect(summary(wine, 'malic_acid', 2)).toEqual([0.74, 5.8, 2.34]);
    expect(summary(wine, 'proline', 0)).toEqual([278, 1680, 747]);
  });

  it('is Iris as Fisher printed it: 150 rows of 4 measurements, 50 of each species', () => {
    const iris = readIris();
    expect(iris.examples).toHaveLength(150);
    expect(iris.classNames).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(countsByClass(iris)).toEqual([50, 50, 50]);
    expect(summary(iris, 'sepal_length', 2)).toEqual([4.3, 7.9, 5.84]);
    expect(summary(iris, 'petal_width', 2)).toEqual([0.1, 2.5, 1.2]);
    expect(iris.examples[34]?.csvLine).toBe('4.9,3.1,1.5,0.2,setosa');
    expect(iris.examples[37]?.csvLine).toBe('4.9,3.6,1.4,0.1,setosa');
  });

  it('refuses a row that is not whole, and says which', () => {
    const provenance = { name: 'broken', description: '', doi: '', licence: '' };
    expect(() => parseCsv('a,b,kind\n1,2,x\n1,,x\n', provenance)).toThrow(/broken: row 2 should hold 2 numbers/);
    expect(() => parseCsv('a,b,kind\n1,x\n', provenance)).toThrow(/row 1/);
  });
});

describe('a split', () => {
  it('gives every row to exactly one part and keeps the proportions of the classes', () => {
    const wine = readWine();
    const { training, validation, test } = splitDataset(wine, 7);
    const parts = [training, validation, test];
    expect(parts.map(({ examples }) => examples.length)).toEqual([106, 36, 36]);
    expect(new Set(parts.flatMap(({ examples }) => examples))).toEqual(new Set(wine.examples));
    expect(parts.map(({ examples }) => countsByClass({ ...wine, examples }))).toEqual([
      [35, 43, 28],
      [12, 14, 10],
      [12, 14, 10],
    ]);
  });

  it('is the same for the same seed and another for another', () => {
    expect(splitDataset(readIris(), 7)).toEqual(splitDataset(readIris(), 7));
    expect(splitDataset(readIris(), 8).test.digest).not.toBe(splitDataset(readIris(), 7).test.digest);
  });

  it('names each part by the SHA-256 of its own rows', () => {
    const { test } = splitDataset(readWine(), 7);
    const rows = test.examples.map(({ csvLine }) => `${csvLine}\n`).join('');
    expect(test.digest).toBe(createHash('sha256').update(rows).digest('hex').slice(0, 16));
  });

  it('describes its columns and what it counted', () => {
    const { training } = splitDataset(readIris(), 7);
    expect(JSON.parse(describeSchema(training)).columns).toContainEqual({ name: 'petal_width', type: 'double' });
    expect(JSON.parse(describeProfile(training))).toMatchObject({
      rows: 90,
      classes: { setosa: 30, versicolor: 30, virginica: 30 },
      licence: 'CC BY 4.0',
    });
  });
});
