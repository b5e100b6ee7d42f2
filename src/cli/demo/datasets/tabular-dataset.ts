// Reads the carried CSV texts into typed tables and knows where each came from.
import { irisCsv } from './iris.csv.ts';
import { wineCsv } from './wine.csv.ts';

/** One row of a table: its measurements in the order of `featureNames`, and the index of its class. */
export interface Example {
  readonly features: Float64Array;
  readonly label: number;
  /** The row as the CSV has it, which is what digests are taken of. */
  readonly csvLine: string;
}

/** A table of measurements with one class for each row. */
export interface TabularDataset {
  readonly name: string;
  readonly description: string;
  readonly doi: string;
  readonly licence: string;
  readonly featureNames: readonly string[];
  readonly targetName: string;
  /** In the order of first appearance; a label is an index into it. */
  readonly classNames: readonly string[];
  readonly examples: readonly Example[];
}

type Provenance = Pick<TabularDataset, 'name' | 'description' | 'doi' | 'licence'>;

/** Wine: 178 wines of three Italian cultivars, thirteen chemical measurements each. */
export function readWine(): TabularDataset {
  return parseCsv(wineCsv, {
    name: 'wine',
    description: 'Chemical measurements of 178 wines of three cultivars (UCI Machine Learning Repository)',
    doi: 'https://doi.org/10.24432/C5PC7J',
    licence: 'CC BY 4.0',
  });
}

/** Iris: 150 flowers of three species, four measurements in centimetres each. */
export function readIris(): TabularDataset {
  return parseCsv(irisCsv, {
    name: 'iris',
    description: 'Sepals and petals of 150 irises of three species, in centimetres (UCI Machine Learning Repository)',
    doi: 'https://doi.org/10.24432/C56C76',
    licence: 'CC BY 4.0',
  });
}

/** Parses comma-separated text with a header line; the last column is the class. Throws on a row that is not whole. */
export function parseCsv(csv: string, provenance: Provenance): TabularDataset {
  const [header = '', ...lines] = csv.trimEnd().split('\n');
  const featureNames = header.split(',');
  const targetName = featureNames.pop() ?? '';
  const classNames: string[] = [];

  const examples = lines.map((csvLine, index) => {
    const cells = csvLine.split(',');
    const className = cells.pop();
    const features = Float64Array.from(cells, (cell) => (cell === '' ? Number.NaN : Number(cell)));
    if (!className || features.length !== featureNames.length || !features.every(Number.isFinite)) {
      throw new Error(
        `${provenance.name}: row ${index + 1} should hold ${featureNames.length} numbers and a class, but is "${csvLine}"`,
      );
    }
    if (!classNames.includes(className)) classNames.push(className);
    return { features, label: classNames.indexOf(className), csvLine };
  });
  return { ...provenance, featureNames, targetName, classNames, examples };
}
