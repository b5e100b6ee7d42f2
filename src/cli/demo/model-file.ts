// A trained model as a file: everything that is needed to classify a new row.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TabularDataset } from './datasets/tabular-dataset.ts';
import { algorithmOf, type RunPlan } from './demo-plan.ts';
import type { Classifier } from './training/classifier.ts';
import type { Standardisation } from './training/standardisation.ts';

/** Its name within the folder of its run. */
export const MODEL_FILE = 'model.json';

/** Writes the file into `folder`, which is made if it is missing; an older file is replaced. */
export async function writeModelFile(
  folder: string,
  plan: RunPlan,
  dataset: TabularDataset,
  scale: Standardisation,
  classifier: Classifier,
): Promise<void> {
  const model = {
    algorithm: algorithmOf(plan),
    hiddenUnits: plan.hiddenUnits,
    features: dataset.featureNames,
    classes: dataset.classNames,
    means: Array.from(scale.means),
    deviations: Array.from(scale.deviations),
    parameters: Array.from(classifier.parameters),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, MODEL_FILE), `${JSON.stringify(model)}\n`);
}
