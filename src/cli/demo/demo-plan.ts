// What the demo trains: two experiments, each a grid of hyper-parameters, and the model that the best runs become.
import { readIris, readWine, type TabularDataset } from './datasets/tabular-dataset.ts';
import type { TrainingOptions } from './training/train-classifier.ts';

export interface RunPlan extends TrainingOptions {
  readonly name: string;
  readonly description: string;
  /** Units of the one hidden layer; 0 is softmax regression, which has none. */
  readonly hiddenUnits: number;
  readonly seed: number;
}

export interface ExperimentPlan {
  readonly experiment: string;
  readonly description: string;
  readonly readDataset: () => TabularDataset;
  readonly runs: readonly RunPlan[];
  readonly model: string;
  readonly modelDescription: string;
}

/** The seed of the splits and of every training. */
export const DEMO_SEED = 7;

/** A point of a grid: hidden units and learning rate; the rest is the same within an experiment. */
type GridPoint = readonly [hiddenUnits: number, learningRate: number];

const wineGrid: readonly GridPoint[] = [
  [0, 0.01],
  [0, 0.05],
  [8, 0.02],
  [8, 0.05],
  [16, 0.02],
  [16, 0.05],
];

const irisGrid: readonly GridPoint[] = [
  [0, 0.05],
  [4, 0.02],
  [8, 0.02],
  [8, 0.05],
];

const shared = { batchSize: 16, momentum: 0.9, l2: 0.001, seed: DEMO_SEED };

export const winePlan: ExperimentPlan = {
  experiment: 'wine-cultivars',
  description: 'Which of three cultivars a wine was made from, told by thirteen chemical measurements.',
  readDataset: readWine,
  runs: [
    ...wineGrid.map((point) => runPlan(point, { ...shared, epochs: 60 })),
    {
      ...runPlan([16, 1_000], { ...shared, l2: 0.1, epochs: 60 }),
      description: 'A learning rate far too large, kept to show what a training that diverges looks like.',
    },
  ],
  model: 'wine-classifier',
  modelDescription: 'Tells the cultivar of a wine from its chemical analysis.',
};

export const irisPlan: ExperimentPlan = {
  experiment: 'iris-species',
  description: 'Which of three species an iris belongs to, told by the length and width of its sepals and petals.',
  readDataset: readIris,
  runs: irisGrid.map((point) => runPlan(point, { ...shared, epochs: 80 })),
  model: 'iris-classifier',
  modelDescription: 'Tells the species of an iris from four measurements of its flower.',
};

/** The algorithm in words, as tags and descriptions name it. */
export function algorithmOf({ hiddenUnits }: RunPlan): string {
  return hiddenUnits === 0 ? 'softmax-regression' : 'multilayer-perceptron';
}

function runPlan(
  [hiddenUnits, learningRate]: GridPoint,
  options: Omit<TrainingOptions, 'learningRate'> & { seed: number },
): RunPlan {
  const isLinear = hiddenUnits === 0;
  return {
    ...options,
    name: `${isLinear ? 'softmax' : `mlp-${hiddenUnits}`} lr ${learningRate}`,
    description: isLinear
      ? 'Softmax regression, the linear baseline.'
      : `A multilayer perceptron with one hidden layer of ${hiddenUnits} tanh units.`,
    hiddenUnits,
    learningRate,
  };
}
